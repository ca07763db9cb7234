"""All that defines a run: validated, frozen, to and from JSON. Same settings, same weights."""

import math
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.architectures import ARCHITECTURES
from core.architectures.bricks import AnyBrick, Mismatch
from core.architectures.plans import Layer, plan
from core.data import DATASETS

Optimizer = Literal["sgd", "adam", "adamw", "rmsprop"]
OPTIMIZERS: dict[str, str] = {
    "adam": "Adam",
    "adamw": "AdamW",
    "sgd": "SGD with momentum",
    "rmsprop": "RMSprop",
}


class Unfit(ValueError):
    """Settings that no run can have; the text says which, and what would be right."""


class Settings(BaseModel):
    """What a run is made of. Two runs with equal settings end with the same weights, bit for bit.

    `bricks` are the network; left out, they are made from `architecture` and `options`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    data: Literal[tuple(DATASETS)] = "mnist"  # type: ignore[valid-type]
    share: float = Field(
        1.0,
        ge=0.001,
        le=1,
        title="Share of the training data",
        description="1 is all of it. Less data trains faster and generalises worse.",
    )
    architecture: str = Field("two_linear", max_length=80)
    options: dict[str, bool | int | float | str] = Field(default_factory=dict)
    bricks: tuple[AnyBrick, ...] = Field(default=(), max_length=10_000)
    optimizer: Optimizer = "adam"
    learning_rate: float = Field(
        0.001,
        gt=0,
        le=1e12,
        title="Learning rate",
        description="How far each step moves the weights.",
    )
    batch_size: int = Field(
        32,
        ge=1,
        le=4096,
        title="Batch size",
        description="Images looked at before each update.",
    )
    epochs: int = Field(
        5, ge=1, le=1000, title="Epochs", description="How often every image is seen."
    )
    seed: int = Field(
        0,
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="Names the random start and the order of the images.",
    )
    threads: int = Field(
        1,
        ge=1,
        le=64,
        title="CPU threads",
        description="Part of the settings: sums in another order end in other last bits.",
    )
    recorded_units: int = Field(
        256,
        ge=1,
        le=4096,
        title="Units recorded",
        description="Of a wider layer, the first ones are recorded.",
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_bricks(cls, given: Any) -> Any:
        if not isinstance(given, dict) or given.get("bricks"):
            return given
        name = given.get("architecture", "two_linear")
        data = given.get("data", "mnist")
        if name not in ARCHITECTURES:
            raise ValueError(
                f"there is no architecture {name!r}; there are {_listed(ARCHITECTURES)}"
            )
        if data not in DATASETS:
            raise ValueError(f"there is no data set {data!r}; there are {_listed(DATASETS)}")
        chosen = ARCHITECTURES[name].model_validate(given.get("options") or {})
        dataset = DATASETS[data]
        bricks = chosen.bricks(dataset.shape, len(dataset.classes))
        return {**given, "options": chosen.model_dump(), "bricks": bricks}

    @model_validator(mode="after")
    def _fits(self) -> "Settings":
        dataset = DATASETS[self.data]
        layers = self.layers
        wanted = (len(dataset.classes),)
        if layers[-1].output_shape != wanted:
            raise Mismatch(
                f"the last layer gives {layers[-1].output_shape} numbers, but {dataset.title} has "
                f"{wanted[0]} classes"
            )
        if self.batch_size == 1 and any(brick.kind == "batchnorm" for brick in self.bricks):
            raise Mismatch("BatchNorm needs at least two images in a batch")
        return self

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The network's layers with their names and shapes."""
        return plan(self.bricks, DATASETS[self.data].shape)

    @property
    def images(self) -> int:
        """How many training images are used."""
        return max(1, round(DATASETS[self.data].train_size * self.share))

    @property
    def steps_per_epoch(self) -> int:
        """Updates in one epoch; a last batch of a single image is left out."""
        batches = math.ceil(self.images / self.batch_size)
        return batches - (batches > 1 and self.images % self.batch_size == 1)

    @property
    def steps(self) -> int:
        """Updates in the whole run."""
        return self.steps_per_epoch * self.epochs

    @property
    def title(self) -> str:
        """The architecture and the data set by their names, "Two linear layers on MNIST"."""
        known = ARCHITECTURES.get(self.architecture)
        return f"{known.title if known else self.architecture} on {DATASETS[self.data].title}"

    @property
    def activation(self) -> str | None:
        """The first activation function of the network."""
        return next((b.function for b in self.bricks if b.kind == "activation"), None)


def _listed(names: Any) -> str:
    return ", ".join(names)


def settings_from(given: dict[str, Any] | str | bytes) -> Settings:
    """Settings from a dict or from JSON; raises Unfit with one sentence that says what is wrong."""
    try:
        if isinstance(given, dict):
            return Settings.model_validate(given)
        return Settings.model_validate_json(given)
    except ValidationError as error:
        raise Unfit(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    where = next((str(part) for part in reversed(first["loc"]) if isinstance(part, str)), "")
    field = Settings.model_fields.get(where)
    name = field.title if field and field.title else where.replace("_", " ")
    what = first["msg"].removeprefix("Value error, ")
    got = first.get("input")
    if first["type"] == "value_error" or isinstance(got, dict | list):
        return f"{name}: {what}" if name else f"{what[0].upper()}{what[1:]}"
    return f"{name}: {what[0].lower()}{what[1:]}, not {str(got)[:40]!r}"

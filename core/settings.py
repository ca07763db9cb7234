"""All that defines a run: validated, frozen, to and from JSON. Same settings, same weights."""

import math
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.architectures import ARCHITECTURES
from core.architectures.architecture import Schedule
from core.architectures.bricks import AnyBrick, Mismatch, sizes
from core.architectures.plans import PASSING, Layer, plan
from core.data import DATASETS, Dataset
from core.data.dataset import LONGEST
from core.data.own.description import OwnData
from core.foreign.watched import ENDLESS, Watched
from core.tasks import fitting, suited, work_of
from core.unfit import model_from, shown

Optimizer = Literal["sgd", "adam", "adamw", "rmsprop"]
OPTIMIZERS: dict[str, str] = {
    "adam": "Adam",
    "adamw": "AdamW",
    "sgd": "SGD with momentum",
    "rmsprop": "RMSprop",
}
Initialisation = Literal["torch", "kaiming", "xavier", "small", "large"]
"""How the weights of Linear layers and convolutions are drawn at first: see the builder."""
MOST_BYTES = 4_000_000_000
"""Most memory that a network's outputs may take, their gradients counted too."""
LOOKED_AT = 1_000
"""Images that a trained network is tried on at a time."""
NAMES = (*DATASETS, "own", "watched")
SEEN = "a watched network comes with what was seen of it, no bricks and no length"


class Settings(BaseModel):
    """What a run is made of. Two runs with equal settings end with the same weights, bit for bit.

    `bricks` are the network; left out, they are made from `architecture` and `options`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    data: Literal[NAMES] = "mnist"  # type: ignore[valid-type]
    own: OwnData | None = None
    """What a person brought, where `data` is "own"."""
    watched: Watched | None = None
    """A network that was not put together here, where `data` is "watched"."""
    length: int | None = Field(
        None, ge=2, le=LONGEST, strict=True, title="Length",
        description="Steps of one input. The longer, the further back a network has to remember.",
    )  # fmt: skip
    """Where nobody says it, the data set's own; most data sets have no other."""
    share: float = Field(
        1.0, ge=0.001, le=1, title="Share of the training data",
        description="1 is all of it. Less data trains faster and generalises worse.",
    )  # fmt: skip
    architecture: str = Field("two_linear", max_length=80)
    options: dict[str, bool | int | float | str] = Field(default_factory=dict)
    bricks: tuple[AnyBrick, ...] = Field(default=(), max_length=10_000)
    optimizer: Optimizer = "adam"
    learning_rate: float = Field(
        0.001, gt=0, le=1e12, title="Learning rate",
        description="How far each step moves the weights.",
    )  # fmt: skip
    schedule: Schedule = Field(
        "constant",
        title="Learning rate over the run",
        description="Cosine: large steps first, then ever finer ones, down to zero at the end.",
    )
    initialisation: Initialisation = Field(
        "torch",
        title="Random start",
        description="How large the first weights are. Too small or too large, hardly any signal or "
        "gradient gets through many layers.",
    )
    batch_size: int = Field(
        32, ge=1, le=4096, title="Batch size", description="Images looked at before each update."
    )
    epochs: int = Field(
        5, ge=1, le=1000, title="Epochs", description="How often every image is seen."
    )
    seconds: float | None = Field(None, gt=0, le=86_400, title="Seconds of training at most")
    """Where it is over sooner than the epochs are, that depends on the machine's speed."""
    seed: int = Field(
        0, ge=0, le=2**31 - 1, title="Seed",
        description="Names the random start and the order of the images.",
    )  # fmt: skip
    threads: int = Field(
        1, ge=1, le=64, title="CPU threads",
        description="Part of the settings: sums in another order end in other last bits.",
    )  # fmt: skip
    recorded_units: int = Field(
        256, ge=1, le=4096, title="Units recorded",
        description="Of a wider layer, the first ones are recorded.",
    )  # fmt: skip

    @model_validator(mode="before")
    @classmethod
    def _fill_bricks(cls, given: Any) -> Any:
        if not isinstance(given, dict) or given.get("bricks"):
            return given
        name = given.get("architecture", "two_linear")
        data = given.get("data", "mnist")
        if data == "watched":
            if not given.get("watched"):
                raise ValueError(SEEN)
            return given
        asked = {"architecture": (name, ARCHITECTURES), "data set": (data, NAMES)}
        for what, (chosen, known) in asked.items():
            if not isinstance(chosen, str) or chosen not in known:
                raise ValueError(
                    f"there is no {what} {shown(chosen)}; there are {', '.join(known)}"
                )
        options = ARCHITECTURES[name].model_validate(given.get("options") or {})
        length = given.get("length")
        dataset = _dataset(data, given.get("own"), length if type(length) is int else None)
        work = work_of(dataset)
        if not options.fits(work):
            raise ValueError(
                f"{options.title} is not made for {dataset.title}; "
                f"{', '.join(fitting(dataset))} would fit"
            )
        bricks = options.bricks(work)
        suits = suited(ARCHITECTURES[name], dataset)
        return {**suits, **given, "options": options.model_dump(), "bricks": bricks}

    @model_validator(mode="after")
    def _fits(self) -> "Settings":
        made = self.bricks or self.length
        if (self.data == "watched") != (self.watched is not None) or (self.watched and made):
            raise ValueError(SEEN)
        if self.watched:
            return self
        dataset, layers = self.dataset, self.layers
        last, wanted = layers[-1], dataset.output_shape
        if last.output_shape != wanted:
            asked = f"needs {sizes(wanted)}"
            if dataset.task == "classify":
                asked = f"has {wanted[0]} classes"
            raise Mismatch(
                f"layer {last.place}, the last, gives {sizes(last.output_shape)} numbers, "
                f"but {dataset.title} {asked}"
            )
        if not any(layer.parameters for layer in layers):
            raise Mismatch("no layer of this network learns anything; add one that does, as Linear")
        batch = min(self.batch_size, self.images)
        for layer in layers:
            if batch == 1 and layer.kind == "batchnorm":
                raise Mismatch(
                    f"layer {layer.place}: BatchNorm needs at least two images in a batch"
                )
        numbers = [math.prod(layer.output_shape) for layer in layers]
        kept = [layer.kept for layer in layers]
        bytes_needed = 8 * max(batch * sum(kept), LOOKED_AT * max(numbers))
        if bytes_needed > MOST_BYTES:
            place = layers[kept.index(max(kept))].place
            raise Mismatch(
                f"layer {place} gives the most numbers, and the network "
                f"would need {bytes_needed / 1e9:.0f} GB of memory, of at most "
                f"{MOST_BYTES / 1e9:.0f}; make that layer or the batch smaller"
            )
        return self

    @property
    def dataset(self) -> Dataset:
        """The data set that is learned, the project's or one's own; or what a network is shown."""
        if self.watched:
            return self.watched.dataset
        return _dataset(self.data, self.own, self.length)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The network's layers with their names and shapes."""
        if self.watched:
            return self.watched.plan()
        dataset = self.dataset
        return plan(self.bricks, dataset.shape, len(dataset.alphabet))

    @property
    def drawn_layers(self) -> tuple[Layer, ...]:
        """The layers that have a card: all but those that change no number."""
        return tuple(layer for layer in self.layers if layer.kind not in PASSING)

    @property
    def cards(self) -> tuple[Layer, ...]:
        """The layers that a strip shows: those with a card, of very many only the outer ones."""
        return self.watched.cards(self.drawn_layers) if self.watched else self.drawn_layers

    @property
    def images(self) -> int:
        """How many training images are used."""
        return max(1, round(self.dataset.train_size * self.share))

    @property
    def steps_per_epoch(self) -> int:
        """Updates in one epoch; a last batch of a single image is left out."""
        batches = math.ceil(self.images / self.batch_size)
        return batches - (batches > 1 and self.images % self.batch_size == 1)

    @property
    def steps(self) -> int:
        """Updates in the whole run."""
        if self.watched:
            return ENDLESS
        return self.steps_per_epoch * self.epochs

    def rate_at(self, step: int) -> float:
        """The learning rate of the update after `step` others, where nobody changed it.

        Cosine annealing without restarts (Loshchilov and Hutter, 2017), as torch's
        CosineAnnealingLR.
        """
        if self.schedule == "constant":
            return self.learning_rate
        return self.learning_rate * (1 + math.cos(math.pi * step / self.steps)) / 2

    @property
    def title(self) -> str:
        """The architecture and the data set by their names, "Two linear layers on MNIST"."""
        if self.watched:
            return self.watched.title
        known = ARCHITECTURES.get(self.architecture)
        return f"{known.title if known else self.architecture} on {self.dataset.title}"

    @property
    def activation(self) -> str | None:
        """The first activation function of the network."""
        bricks = (layer.brick for layer in self.layers)
        return next((b.function for b in bricks if b.kind == "activation"), None)


def _dataset(name: str, own: Any, length: int | None) -> Dataset:
    if (name == "own") != (own is not None):
        raise ValueError("own data comes with its description, and no other data set has one")
    dataset = DATASETS[name] if own is None else OwnData.model_validate(own).dataset
    return dataset if length is None else dataset.at_length(length)


def settings_from(given: dict[str, Any] | str | bytes) -> Settings:
    """Settings from a dict or from JSON; raises Unfit with one sentence that says what is wrong."""
    return model_from(Settings, given, (Settings, *ARCHITECTURES.values()))

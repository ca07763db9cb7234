"""The bricks an architecture is made of: layers as data, with their sizes. No torch here.

A stack of bricks validates from JSON, so that a form, a URL and a file can carry it.
"""

import math
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.activations import ACTIVATIONS

Shape = tuple[int, ...]


class Mismatch(ValueError):
    """A stack of bricks that does not fit together; the text says where and what would fit."""


class Brick(BaseModel):
    """One layer as data: what it is, and its sizes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def output(self, shape: Shape) -> Shape:
        """The shape that comes out for an input of `shape` (both without the batch)."""
        return shape

    def weights(self, shape: Shape) -> dict[str, Shape]:
        """The learned arrays by name, with their shapes, for an input of `shape`."""
        return {}

    def formula(self) -> str:
        """What the layer computes, as a line of text."""
        return "y = x"


def sizes(shape: Shape) -> str:
    """A shape as a person writes it: "16×5×5"."""
    return "×".join(map(str, shape))


def _vector(brick: str, shape: Shape) -> int:
    if len(shape) != 1:
        raise Mismatch(f"{brick} needs a vector, but gets {sizes(shape)}; put a Flatten before it")
    return shape[0]


def _image(brick: str, shape: Shape) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise Mismatch(
            f"{brick} needs channels × height × width, but gets {sizes(shape)}; "
            "put it before Flatten"
        )
    return shape[0], shape[1], shape[2]


def _slid(brick: str, side: int, kernel: int, stride: int, padding: int) -> int:
    if kernel > side + 2 * padding:
        raise Mismatch(
            f"{brick} has a window of {kernel}, larger than its input of {side} with padding "
            f"{padding}; a window of at most {side + 2 * padding} fits"
        )
    return (side + 2 * padding - kernel) // stride + 1


class Linear(Brick):
    """Every output is a weighted sum of all inputs (torch.nn.Linear)."""

    kind: Literal["linear"] = "linear"
    units: int = Field(ge=1, le=65_536)

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        _vector("Linear", shape)
        return (self.units,)

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        return {"weight": (self.units, _vector("Linear", shape)), "bias": (self.units,)}

    def formula(self) -> str:  # noqa: D102
        return "y = xAᵀ + b"


class Conv2d(Brick):
    """Slides filters over an image (torch.nn.Conv2d)."""

    kind: Literal["conv2d"] = "conv2d"
    filters: int = Field(ge=1, le=4096)
    kernel: int = Field(3, ge=1, le=64)
    stride: int = Field(1, ge=1, le=64)
    padding: int = Field(0, ge=0, le=64)

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        _, height, width = _image("Conv2d", shape)
        window = (self.kernel, self.stride, self.padding)
        return (self.filters, _slid("Conv2d", height, *window), _slid("Conv2d", width, *window))

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        channels = _image("Conv2d", shape)[0]
        return {
            "weight": (self.filters, channels, self.kernel, self.kernel),
            "bias": (self.filters,),
        }

    def formula(self) -> str:  # noqa: D102
        more = f", stride {self.stride}" if self.stride > 1 else ""
        more += f", padding {self.padding}" if self.padding else ""
        return f"y = x ⋆ K + b  ({self.kernel}×{self.kernel}{more})"


class _Pool(Brick):
    size: int = Field(2, ge=1, le=64)
    stride: int | None = Field(None, ge=1, le=64)

    def output(self, shape: Shape) -> Shape:
        name = type(self).__name__
        channels, height, width = _image(name, shape)
        window = (self.size, self.stride or self.size, 0)
        return (channels, _slid(name, height, *window), _slid(name, width, *window))


class MaxPool2d(_Pool):
    """Keeps the largest value of each window (torch.nn.MaxPool2d)."""

    kind: Literal["maxpool2d"] = "maxpool2d"

    def formula(self) -> str:  # noqa: D102
        return f"y = max over {self.size}×{self.size}"


class AvgPool2d(_Pool):
    """Keeps the mean of each window (torch.nn.AvgPool2d)."""

    kind: Literal["avgpool2d"] = "avgpool2d"

    def formula(self) -> str:  # noqa: D102
        return f"y = mean over {self.size}×{self.size}"


class Flatten(Brick):
    """Lays an image out as one vector (torch.nn.Flatten)."""

    kind: Literal["flatten"] = "flatten"

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        return (math.prod(shape),)

    def formula(self) -> str:  # noqa: D102
        return "the same numbers in a row"


class Activation(Brick):
    """An activation function, applied to every number by itself; see core/activations.py."""

    kind: Literal["activation"] = "activation"
    function: Literal[tuple(ACTIVATIONS)] = "relu"  # type: ignore[valid-type]

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        return {"weight": (1,)} if self.function == "prelu" else {}

    def formula(self) -> str:  # noqa: D102
        return f"y = {ACTIVATIONS[self.function].title}(x)"


class Dropout(Brick):
    """While training, sets a random share of the numbers to zero (torch.nn.Dropout)."""

    kind: Literal["dropout"] = "dropout"
    share: float = Field(0.5, ge=0, lt=1)

    def formula(self) -> str:  # noqa: D102
        return f"zero with probability {self.share:g}, else x ÷ {1 - self.share:g}"


class BatchNorm(Brick):
    """Shifts and scales each channel to mean 0, spread 1 (torch.nn.BatchNorm1d and 2d)."""

    kind: Literal["batchnorm"] = "batchnorm"

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        if len(shape) not in (1, 3):
            raise Mismatch(f"BatchNorm needs a vector or an image, but gets {sizes(shape)}")
        return shape

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        return {"weight": (shape[0],), "bias": (shape[0],)}

    def formula(self) -> str:  # noqa: D102
        return "y = γ (x − mean) ÷ √(variance + ε) + β"


AnyBrick = Annotated[
    Linear | Conv2d | MaxPool2d | AvgPool2d | Flatten | Activation | Dropout | BatchNorm,
    Field(discriminator="kind"),
]

"""Bricks that every network has: Linear, activation functions, Dropout, and changes of shape."""

from dataclasses import replace
from typing import Literal

from pydantic import Field as Setting

from core.activation import Function
from core.activations import ACTIVATIONS
from core.architectures.bricks.base import Brick, Mismatch, Shape, image, product, sizes
from core.architectures.bricks.field import Field


class Linear(Brick):
    """Every output is a weighted sum of all inputs, of each step if there are steps (nn.Linear)."""

    kind: Literal["linear"] = "linear"
    units: int = Setting(ge=1, le=65_536)

    def _inputs(self, shape: Shape) -> int:
        if len(shape) > 2:
            raise Mismatch(
                f"Linear needs a vector, but gets {sizes(shape)}; put a Flatten before it"
            )
        return shape[-1]

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        self._inputs(shape)
        return (*shape[:-1], self.units)

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        return {"weight": (self.units, self._inputs(shape)), "bias": (self.units,)}

    def multiply_adds(self, shape: Shape) -> int:  # noqa: D102
        return product(shape) * self.units

    def field(self, before: Field, shape: Shape) -> Field:  # noqa: D102
        return replace(before, at_most=False)

    def formula(self) -> str:  # noqa: D102
        return "y = xAᵀ + b"

    def formula_without_bias(self) -> str:  # noqa: D102
        return "y = xAᵀ"


class Flatten(Brick):
    """Lays an image out as one vector (torch.nn.Flatten)."""

    kind: Literal["flatten"] = "flatten"

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        return (product(shape),)

    def field(self, before: Field, shape: Shape) -> Field:  # noqa: D102
        return replace(before.over(shape), at_most=True)

    def formula(self) -> str:  # noqa: D102
        return "the same numbers in a row"


class Rows(Brick):
    """Reads an image from top to bottom: a step for each row, its pixels the features."""

    kind: Literal["rows"] = "rows"

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        channels, height, width = image("Rows", shape)
        return height, channels * width

    def field(self, before: Field, shape: Shape) -> Field:  # noqa: D102
        return replace(before.over(shape, sides=(1,)), at_most=True)

    def formula(self) -> str:  # noqa: D102
        return "the same numbers, row after row"


class Activation(Brick):
    """An activation function, applied to every number by itself; see core/activations.py."""

    kind: Literal["activation"] = "activation"
    function: Literal[tuple(ACTIVATIONS)] = "relu"  # type: ignore[valid-type]

    @property
    def bends(self) -> Function:
        """The function, with its formulas."""
        return ACTIVATIONS[self.function]

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        return {"weight": (1,)} if self.function == "prelu" else {}

    def formula(self) -> str:  # noqa: D102
        return f"y = {self.bends.title}(x)"


class Dropout(Brick):
    """While training, sets a random share of the numbers to zero (torch.nn.Dropout)."""

    kind: Literal["dropout"] = "dropout"
    share: float = Setting(0.5, ge=0, lt=1)

    def formula(self) -> str:  # noqa: D102
        return f"zero with probability {self.share:g}, else x ÷ {1 - self.share:g}"

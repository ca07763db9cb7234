"""Layers: a brick in its place, with its name and the shapes around it. No torch here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.activation import Function
from core.architectures.bricks import AnyBrick, Shape, sizes
from core.architectures.bricks.field import Field

PASSING = ("flatten", "rows")
"""Kinds that lay the same numbers out in another shape."""
KEEPING = ("flatten", "activation", "dropout", "batchnorm", "layernorm", "groupnorm")
"""Kinds whose outputs stand, one by one, for their inputs, in the same order."""
SUMMING = ("linear", "conv2d", "conv1d", "batchnorm", "layernorm", "groupnorm", "residual")
"""Kinds whose outputs are what an activation function is meant to be put on."""


@dataclass(frozen=True)
class Layer:
    """A brick in its place: its name, the shapes around it (without batch) and what it learns.

    `place` counts bricks from 1: "4.2" is the second in the fourth's block, "4.shortcut.1" the
    first of its shortcut, "4.1.2" the second in the first of its branches. `sources` names the
    layers whose outputs it takes, "" the network's input. `field` is the part of the input that one
    output depends on, its receptive field; None where it is not known. A
    container has the layers of its stacks `inside`, by the stacks' names.
    """

    name: str
    brick: AnyBrick
    input_shape: Shape
    output_shape: Shape
    weights: dict[str, Shape]
    looks_at: Shape
    """The shape that one unit's incoming weights look at, (1, 28, 28) for a flattened image."""
    place: str = ""
    sources: tuple[str, ...] = ("",)
    field: Field | None = None
    inside: tuple[tuple[str, tuple["Layer", ...]], ...] = ()
    watched: Literal["", "direct", "moved", "weights"] = ""
    """Seen in a foreign network, given just what its source gave, or that laid out anew; of it only
    weights are recorded."""

    @property
    def kind(self) -> str:
        """The brick's kind, "linear" or "conv2d" …"""
        return self.brick.kind

    @property
    def bends(self) -> Function | None:
        """The activation function that it applies to every number; None for other layers."""
        return getattr(self.brick, "bends", None)

    @property
    def gives_pre_activations(self) -> bool:
        """Whether its outputs are what an activation function is meant to be put on."""
        return self.kind in SUMMING or getattr(self.brick, "sums", False)

    @property
    def sees(self) -> int | None:
        """How many pixels along a side of a square window, or steps of one, one output sees.

        None where that is no such window, or not known: `field` says more.
        """
        return self.field.width if self.field else None

    @property
    def units_axis(self) -> int:
        """Where in `output_shape` the units or channels are: last in a sequence, else first."""
        return 1 if len(self.output_shape) == 2 else 0

    @property
    def pictured(self) -> tuple[str, ...]:
        """The names of the learned arrays that are looked at as pictures; the others are biases."""
        return tuple(kind for kind in self.weights if kind.startswith("weight"))

    @property
    def parameters(self) -> int:
        """How many numbers the layer learns."""
        return sum(math.prod(shape) for shape in self.weights.values())

    @property
    def multiply_adds(self) -> int:
        """Multiplications with an addition for one input, as torch's flop counter has them."""
        return self.brick.multiply_adds(self.input_shape)

    @property
    def kept(self) -> int:
        """How many numbers a training step keeps of it for one input, about."""
        return math.prod(self.output_shape) * self.brick.copies

    @property
    def formula(self) -> str:
        """What the layer computes, as a line of text."""
        biased = any(kind.startswith("bias") for kind in self.weights)
        return self.brick.formula() if biased else self.brick.formula_without_bias()

    @property
    def sizes(self) -> str:
        """The shapes before and after, "784 → 128"."""
        return f"{sizes(self.input_shape)} → {sizes(self.output_shape)}"


def comes_from(layer: Layer, layers: Sequence[Layer]) -> str:
    """The layer whose outputs, maybe laid out anew, this one is given; "" for the input."""
    by_name, name = {one.name: one for one in layers}, layer.sources[0]
    while name and by_name[name].kind in PASSING:
        name = by_name[name].sources[0]
    return name

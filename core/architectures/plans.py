"""The plan of a stack: every layer's name and shapes, inferred without building anything.

`plan` threads the input's shape through the bricks and answers a wrong stack with the brick's
number, the shape it got and what would fit. No torch here.
"""

import math
from dataclasses import dataclass

from core.architectures.bricks import (
    Activation,
    AnyBrick,
    BatchNorm,
    Conv2d,
    Dropout,
    Flatten,
    Mismatch,
    Shape,
    sizes,
)

MAX_LAYERS = 200
MAX_NUMBERS = 5_000_000
"""Most parameters of a network, and most numbers in one layer's output for one input."""


@dataclass(frozen=True)
class Layer:
    """A brick in its place: its name, the shapes around it (without batch) and what it learns."""

    name: str
    brick: AnyBrick
    input_shape: Shape
    output_shape: Shape
    weights: dict[str, Shape]
    looks_at: Shape
    """The shape that one unit's incoming weights look at, (1, 28, 28) for a flattened image."""

    @property
    def kind(self) -> str:
        """The brick's kind, "linear" or "conv2d" …"""
        return self.brick.kind

    @property
    def gives_pre_activations(self) -> bool:
        """Whether its outputs are what an activation function is meant to be put on."""
        return self.kind in ("linear", "conv2d", "batchnorm")

    @property
    def parameters(self) -> int:
        """How many numbers the layer learns."""
        return sum(math.prod(shape) for shape in self.weights.values())

    @property
    def formula(self) -> str:
        """What the layer computes, as a line of text."""
        return self.brick.formula()

    @property
    def sizes(self) -> str:
        """The shapes before and after, "784 → 128"."""
        return f"{sizes(self.input_shape)} → {sizes(self.output_shape)}"


def plan(bricks: tuple[AnyBrick, ...], input_shape: Shape) -> tuple[Layer, ...]:
    """Every layer of a stack with its name and shapes, for inputs of `input_shape` (no batch).

    Raises Mismatch with the number of the brick that does not fit, counted from 1.
    """
    if len(bricks) > MAX_LAYERS:
        raise Mismatch(
            f"layer {MAX_LAYERS + 1}: at most {MAX_LAYERS} layers can be drawn and trained here, "
            f"not {len(bricks):,}"
        )
    layers: list[Layer] = []
    counts: dict[str, int] = {}
    shape = seen = input_shape
    for number, brick in enumerate(bricks, 1):
        try:
            after = brick.output(shape)
            weights = brick.weights(shape)
        except Mismatch as mismatch:
            raise Mismatch(f"layer {number}: {mismatch}") from None
        if math.prod(after) > MAX_NUMBERS or sum(map(math.prod, weights.values())) > MAX_NUMBERS:
            raise Mismatch(
                f"layer {number}: {type(brick).__name__} would need more than {MAX_NUMBERS:,} "
                "numbers; make it or its input smaller"
            )
        word = brick.function if isinstance(brick, Activation) else brick.kind
        counts[word] = counts.get(word, 0) + 1
        name = f"{word.removesuffix('2d')}{counts[word]}"
        if isinstance(brick, Conv2d):
            looks_at = weights["weight"][1:]
        else:
            looks_at = seen if math.prod(seen) == math.prod(shape) else shape
        layers.append(Layer(name, brick, shape, after, weights, looks_at))
        if not isinstance(brick, Flatten | Activation | Dropout | BatchNorm):
            seen = after
        shape = after
    if sum(layer.parameters for layer in layers) > MAX_NUMBERS:
        counted = [layer.parameters for layer in layers]
        raise Mismatch(
            f"layer {counted.index(max(counted)) + 1}: it alone has {max(counted):,} numbers, and "
            f"the network would learn more than {MAX_NUMBERS:,}; make it smaller"
        )
    return tuple(layers)

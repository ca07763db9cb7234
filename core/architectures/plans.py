"""The plan of a stack: every layer's name and shapes, inferred without building anything.

`plan` threads the input's shape through the bricks and answers a wrong stack with the brick's
number, the shape it got and what would fit. No torch here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.architectures.bricks import (
    Activation,
    AnyBrick,
    Container,
    Embedding,
    Mismatch,
    Shape,
)
from core.architectures.bricks.field import Field
from core.architectures.layers import KEEPING
from core.architectures.layers import PASSING as PASSING
from core.architectures.layers import Layer as Layer

MAX_LAYERS = 200
MAX_DEPTH = 4
"""Most containers inside one another."""
MAX_NUMBERS = 5_000_000
"""Most parameters of a network, and most numbers in one layer's output for one input."""


@dataclass(frozen=True)
class _Here:
    """What reaches a brick: its shape, where it comes from, and how much of the input it saw."""

    shape: Shape
    seen: Shape
    source: str = ""
    field: Field = Field()

    def after(self, brick: AnyBrick, shape: Shape, name: str) -> "_Here":
        """What reaches the next brick."""
        passes = brick.kind in KEEPING or (brick.kind == "rows" and self.shape[0] == 1)
        field = brick.field(self.field, self.shape)
        return _Here(shape, self.seen if passes else shape, name, field)


class _Planner:
    """Gives every brick its name and shapes, in the order in which the numbers flow."""

    def __init__(self, symbols: int) -> None:
        self.symbols = symbols
        self.layers: list[Layer] = []
        self.counts: dict[str, int] = {}

    def name(self, brick: AnyBrick) -> str:
        word = brick.function if isinstance(brick, Activation) else brick.kind
        word = word.removesuffix("2d").removesuffix("1d")
        self.counts[word] = self.counts.get(word, 0) + 1
        return f"{word}{self.counts[word]}"

    def stack(
        self, bricks: Sequence[AnyBrick], here: _Here, before: str = "", depth: int = 0
    ) -> tuple[_Here, tuple[Layer, ...]]:
        """Plan bricks that follow one another: what comes out, and their own layers."""
        mine = []
        for number, brick in enumerate(bricks, 1):
            place = f"{before}{number}"
            try:
                if len(self.layers) >= MAX_LAYERS:
                    raise Mismatch(f"at most {MAX_LAYERS} layers can be drawn and trained here")
                self._check_symbols(brick, here)
                here = (
                    self.container(brick, here, place, depth)
                    if isinstance(brick, Container)
                    else self.layer(brick, here, place)
                )
            except Mismatch as mismatch:
                found = "" if str(mismatch).startswith("layer ") else f"layer {place}: "
                raise Mismatch(f"{found}{mismatch}") from None
            mine.append(self.layers[-1])
        return here, tuple(mine)

    def _check_symbols(self, brick: AnyBrick, here: _Here) -> None:
        """Symbols are no numbers: an Embedding comes first, and only there."""
        symbols = self.symbols if here.source == "" else 0
        if isinstance(brick, Embedding):
            if not symbols:
                raise Mismatch("Embedding needs symbols, but gets numbers; leave it out")
            if brick.symbols < symbols:
                raise Mismatch(
                    f"Embedding knows {brick.symbols} symbols, but gets {symbols}; "
                    f"give it {symbols}"
                )
        elif symbols and not isinstance(brick, Container):
            raise Mismatch(
                f"{type(brick).__name__} needs numbers, but gets symbols; put an Embedding first"
            )

    def layer(self, brick: AnyBrick, here: _Here, place: str) -> _Here:
        shape = here.shape
        after, weights = brick.output(shape), brick.weights(shape)
        if math.prod(after) > MAX_NUMBERS or sum(map(math.prod, weights.values())) > MAX_NUMBERS:
            raise Mismatch(
                f"{type(brick).__name__} would need more than {MAX_NUMBERS:,} numbers; make it or "
                "its input smaller"
            )
        row = next(iter(weights.values()), ())[1:] or shape
        looks_at = here.seen if math.prod(here.seen) == math.prod(row) else row
        further = here.after(brick, after, self.name(brick))
        self.layers.append(
            Layer(
                name=further.source,
                brick=brick,
                input_shape=shape,
                output_shape=after,
                weights=weights,
                looks_at=looks_at,
                place=place,
                sources=(here.source,),
                field=further.field,
            )
        )
        return further

    def container(self, brick: Container, here: _Here, place: str, depth: int) -> _Here:
        if depth == MAX_DEPTH:
            raise Mismatch(f"at most {MAX_DEPTH} containers fit in one another")
        name, ends, inside = self.name(brick), [], []  # type: ignore[arg-type]
        for number, (word, bricks) in enumerate(brick.stacks().items(), 1):
            before = f"{place}.{brick.prefix(word, number)}"
            end, mine = self.stack(bricks, here, before, depth + 1)
            ends.append(end)
            inside.append((word, mine))
        if self.symbols and any(end.source == "" for end in ends):
            raise Mismatch(
                f"{type(brick).__name__} needs numbers, but one of its stacks passes on symbols; "
                "put an Embedding first"
            )
        shape = brick.joined([end.shape for end in ends])
        if math.prod(shape) > MAX_NUMBERS:
            raise Mismatch(
                f"{type(brick).__name__} would give more than {MAX_NUMBERS:,} numbers; make what "
                "its stacks give smaller"
            )
        field = brick.seen([end.field for end in ends])
        self.layers.append(
            Layer(
                name=name,
                brick=brick,  # type: ignore[arg-type]
                input_shape=here.shape,
                output_shape=shape,
                weights={},
                looks_at=here.shape,
                place=place,
                sources=tuple(end.source for end in ends),
                field=field,
                inside=tuple(inside),
            )
        )
        return _Here(shape, shape, name, field)


def plan(bricks: Sequence[AnyBrick], input_shape: Shape, symbols: int = 0) -> tuple[Layer, ...]:
    """Every layer of a stack with its name and shapes, for inputs of `input_shape` (no batch).

    In the order of the flow, what is inside a container before the container itself. `symbols`
    says how many there are where the input is symbols. Raises Mismatch with the number of the brick
    that does not fit, counted from 1.
    """
    planner = _Planner(symbols)
    start = Field.of(input_shape, symbols=bool(symbols))
    planner.stack(bricks, _Here(input_shape, input_shape, field=start))
    layers = planner.layers
    if sum(layer.parameters for layer in layers) > MAX_NUMBERS:
        largest = max(layers, key=lambda layer: layer.parameters)
        raise Mismatch(
            f"layer {largest.place}: it alone has {largest.parameters:,} numbers, and "
            f"the network would learn more than {MAX_NUMBERS:,}; make it smaller"
        )
    return tuple(layers)

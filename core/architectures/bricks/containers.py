"""Containers: bricks made of bricks. ResNet is built of Residual, Inception of Branches."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field as Setting

from core.architectures.bricks.base import Brick, Mismatch, Shape, sizes
from core.architectures.bricks.field import Field

if TYPE_CHECKING:
    from core.architectures.bricks import AnyBrick


class Container(Brick):
    """A brick with stacks inside; the plan puts their layers before the container's own."""

    def stacks(self) -> dict[str, tuple["AnyBrick", ...]]:
        """The stacks inside by name; all of them get the container's own input."""
        raise NotImplementedError

    def prefix(self, word: str, number: int) -> str:
        """What stands before a brick's number in the place of the stack `word`, the `number`-th."""
        return f"{number}."

    def seen(self, ends: list[Field]) -> Field:
        """What one output depends on, where the stacks' depend on `ends`."""
        return Field.union(ends)

    def joined(self, shapes: list[Shape]) -> Shape:
        """The shape that comes out where the stacks give `shapes`; raises Mismatch."""
        raise NotImplementedError


class Residual(Container):
    """Adds what a block makes of its input to the input itself (He et al., 2016).

    Where the block changes the shape, `shortcut` says how the input follows.
    """

    kind: Literal["residual"] = "residual"
    block: tuple["AnyBrick", ...] = Setting(min_length=1, max_length=100)
    shortcut: tuple["AnyBrick", ...] = Setting(default=(), max_length=100)

    def stacks(self) -> dict[str, tuple["AnyBrick", ...]]:  # noqa: D102
        return {"block": self.block, "shortcut": self.shortcut}

    def prefix(self, word: str, number: int) -> str:  # noqa: D102
        return "" if word == "block" else "shortcut."

    def joined(self, shapes: list[Shape]) -> Shape:  # noqa: D102
        block, skip = shapes
        if block != skip:
            raise Mismatch(
                f"Residual cannot add the block's {sizes(block)} to the shortcut's {sizes(skip)}; "
                "both must have one shape: let the block keep it, or the shortcut follow it"
            )
        return block

    def formula(self) -> str:  # noqa: D102
        return "y = x + block(x)" if not self.shortcut else "y = shortcut(x) + block(x)"


class Branches(Container):
    """Lays the channels that several stacks make of one input side by side (Szegedy 2015)."""

    kind: Literal["branches"] = "branches"
    branches: tuple[tuple["AnyBrick", ...], ...] = Setting(min_length=2, max_length=16)

    def stacks(self) -> dict[str, tuple["AnyBrick", ...]]:  # noqa: D102
        return {f"branch{number}": stack for number, stack in enumerate(self.branches, 1)}

    def joined(self, shapes: list[Shape]) -> Shape:  # noqa: D102
        first = shapes[0]
        for number, shape in enumerate(shapes, 1):
            if len(shape) != len(first) or self._rest(shape) != self._rest(first):
                raise Mismatch(
                    f"Branches cannot lay branch {number}'s {sizes(shape)} beside branch 1's "
                    f"{sizes(first)}; all but the channels must be the same"
                )
        if len(first) == 2:
            return first[0], sum(shape[1] for shape in shapes)
        return sum(shape[0] for shape in shapes), *first[1:]

    def seen(self, ends: list[Field]) -> Field:  # noqa: D102
        return Field.union(ends, beside=True)

    @staticmethod
    def _rest(shape: Shape) -> Shape:
        return shape[:1] if len(shape) == 2 else shape[1:]

    def formula(self) -> str:  # noqa: D102
        return f"y = the outputs of {len(self.branches)} branches, side by side"


def place_of(found_at: Sequence[int | str]) -> str:
    """The place of a brick, "4.2", from the steps to it in the data (bricks counted from 0)."""
    parts = [
        str(step + 1) if isinstance(step, int) else step
        for step, after in zip(found_at, [*found_at[1:], None], strict=True)
        if isinstance(step, int) or (step == "shortcut" and isinstance(after, int))
    ]
    return ".".join(parts[:9]) + "…" * (len(parts) > 9)

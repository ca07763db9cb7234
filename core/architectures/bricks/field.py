"""The receptive field: which places of the input one output of a layer depends on. No torch here.

    field = Field.of((1, 28, 28)).slid((5, 1, 0))   # of a convolution of 5 by 5
    field.at((0, 3))                                # ((0, 4), (3, 7)): rows and columns

Places are the rows and columns of an image, or the steps of a sequence; a vector has none.
"""

from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass, replace

MOST_REACHES, MOST_NUMBER = 8, 2**31


@dataclass(frozen=True)
class Reach:
    """From input `low + low_jump · place` to `high + high_jump · place`, both ends with it.

    A window slides with the output's place, and both jumps are alike; what has read all so far
    has a low end that stays; what lies before a vector has two.
    """

    low: int = 0
    low_jump: int = 1
    high: int = 0
    high_jump: int = 1

    def at(self, place: int) -> tuple[int, int]:
        """The first and the last input that the output at a place depends on."""
        return self.low + self.low_jump * place, self.high + self.high_jump * place

    def slid(self, size: int, stride: int, padding: int) -> "Reach":
        """The reach of what a window over these outputs gives."""
        first, last = self.at(-padding)[0], self.at(size - 1 - padding)[1]
        return Reach(first, self.low_jump * stride, last, self.high_jump * stride)

    def holds(self, other: "Reach") -> bool:
        """Whether this reach is as far as the other, or farther, at every place."""
        low = self.low <= other.low and self.low_jump <= other.low_jump
        return low and self.high >= other.high and self.high_jump >= other.high_jump

    def between(self, first: int | None, last: int | None) -> "Reach":
        """With an end that stays where it is for the output at the `first` or the `last` place."""
        low = (self.low, self.low_jump) if first is None else (self.at(first)[0], 0)
        high = (self.high, self.high_jump) if last is None else (self.at(last)[1], 0)
        return Reach(*low, *high)


Side = tuple[Reach, ...]
"""All that one output depends on along a side: the hull of these."""


@dataclass(frozen=True)
class Field:
    """What one output of a layer depends on, side by side of the input."""

    sides: tuple[Side, ...] = ()
    lengths: tuple[int, ...] = ()
    """How many places the input has along each side."""
    at_most: bool = False
    """A single output may depend on less: it came through one branch, or from one place."""
    norms: bool = False
    """Through the mean and variance of a norm, everything else counts, too."""

    @staticmethod
    def of(shape: tuple[int, ...], symbols: bool = False) -> "Field":
        """The field of the input itself: (channels, height, width), (time, features), (n,).

        Of `symbols` the shape is (time,).
        """
        lengths = shape if symbols else shape[:-1] if len(shape) == 2 else shape[1:]
        return Field(tuple((Reach(),) for _ in lengths), tuple(lengths))

    def slid(self, window: tuple[int, int, int]) -> "Field":
        """The field of what a window of (size, stride, padding) over these outputs gives."""
        return self._each(lambda reach, _: reach.slid(*window))

    def so_far(self) -> "Field":
        """The field of what has read these outputs from the first to the one at its own place."""
        return replace(self._each(lambda reach, _: reach.between(0, None)), at_most=False)

    def over(self, shape: tuple[int, ...], sides: Iterable[int] = (0, 1)) -> "Field":
        """The field of what takes these outputs, of `shape`, at all places of some sides."""
        counts = shape[1:] if len(shape) == 3 else shape[:1]
        chosen = set(sides)

        def whole(reach: Reach, side: int) -> Reach:
            last = counts[side] - 1 if side < len(counts) else 0
            return reach.between(0, last) if side in chosen else reach

        return self._each(whole)

    def of_place(self, place: int) -> "Field":
        """The field of the output at one place of a sequence."""
        return self._each(lambda reach, _: reach.between(place, place))

    def _each(self, change: Callable[[Reach, int], Reach]) -> "Field":
        sides = (
            _joined([change(reach, side) for reach in reaches])
            for side, reaches in enumerate(self.sides)
        )
        return replace(self, sides=tuple(sides))

    @staticmethod
    def union(fields: "list[Field]", beside: bool = False) -> "Field":
        """The field of what takes all of these; `beside`: each output takes one of them."""
        sides = zip(*(field.sides for field in fields), strict=True)
        differ = beside and len({(field.sides, field.norms) for field in fields}) > 1
        return Field(
            tuple(_joined([reach for side in each for reach in side]) for each in sides),
            fields[0].lengths,
            differ or any(field.at_most for field in fields),
            any(field.norms for field in fields),
        )

    def at(self, place: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """For each side, the first and last input that the output at a place depends on.

        They may lie outside the input, where padding stands. Means of norms are left out.
        """
        found = []
        for side, reaches in enumerate(self.sides):
            ends = [reach.at(place[side] if side < len(place) else 0) for reach in reaches]
            found.append((min(low for low, _ in ends), max(high for _, high in ends)))
        return tuple(found)

    @property
    def sane(self) -> bool:
        """Whether it can be of a network; a file from elsewhere may hold any numbers."""
        numbers = [n for side in self.sides for one in side for n in astuple(one)]
        few = all(1 <= len(side) <= MOST_REACHES for side in self.sides)
        jumps = [j for side in self.sides for r in side for j in (r.low_jump, r.high_jump)]
        small = all(abs(number) <= MOST_NUMBER for number in numbers)
        return len(self.sides) == len(self.lengths) and few and small and min(jumps, default=0) >= 0

    @property
    def width(self) -> int | None:
        """How wide the window is, where it is one window and as wide along each side; else None."""
        widths = {
            reach.high - reach.low + 1 if reach.low_jump == reach.high_jump > 0 else None
            for side in self.sides
            for reach in side
        }
        single = len(widths) == 1 and all(len(side) == 1 for side in self.sides)
        return widths.pop() if single else None


def _joined(reaches: list[Reach]) -> Side:
    """The same places with fewer reaches: those that move alike become one."""
    alike: dict[tuple[int, int], Reach] = {}
    for reach in reaches:
        key = reach.low_jump, reach.high_jump
        known = alike.get(key, reach)
        low, high = min(known.low, reach.low), max(known.high, reach.high)
        alike[key] = Reach(low, key[0], high, key[1])
    found = list(alike.values())
    ends = [one for one in found if not any(o is not one and o.holds(one) for o in found)]
    if len(ends) <= MOST_REACHES:
        return tuple(ends)
    slowest, fastest = min(one.low_jump for one in ends), max(one.high_jump for one in ends)
    low, high = min(one.low for one in ends), max(one.high for one in ends)
    return (Reach(low, slowest, high, fastest),)  # places are 0 and more, so this holds them all

"""Alternation: two things measured in turns, so that a machine's moods fall on both alike."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Turns:
    """What was measured, turn by turn: what stands above the fraction's line, and below it."""

    above: list[float]
    below: list[float]

    @property
    def ratios(self) -> list[float]:
        """Above ÷ below of every turn."""
        return [a / b for a, b in zip(self.above, self.below, strict=True)]

    @property
    def ratio(self) -> float:
        """The median of the turns' ratios."""
        return statistics.median(self.ratios)

    def told(self, above: str, below: str) -> dict[str, Any]:
        """The ratio and the raw numbers, under these names."""
        return {"ratio": self.ratio, above: self.above, below: self.below, "ratios": self.ratios}


def alternated(above: Callable[[], float], below: Callable[[], float], turns: int) -> Turns:
    """Measure below, above, below, above … so many turns."""
    found = Turns([], [])
    for _ in range(turns):
        found.below.append(below())
        found.above.append(above())
    return found

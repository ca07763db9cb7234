"""The receptive field: which part of the input one output of a layer depends on. No torch here."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.architectures.bricks.base import Window


@dataclass(frozen=True)
class Field:
    """The receptive field of a layer's outputs: from `first` on `width` inputs, `jump` apart."""

    first: int = 0
    width: int = 1
    jump: int = 1

    def through(self, window: Window | None) -> "Field | None":
        """The field of what a window over these outputs gives; None is everything."""
        if window is None:
            return None
        size, stride, padding = window
        width = self.width + (size - 1) * self.jump
        return Field(self.first - padding * self.jump, width, self.jump * stride)

    @staticmethod
    def union(fields: "Sequence[Field | None]") -> "Field | None":
        """The field of what takes all of these; None where they drift apart from place to place."""
        known = [field for field in fields if field]
        if len(known) < len(fields) or len({field.jump for field in known}) > 1:
            return None
        first = min(field.first for field in known)
        end = max(field.first + field.width for field in known)
        return Field(first, end - first, known[0].jump)

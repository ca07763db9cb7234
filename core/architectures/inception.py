"""Inception, small: filters of several sizes side by side (Szegedy et al., 2015)."""

from typing import ClassVar

from pydantic import Field

from core.architectures.architecture import Schedule, Work
from core.architectures.bricks import AnyBrick, Branches, GlobalAveragePool, Linear, MaxPool2d
from core.architectures.convolutional import Convolutional

LEAST_SIDE = 8
"""A picture with smaller sides than this is not pooled any more."""


class Inception(Convolutional):
    """`modules` of four branches each, whose channels are laid side by side."""

    title: ClassVar[str] = "Inception (small)"
    sentence: ClassVar[str] = "Each module looks through small and large windows at once."
    learning_rate: ClassVar[float | None] = 0.003
    schedule: ClassVar[Schedule] = "cosine"
    modules: int = Field(
        3, ge=1, le=8, title="Modules", description="Each has four branches side by side."
    )
    filters: int = Field(
        16, ge=1, le=64, title="Filters a branch", description="A module gives four times as many."
    )

    def bricks(self, work: Work) -> list[AnyBrick]:  # noqa: D102
        side = min(work.shape[1:])
        stack = self.bent(self.filters, 3)
        if side > LEAST_SIDE:
            stack.append(MaxPool2d(size=2))
            side //= 2
        for number in range(self.modules):
            stack.append(self._module())
            if side >= LEAST_SIDE and number < self.modules - 1:
                stack.append(MaxPool2d(size=2))
                side //= 2
        return [*stack, GlobalAveragePool(), Linear(units=work.outputs)]

    def _module(self) -> Branches:
        less = self.bent(max(1, self.filters // 2), 1)
        pool = MaxPool2d(size=3, stride=1, padding=1)
        return Branches(
            branches=(
                tuple(self.bent(self.filters, 1)),
                (*less, *self.bent(self.filters, 3)),
                (*less, *self.bent(self.filters, 5)),
                (pool, *self.bent(self.filters, 1)),
            )
        )

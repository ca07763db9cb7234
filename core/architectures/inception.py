"""Inception, small: filters of several sizes side by side (Szegedy et al., 2015)."""

from typing import ClassVar

from pydantic import Field

from core.architectures.architecture import Activated, Schedule, Work
from core.architectures.bricks import (
    Activation,
    AnyBrick,
    BatchNorm,
    Branches,
    Conv2d,
    GlobalAveragePool,
    Linear,
    MaxPool2d,
)

LEAST_SIDE = 8
"""A picture with smaller sides than this is not pooled any more."""


class Inception(Activated):
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
    batch_norm: bool = Field(
        True, title="BatchNorm", description="Evens out each channel over the batch."
    )

    def bricks(self, work: Work) -> list[AnyBrick]:  # noqa: D102
        side = min(work.shape[1:])
        stack = self._convolution(self.filters, 3)
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
        less = self._convolution(max(1, self.filters // 2), 1)
        pool = MaxPool2d(size=3, stride=1, padding=1)
        return Branches(
            branches=(
                tuple(self._convolution(self.filters, 1)),
                (*less, *self._convolution(self.filters, 3)),
                (*less, *self._convolution(self.filters, 5)),
                (pool, *self._convolution(self.filters, 1)),
            )
        )

    def _convolution(self, filters: int, kernel: int) -> list[AnyBrick]:
        convolution = Conv2d(filters=filters, kernel=kernel, padding=kernel // 2)
        return [
            convolution,
            *[BatchNorm()] * self.batch_norm,
            Activation(function=self.activation),
        ]

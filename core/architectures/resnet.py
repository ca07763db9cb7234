"""ResNet, small: blocks that only add a change to their input (He et al., 2016)."""

from typing import ClassVar

from pydantic import Field

from core.architectures.architecture import Activated, Schedule, Work
from core.architectures.bricks import (
    Activation,
    AnyBrick,
    BatchNorm,
    Conv2d,
    GlobalAveragePool,
    Linear,
    MaxPool2d,
    Residual,
)

STAGES = 3


class ResNet(Activated):
    """Three stages of `depth` blocks; each stage has twice the filters of the last."""

    title: ClassVar[str] = "ResNet (small)"
    sentence: ClassVar[str] = "Each block adds a change to its input, so even deep stacks learn."
    learning_rate: ClassVar[float | None] = 0.003
    schedule: ClassVar[Schedule] = "cosine"
    depth: int = Field(
        1, ge=1, le=8, title="Blocks a stage", description="Three stages, two convolutions a block."
    )
    filters: int = Field(
        16, ge=1, le=64, title="First filters", description="Each further stage has twice as many."
    )
    skips: bool = Field(
        True,
        title="Skip connections",
        description="Add each block's input to its output; off, the layers just follow each other.",
    )
    batch_norm: bool = Field(
        True, title="BatchNorm", description="Evens out each channel over the batch."
    )

    def bricks(self, work: Work) -> list[AnyBrick]:  # noqa: D102
        act = Activation(function=self.activation)
        stack = [*self._convolution(self.filters), act]
        if min(work.shape[1:]) >= 12:
            stack.append(MaxPool2d(size=2))
        for stage in range(STAGES):
            for number in range(self.depth):
                changes = stage > 0 and number == 0
                stack += [*self._block(self.filters * 2**stage, 2 if changes else 1), act]
        return [*stack, GlobalAveragePool(), Linear(units=work.outputs)]

    def _block(self, filters: int, stride: int) -> list[AnyBrick]:
        act = Activation(function=self.activation)
        block = [*self._convolution(filters, stride=stride), act, *self._convolution(filters)]
        if not self.skips:
            return block
        follow = self._convolution(filters, kernel=1, stride=stride) if stride > 1 else []
        return [Residual(block=tuple(block), shortcut=tuple(follow))]

    def _convolution(self, filters: int, kernel: int = 3, stride: int = 1) -> list[AnyBrick]:
        padding = kernel // 2
        convolution = Conv2d(filters=filters, kernel=kernel, stride=stride, padding=padding)
        return [convolution, *[BatchNorm()] * self.batch_norm]

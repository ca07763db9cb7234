"""ResNet, small: blocks that only add a change to their input (He et al., 2016)."""

from typing import ClassVar

from pydantic import Field

from core.architectures.architecture import Schedule, Work
from core.architectures.bricks import (
    Activation,
    AnyBrick,
    GlobalAveragePool,
    Linear,
    MaxPool2d,
    Residual,
)
from core.architectures.convolutional import Convolutional

STAGES = 3


class ResNet(Convolutional):
    """Three stages of `depth` blocks; each stage has twice the filters of the last."""

    title: ClassVar[str] = "ResNet (small)"
    sentence: ClassVar[str] = "Each block adds a change to its input, so even deep stacks learn."
    learning_rate: ClassVar[float | None] = 0.003
    schedule: ClassVar[Schedule] = "cosine"
    depth: int = Field(
        1,
        ge=1,
        le=8,
        title="Depth",
        description="Blocks a stage: there are three stages, and two convolutions a block.",
    )
    filters: int = Field(
        16, ge=1, le=64, title="First filters", description="Each further stage has twice as many."
    )
    skips: bool = Field(
        True,
        title="Skip connections",
        description="Add each block's input to its output; off, the layers just follow each other.",
    )

    def bricks(self, work: Work) -> list[AnyBrick]:  # noqa: D102
        act = Activation(function=self.activation)
        stack = self.bent(self.filters)
        if min(work.shape[1:]) >= 12:
            stack.append(MaxPool2d(size=2))
        for stage in range(STAGES):
            for number in range(self.depth):
                changes = stage > 0 and number == 0
                stack += [*self._block(self.filters * 2**stage, 2 if changes else 1), act]
        return [*stack, GlobalAveragePool(), Linear(units=work.outputs)]

    def _block(self, filters: int, stride: int) -> list[AnyBrick]:
        act = Activation(function=self.activation)
        block = [*self.convolution(filters, stride=stride), act, *self.convolution(filters)]
        if not self.skips:
            return block
        follow = self.convolution(filters, kernel=1, stride=stride) if stride > 1 else []
        return [Residual(block=tuple(block), shortcut=tuple(follow))]

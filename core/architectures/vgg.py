"""VGG, small: pairs of 3x3 convolutions with pooling (Simonyan and Zisserman, 2015)."""

from typing import ClassVar

from pydantic import Field

from core.architectures.architecture import Activated, Schedule, Work
from core.architectures.bricks import (
    Activation,
    AnyBrick,
    BatchNorm,
    Conv2d,
    Flatten,
    Linear,
    MaxPool2d,
)


class VGG(Activated):
    """`blocks` of two convolutions and a pooling; each block has twice the filters of the last."""

    title: ClassVar[str] = "VGG (small)"
    sentence: ClassVar[str] = "Small filters in pairs; each block halves the picture."
    schedule: ClassVar[Schedule] = "cosine"
    blocks: int = Field(
        2, ge=1, le=4, title="Blocks", description="Each is two convolutions and a pooling."
    )
    filters: int = Field(
        16, ge=1, le=64, title="First filters", description="Each further block has twice as many."
    )
    batch_norm: bool = Field(
        True, title="BatchNorm", description="Evens out each channel over the batch."
    )

    def bricks(self, work: Work) -> list[AnyBrick]:  # noqa: D102
        act = Activation(function=self.activation)
        stack: list[AnyBrick] = []
        for block in range(self.blocks):
            for _ in range(2):
                stack.append(Conv2d(filters=self.filters * 2**block, kernel=3, padding=1))
                stack += [BatchNorm()] * self.batch_norm
                stack.append(act)
            stack.append(MaxPool2d(size=2))
        return [*stack, Flatten(), Linear(units=64), act, Linear(units=work.outputs)]

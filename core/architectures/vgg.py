"""VGG, small: pairs of 3x3 convolutions with pooling (Simonyan and Zisserman, 2015)."""

from typing import ClassVar

from pydantic import Field

from core.architectures.architecture import Schedule, Work
from core.architectures.bricks import Activation, AnyBrick, Flatten, Linear, MaxPool2d
from core.architectures.convolutional import Convolutional


class VGG(Convolutional):
    """`blocks` of convolutions in pairs and a pooling; each has twice the filters of the last.

    Deeper, as from VGG-11 to VGG-19, by more convolutions a block: `depth` counts their pairs.
    """

    title: ClassVar[str] = "VGG (small)"
    sentence: ClassVar[str] = "Small filters in pairs; each block halves the picture."
    schedule: ClassVar[Schedule] = "cosine"
    blocks: int = Field(
        2, ge=1, le=4, title="Blocks", description="Each is pairs of convolutions and a pooling."
    )
    depth: int = Field(1, ge=1, le=8, title="Depth", description="Pairs of convolutions a block.")
    filters: int = Field(
        16, ge=1, le=64, title="First filters", description="Each further block has twice as many."
    )

    def bricks(self, work: Work) -> list[AnyBrick]:  # noqa: D102
        stack: list[AnyBrick] = []
        for block in range(self.blocks):
            stack += 2 * self.depth * self.bent(self.filters * 2**block)
            stack.append(MaxPool2d(size=2))
        bent = Activation(function=self.activation)
        return [*stack, Flatten(), Linear(units=64), bent, Linear(units=work.outputs)]

"""Linear layers in a row, each followed by an activation function: depth and width to choose."""

from typing import ClassVar

from pydantic import Field

from core.architectures.architecture import Activated, Work
from core.architectures.bricks import (
    Activation,
    AnyBrick,
    BatchNorm,
    Dropout,
    Flatten,
    Linear,
)


class MLP(Activated):
    """A multilayer perceptron: `depth` hidden layers of `width` units."""

    title: ClassVar[str] = "Multilayer perceptron"
    takes: ClassVar[tuple[str, ...]] = ("image", "sequence", "vector")
    sentence: ClassVar[str] = "As many Linear layers as you like, of one width."
    depth: int = Field(
        3, ge=1, le=12, title="Hidden layers", description="Linear layers before the last one."
    )
    width: int = Field(
        64, ge=1, le=1024, title="Units in each", description="Outputs of each hidden layer."
    )
    batch_norm: bool = Field(
        False, title="BatchNorm", description="Evens out each layer's outputs over the batch."
    )
    dropout: float = Field(
        0.0,
        ge=0,
        le=0.9,
        title="Dropout",
        description="Share of the hidden numbers set to zero at random while training.",
    )

    def bricks(self, work: Work) -> list[AnyBrick]:  # noqa: D102
        stack: list[AnyBrick] = [] if work.kind == "vector" else [Flatten()]
        for _ in range(self.depth):
            stack.append(Linear(units=self.width))
            stack += [BatchNorm()] * self.batch_norm
            stack.append(Activation(function=self.activation))
            stack += [Dropout(share=self.dropout)] * (self.dropout > 0)
        return [*stack, Linear(units=work.outputs)]

"""Tabular net: Linear layers for the columns of a table, kept from learning it by heart."""

from typing import ClassVar

from pydantic import Field

from core.architectures.architecture import Activated, Work
from core.architectures.bricks import Activation, AnyBrick, BatchNorm, Dropout, Linear


class Tabular(Activated):
    """A few Linear layers, each with BatchNorm and Dropout to choose."""

    title: ClassVar[str] = "Tabular net"
    sentence: ClassVar[str] = "Linear layers over the columns of a table, such as sales."
    takes: ClassVar[tuple[str, ...]] = ("vector",)
    depth: int = Field(
        2, ge=1, le=8, title="Hidden layers", description="Linear layers before the last one."
    )
    width: int = Field(
        32, ge=1, le=512, title="Units in each", description="Outputs of each hidden layer."
    )
    batch_norm: bool = Field(
        False, title="BatchNorm", description="Evens out each layer's outputs over the batch."
    )
    dropout: float = Field(
        0.1,
        ge=0,
        le=0.9,
        title="Dropout",
        description="Share of the hidden numbers set to zero at random while training.",
    )

    def bricks(self, work: Work) -> list[AnyBrick]:  # noqa: D102
        stack: list[AnyBrick] = []
        for _ in range(self.depth):
            stack.append(Linear(units=self.width))
            stack += [BatchNorm()] * self.batch_norm
            stack.append(Activation(function=self.activation))
            stack += [Dropout(share=self.dropout)] * (self.dropout > 0)
        return [*stack, Linear(units=work.outputs)]

"""Two Linear layers with one activation function between them: the smallest network that learns."""

from typing import ClassVar

from pydantic import Field

from core.architectures.architecture import Architecture
from core.architectures.bricks import Activation, AnyBrick, Flatten, Linear, Shape


class TwoLinear(Architecture):
    """Linear, activation function, Linear."""

    title: ClassVar[str] = "Two linear layers"
    sentence: ClassVar[str] = "Linear, activation function, Linear: the smallest one that learns."
    hidden: int = Field(
        128, ge=1, le=1024, title="Hidden units", description="Outputs of the first Linear layer."
    )

    def bricks(self, input_shape: Shape, outputs: int) -> list[AnyBrick]:  # noqa: D102
        return [
            Flatten(),
            Linear(units=self.hidden),
            Activation(function=self.activation),
            Linear(units=outputs),
        ]

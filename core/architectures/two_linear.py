"""Two Linear layers with one activation function between them: the smallest network that learns."""

from typing import ClassVar

from pydantic import Field

from core.architectures.architecture import Activated, Work
from core.architectures.bricks import Activation, AnyBrick, Flatten, Linear


class TwoLinear(Activated):
    """Linear, activation function, Linear."""

    title: ClassVar[str] = "Two linear layers"
    takes: ClassVar[tuple[str, ...]] = ("image", "sequence", "vector")
    sentence: ClassVar[str] = "Linear, activation function, Linear: the smallest one that learns."
    hidden: int = Field(
        128, ge=1, le=1024, title="Hidden units", description="Outputs of the first Linear layer."
    )

    def bricks(self, work: Work) -> list[AnyBrick]:  # noqa: D102
        return [
            Flatten(),
            Linear(units=self.hidden),
            Activation(function=self.activation),
            Linear(units=work.outputs),
        ]

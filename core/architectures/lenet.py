"""LeNet: two convolutions with pooling, then Linear layers (LeCun et al., 1998)."""

from typing import ClassVar

from pydantic import Field

from core.architectures.architecture import Activated, Schedule, Work
from core.architectures.bricks import (
    Activation,
    AnyBrick,
    AvgPool2d,
    Conv2d,
    Flatten,
    Linear,
    MaxPool2d,
)


class LeNet(Activated):
    """The shape of LeNet-5, with the activation function and the pooling to choose."""

    title: ClassVar[str] = "LeNet"
    sentence: ClassVar[str] = "Convolutions and pooling find shapes; Linear layers name them."
    schedule: ClassVar[Schedule] = "cosine"
    filters: int = Field(
        6, ge=1, le=32, title="First filters", description="The second convolution has 16/6 of it."
    )
    max_pool: bool = Field(
        True, title="Max pooling", description="Keep each window's largest value, not its mean."
    )

    def bricks(self, work: Work) -> list[AnyBrick]:  # noqa: D102
        side = min(work.shape[1:])
        kernel = 5 if side >= 12 else 3
        pool = MaxPool2d(size=2) if self.max_pool else AvgPool2d(size=2)
        act = Activation(function=self.activation)
        more = max(1, self.filters * 16 // 6)
        second = Conv2d(filters=more, kernel=kernel, padding=0 if side >= 12 else 1)
        return [
            Conv2d(filters=self.filters, kernel=kernel, padding=kernel // 2),
            act,
            pool,
            second,
            act,
            pool,
            Flatten(),
            Linear(units=120),
            act,
            Linear(units=84),
            act,
            Linear(units=work.outputs),
        ]

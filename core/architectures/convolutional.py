"""What the architectures of convolutions share: a convolution with what follows it."""

from pydantic import Field

from core.architectures.architecture import Activated
from core.architectures.bricks import Activation, AnyBrick, BatchNorm, Conv2d


class Convolutional(Activated):
    """Convolutions that keep the size of the picture, each with BatchNorm to choose."""

    batch_norm: bool = Field(
        True, title="BatchNorm", description="Evens out each channel over the batch."
    )

    def convolution(self, filters: int, kernel: int = 3, stride: int = 1) -> list[AnyBrick]:
        """A convolution, and BatchNorm where it is chosen."""
        padding = kernel // 2
        convolution = Conv2d(filters=filters, kernel=kernel, stride=stride, padding=padding)
        return [convolution, *[BatchNorm()] * self.batch_norm]

    def bent(self, filters: int, kernel: int = 3) -> list[AnyBrick]:
        """The same, and the activation function."""
        return [*self.convolution(filters, kernel), Activation(function=self.activation)]

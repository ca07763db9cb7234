"""RNN: the plain recurrent network (Elman, 1990)."""

from typing import ClassVar, Literal

from pydantic import Field

from core.architectures.bricks import RNN as RNNBrick
from core.architectures.bricks import AnyBrick
from core.architectures.recurrent import Recurrent


class RNN(Recurrent):
    """One or more layers of the plain recurrent network (Elman, 1990)."""

    title: ClassVar[str] = "RNN"
    sentence: ClassVar[str] = "Reads step after step and keeps a state of what it has read."
    function: Literal["tanh", "relu"] = Field(
        "tanh", title="Activation function", description="Bends the state at every step."
    )

    def cell(self) -> AnyBrick:  # noqa: D102
        size = {"units": self.units, "layers": self.layers, "bidirectional": self.bidirectional}
        return RNNBrick(function=self.function, **size)

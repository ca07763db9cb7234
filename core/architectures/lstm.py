"""LSTM: long short-term memory (Hochreiter and Schmidhuber, 1997)."""

from typing import ClassVar

from core.architectures.bricks import LSTM as LSTMBrick
from core.architectures.bricks import AnyBrick
from core.architectures.recurrent import Recurrent


class LSTM(Recurrent):
    """One or more layers of long short-term memory (Hochreiter and Schmidhuber, 1997)."""

    title: ClassVar[str] = "LSTM"
    sentence: ClassVar[str] = "Gates decide what its cell keeps, forgets and shows."

    def cell(self) -> AnyBrick:  # noqa: D102
        size = {"units": self.units, "layers": self.layers, "bidirectional": self.bidirectional}
        return LSTMBrick(**size)

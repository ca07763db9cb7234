"""GRU: the gated recurrent unit (Cho et al., 2014)."""

from typing import ClassVar

from core.architectures.bricks import GRU as GRUBrick
from core.architectures.bricks import AnyBrick
from core.architectures.recurrent import Recurrent


class GRU(Recurrent):
    """One or more layers of the gated recurrent unit (Cho et al., 2014)."""

    title: ClassVar[str] = "GRU"
    sentence: ClassVar[str] = "Two gates decide how much of its state is made anew."

    def cell(self) -> AnyBrick:  # noqa: D102
        size = {"units": self.units, "layers": self.layers, "bidirectional": self.bidirectional}
        return GRUBrick(**size)

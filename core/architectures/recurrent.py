"""What the three recurrent architectures share: read a sequence, say something at its end."""

from typing import ClassVar, Literal

from pydantic import Field

from core.architectures.architecture import Architecture, Work
from core.architectures.bricks import (
    AnyBrick,
    Embedding,
    LastStep,
    Linear,
    MeanOverTime,
    Mismatch,
    Rows,
)


def read_in(work: Work, features: int) -> list[AnyBrick]:
    """What turns an input into a sequence of vectors: rows of an image, vectors for symbols."""
    if work.kind == "image":
        return [Rows()]
    if work.kind == "symbols":
        return [Embedding(symbols=work.symbols, features=features)]
    return []


class Recurrent(Architecture):
    """A recurrent layer, what reads its end, and a Linear layer."""

    takes: ClassVar[tuple[str, ...]] = ("sequence", "symbols", "image")
    every_step: ClassVar[bool] = True
    units: int = Field(
        64, ge=1, le=512, title="Units", description="How many numbers the state has."
    )
    layers: int = Field(
        1, ge=1, le=4, title="Layers", description="Each reads what the one before it gave."
    )
    bidirectional: bool = Field(
        False, title="Both directions", description="A second reading, from the end to the start."
    )
    embedding: int = Field(
        16,
        ge=1,
        le=256,
        title="Numbers a symbol",
        description="The length of the learned vector for each symbol, where there are symbols.",
    )
    reader: Literal["what suits", "last step", "mean over time"] = Field(
        "what suits",
        title="Reads",
        description="What the Linear layer is given of the sequence: what suits is the mean of "
        "what was heard for sounds and such, else the last step.",
    )

    def cell(self) -> AnyBrick:
        """The recurrent brick."""
        raise NotImplementedError

    def bricks(self, work: Work) -> list[AnyBrick]:  # noqa: D102
        if work.every_step and self.bidirectional:
            raise Mismatch(
                "who reads in both directions sees the symbol that it is to predict; "
                "switch Both directions off"
            )
        suited = work.kind == "sequence" and work.classes
        mean = suited if self.reader == "what suits" else self.reader == "mean over time"
        end: list[AnyBrick] = [MeanOverTime() if mean else LastStep()]
        said = [] if work.every_step else end
        return [*read_in(work, self.embedding), self.cell(), *said, Linear(units=work.outputs)]

"""What every architecture is: a few settings with bounds, and the list of bricks they make."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.activations import ACTIVATIONS
from core.architectures.bricks import AnyBrick, Shape

if TYPE_CHECKING:
    Function = str
else:
    Function = Literal[tuple(ACTIVATIONS)]


Schedule = Literal["constant", "cosine"]
"""How the learning rate goes over a run: as it is, or down to zero along half a cosine."""


@dataclass(frozen=True)
class Work:
    """What a network is to do: from inputs of `shape` to `outputs` numbers (no batch).

    `symbols` is how many there are where the input is symbols. With `every_step` it says something
    at each step of a sequence, knowing only what came before.
    """

    shape: Shape
    outputs: int
    symbols: int = 0
    every_step: bool = False
    classes: bool = True
    """Whether the outputs are classes or symbols; else they are numbers."""

    @property
    def kind(self) -> str:
        """What one input is: "image", "sequence", "vector" or "symbols"."""
        return "symbols" if self.symbols else ("vector", "sequence", "image")[len(self.shape) - 1]


class Architecture(BaseModel):
    """The settings of one architecture; a form is drawn from its fields.

    Each field has a default, bounds, a `title` and a `description` that a beginner understands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: ClassVar[str]
    sentence: ClassVar[str]
    takes: ClassVar[tuple[str, ...]] = ("image",)
    """The kinds of input that it is made for."""
    every_step: ClassVar[bool] = False
    """Whether it can say something at each step of a sequence."""
    learning_rate: ClassVar[float | None] = None
    schedule: ClassVar[Schedule] = "constant"
    """What suits it: what a run has where nobody says otherwise; None: what suits the data."""

    @classmethod
    def fits(cls, work: Work) -> bool:
        """Whether it is made for this work."""
        return work.kind in cls.takes and (cls.every_step or not work.every_step)

    def bricks(self, work: Work) -> list[AnyBrick]:
        """The stack of bricks that does the work."""
        raise NotImplementedError


class Activated(Architecture):
    """An architecture whose activation function can be chosen."""

    activation: Function = Field(
        "relu",
        title="Activation function",
        description="Bends what a layer gives; without it all layers together are one line.",
    )

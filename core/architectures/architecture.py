"""What every architecture is: a few settings with bounds, and the list of bricks they make."""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.activations import ACTIVATIONS
from core.architectures.bricks import AnyBrick, Shape

if TYPE_CHECKING:
    Function = str
else:
    Function = Literal[tuple(ACTIVATIONS)]


class Architecture(BaseModel):
    """The settings of one architecture; a form is drawn from its fields.

    Each field has a default, bounds, a `title` and a `description` that a beginner understands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: ClassVar[str]
    sentence: ClassVar[str]
    activation: Function = Field(
        "relu",
        title="Activation function",
        description="Bends what a layer gives; without it all layers together are one line.",
    )

    def bricks(self, input_shape: Shape, outputs: int) -> list[AnyBrick]:
        """The stack for inputs of `input_shape` (no batch) that ends in `outputs` numbers."""
        raise NotImplementedError

"""Layers of a network that was not put together here: what was seen of one. No torch here."""

from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, model_validator

from core.activation import Function
from core.architectures.bricks.base import Brick, Shape
from core.elementwise import FAMILIES, function_of

UNSAFE = r"[^\w .,=()+\-/×·']"
"""What a text from a foreign network may not hold, so that it stays text wherever it is shown."""
Told = Annotated[str, Field(pattern=r"^[\w .,=()+\-/×·']*$", max_length=200)]


class Foreign(Brick):
    """A module or a function of a foreign network, by its class and how that describes itself."""

    kind: Literal["foreign"] = "foreign"
    of: Told
    """The class of the module, or the name of the function."""
    told: Told = ""
    """How it describes itself: its `extra_repr`."""
    adds: int = Field(0, ge=0, le=10**15)
    sums: bool = False
    """Whether an activation function is meant to be put on what it gives."""

    def multiply_adds(self, shape: tuple[int, ...]) -> int:  # noqa: D102
        return self.adds

    def formula(self) -> str:  # noqa: D102
        return f"{self.of}({self.told})"


class Elementwise(Brick):
    """Any of torch's elementwise functions with its own arguments, as LeakyReLU(0.2) or ReLU6."""

    kind: Literal["activation"] = "activation"
    function: Literal[tuple(FAMILIES)]  # type: ignore[valid-type]
    arguments: dict[str, FiniteFloat] = Field(default_factory=dict, max_length=4)
    """By torch's names; those that are left out are torch's defaults."""

    @model_validator(mode="after")
    def _known(self) -> "Elementwise":
        """Its family has these arguments, and its zones can be told."""
        try:
            self.bends.zones()
        except (TypeError, ArithmeticError, ValueError) as fault:
            raise ValueError(f"{self.function} has no such arguments") from fault
        return self

    @property
    def bends(self) -> Function:
        """The function, with its formulas."""
        return function_of(self.function, self.arguments)

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        if self.function != "prelu":
            return {}
        return {"weight": (int(self.arguments.get("num_parameters", 1)),)}

    def formula(self) -> str:  # noqa: D102
        return ", ".join(filter(None, (f"y = {self.bends.title}(x)", self.bends.arguments)))

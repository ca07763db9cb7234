"""A layer of a network that was not put together here: what was seen of it. No torch here."""

from typing import Annotated, Literal

from pydantic import Field

from core.architectures.bricks.base import Brick

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

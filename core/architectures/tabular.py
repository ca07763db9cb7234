"""Tabular net: Linear layers for the columns of a table, kept from learning it by heart."""

from typing import ClassVar

from pydantic import Field

from core.architectures.mlp import MLP


class Tabular(MLP):
    """A smaller MLP, with Dropout."""

    title: ClassVar[str] = "Tabular net"
    sentence: ClassVar[str] = "Linear layers over the columns of a table, such as sales."
    takes: ClassVar[tuple[str, ...]] = ("vector",)
    depth: int = Field(
        2, ge=1, le=8, title="Hidden layers", description="Linear layers before the last one."
    )
    width: int = Field(
        32, ge=1, le=512, title="Units in each", description="Outputs of each hidden layer."
    )
    dropout: float = Field(
        0.1,
        ge=0,
        le=0.9,
        title="Dropout",
        description="Share of the hidden numbers set to zero at random while training.",
    )

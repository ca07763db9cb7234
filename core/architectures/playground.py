"""Playground: a few units on points of the plane, so that each unit's share can be seen."""

from typing import ClassVar

from pydantic import Field

from core.architectures.architecture import Activated, Function, Work
from core.architectures.bricks import Activation, AnyBrick, Linear


class Playground(Activated):
    """Small Linear layers with tanh between them, for points with two coordinates."""

    title: ClassVar[str] = "Playground net"
    sentence: ClassVar[str] = "A few units that bend the plane until its classes fall apart."
    takes: ClassVar[tuple[str, ...]] = ("vector",)
    depth: int = Field(
        3, ge=1, le=6, title="Hidden layers", description="Linear layers before the last one."
    )
    width: int = Field(
        16, ge=1, le=64, title="Units in each", description="Outputs of each hidden layer."
    )
    activation: Function = Field(
        "tanh",
        title="Activation function",
        description="Bends what a layer gives; without it all layers together are one line.",
    )

    def bricks(self, work: Work) -> list[AnyBrick]:  # noqa: D102
        hidden: list[AnyBrick] = [Linear(units=self.width), Activation(function=self.activation)]
        return [*hidden * self.depth, Linear(units=work.outputs)]

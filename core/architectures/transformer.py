"""Transformer: every step looks at every other (Vaswani et al., 2017), in a small encoder."""

from typing import ClassVar, Literal

from pydantic import Field

from core.architectures.architecture import Activated, Work
from core.architectures.bricks import (
    Activation,
    AnyBrick,
    LastStep,
    LayerNorm,
    Linear,
    MeanOverTime,
    Positions,
    Residual,
    SelfAttention,
)
from core.architectures.recurrent import read_in


class Transformer(Activated):
    """Blocks of self-attention and two Linear layers, each beside a skip, LayerNorm first."""

    title: ClassVar[str] = "Transformer encoder"
    sentence: ClassVar[str] = "Every step looks at every other and mixes what it finds."
    takes: ClassVar[tuple[str, ...]] = ("symbols", "sequence", "image")
    every_step: ClassVar[bool] = True
    blocks: int = Field(2, ge=1, le=6, title="Blocks", description="Each looks around once more.")
    heads: int = Field(
        4, ge=1, le=8, title="Heads", description="How many looks a block takes side by side."
    )
    width: int = Field(
        8, ge=1, le=64, title="Numbers a head", description="Each head's share of a step's vector."
    )
    reader: Literal["mean over time", "last step"] = Field(
        "mean over time",
        title="Reads",
        description="What the last Linear layer is given of the sequence.",
    )

    def bricks(self, work: Work) -> list[AnyBrick]:  # noqa: D102
        features = self.heads * self.width
        stack = read_in(work, features)
        if work.kind != "symbols":
            stack.append(Linear(units=features))
        stack.append(Positions())
        for _ in range(self.blocks):
            looks = SelfAttention(heads=self.heads, causal=work.every_step)
            thinks = (
                Linear(units=2 * features),
                Activation(function=self.activation),
                Linear(units=features),
            )
            stack.append(Residual(block=(LayerNorm(), looks)))
            stack.append(Residual(block=(LayerNorm(), *thinks)))
        end: AnyBrick = LastStep() if self.reader == "last step" else MeanOverTime()
        said = [] if work.every_step else [end]
        return [*stack, LayerNorm(), *said, Linear(units=work.outputs)]

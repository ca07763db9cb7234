"""Bricks that shift and scale what passes: over the batch, a layer, or groups of channels."""

from dataclasses import replace
from typing import Literal

from pydantic import Field as Setting

from core.architectures.bricks.base import Brick, Mismatch, Shape, product, sizes
from core.architectures.bricks.field import Field


class BatchNorm(Brick):
    """Shifts and scales each channel to mean 0, spread 1 over the batch (torch.nn.BatchNorm1d, 2d).

    In a sequence the features are the channels.
    """

    kind: Literal["batchnorm"] = "batchnorm"

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        channels = shape[-1] if len(shape) == 2 else shape[0]
        return {"weight": (channels,), "bias": (channels,)}

    def formula(self) -> str:  # noqa: D102
        return "y = γ (x − mean) ÷ √(variance + ε) + β"

    def formula_without_bias(self) -> str:  # noqa: D102
        return "y = γ (x − mean) ÷ √(variance + ε)"


class LayerNorm(Brick):
    """Shifts and scales the numbers of each input to mean 0, spread 1 (torch.nn.LayerNorm).

    In a sequence each step by itself.
    """

    kind: Literal["layernorm"] = "layernorm"

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        over = shape[-1:] if len(shape) == 2 else shape
        return {"weight": over, "bias": over}

    def field(self, before: Field, shape: Shape) -> Field:  # noqa: D102
        return replace(before, norms=before.norms or len(shape) == 3, at_most=False)

    def formula(self) -> str:  # noqa: D102
        return "y = γ (x − mean) ÷ √(variance + ε) + β, within one input"

    def formula_without_bias(self) -> str:  # noqa: D102
        return "y = γ (x − mean) ÷ √(variance + ε), within one input"


class GroupNorm(Brick):
    """Like LayerNorm, over groups of channels of an image (torch.nn.GroupNorm)."""

    kind: Literal["groupnorm"] = "groupnorm"
    groups: int = Setting(4, ge=1, le=4096)

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        if len(shape) == 2:
            raise Mismatch(
                f"GroupNorm needs a vector or an image, but gets {sizes(shape)}; take LayerNorm"
            )
        if shape[0] % self.groups:
            fitting = [n for n in range(1, min(shape[0], 4096) + 1) if shape[0] % n == 0][:8]
            raise Mismatch(
                f"GroupNorm cannot share {shape[0]} channels between {self.groups} groups; "
                f"{', '.join(map(str, fitting))} would fit"
            )
        if product(shape) == self.groups:
            raise Mismatch(
                f"GroupNorm would have one number in each of its {self.groups} groups; "
                "take fewer groups"
            )
        return shape

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        return {"weight": shape[:1], "bias": shape[:1]}

    def field(self, before: Field, shape: Shape) -> Field:  # noqa: D102
        return replace(before, norms=before.norms or len(shape) == 3)

    def formula(self) -> str:  # noqa: D102
        return f"y = γ (x − mean) ÷ √(variance + ε) + β, in {self.groups} groups"

    def formula_without_bias(self) -> str:  # noqa: D102
        return f"y = γ (x − mean) ÷ √(variance + ε), in {self.groups} groups"

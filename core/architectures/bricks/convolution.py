"""Bricks that slide a window: convolutions over images and sequences, and pooling."""

from dataclasses import replace
from typing import Literal

from pydantic import Field as Setting

from core.architectures.bricks.base import (
    Brick,
    Mismatch,
    Shape,
    image,
    product,
    sequence,
    slid,
)
from core.architectures.bricks.field import Field


class _Convolution(Brick):
    filters: int = Setting(ge=1, le=4096)
    kernel: int = Setting(3, ge=1, le=64)
    stride: int = Setting(1, ge=1, le=64)
    padding: int = Setting(0, ge=0, le=64)

    def multiply_adds(self, shape: Shape) -> int:
        weight = self.weights(shape)["weight"]
        return product(self.output(shape)) * product(weight[1:])

    def field(self, before: Field, shape: Shape) -> Field:
        return replace(before.slid((self.kernel, self.stride, self.padding)), at_most=False)

    def _more(self) -> str:
        more = f", stride {self.stride}" if self.stride > 1 else ""
        return more + (f", padding {self.padding}" if self.padding else "")


class Conv2d(_Convolution):
    """Slides filters over an image (torch.nn.Conv2d)."""

    kind: Literal["conv2d"] = "conv2d"

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        _, height, width = image("Conv2d", shape)
        window = (self.kernel, self.stride, self.padding)
        return (self.filters, slid("Conv2d", height, *window), slid("Conv2d", width, *window))

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        channels = image("Conv2d", shape)[0]
        return {
            "weight": (self.filters, channels, self.kernel, self.kernel),
            "bias": (self.filters,),
        }

    def formula(self) -> str:  # noqa: D102
        return f"y = x ⋆ K + b  ({self.kernel}×{self.kernel}{self._more()})"

    def formula_without_bias(self) -> str:  # noqa: D102
        return f"y = x ⋆ K  ({self.kernel}×{self.kernel}{self._more()})"


class Conv1d(_Convolution):
    """Slides filters along a sequence (torch.nn.Conv1d over the steps)."""

    kind: Literal["conv1d"] = "conv1d"

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        time, _ = sequence("Conv1d", shape)
        return slid("Conv1d", time, self.kernel, self.stride, self.padding), self.filters

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        features = sequence("Conv1d", shape)[1]
        return {"weight": (self.filters, features, self.kernel), "bias": (self.filters,)}

    def formula(self) -> str:  # noqa: D102
        return f"y = x ⋆ K + b  ({self.kernel} steps{self._more()})"

    def formula_without_bias(self) -> str:  # noqa: D102
        return f"y = x ⋆ K  ({self.kernel} steps{self._more()})"


class _Pool(Brick):
    size: int = Setting(2, ge=1, le=64)
    stride: int | None = Setting(None, ge=1, le=64)
    padding: int = Setting(0, ge=0, le=32)

    def output(self, shape: Shape) -> Shape:
        name = type(self).__name__
        channels, height, width = image(name, shape)
        if self.padding > self.size // 2:
            raise Mismatch(
                f"{name} has padding {self.padding}; at most half its window, "
                f"{self.size // 2}, fits"
            )
        window = (self.size, self.stride or self.size, self.padding)
        return (channels, slid(name, height, *window), slid(name, width, *window))

    def field(self, before: Field, shape: Shape) -> Field:
        return before.slid((self.size, self.stride or self.size, self.padding))


class MaxPool2d(_Pool):
    """Keeps the largest value of each window (torch.nn.MaxPool2d)."""

    kind: Literal["maxpool2d"] = "maxpool2d"

    def formula(self) -> str:  # noqa: D102
        return f"y = max over {self.size}×{self.size}"


class AvgPool2d(_Pool):
    """Keeps the mean of each window (torch.nn.AvgPool2d)."""

    kind: Literal["avgpool2d"] = "avgpool2d"

    def formula(self) -> str:  # noqa: D102
        return f"y = mean over {self.size}×{self.size}"


class GlobalAveragePool(Brick):
    """Keeps the mean of each whole channel: an image becomes a vector (Lin et al., 2014)."""

    kind: Literal["globalaveragepool"] = "globalaveragepool"

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        return (image("GlobalAveragePool", shape)[0],)

    def field(self, before: Field, shape: Shape) -> Field:  # noqa: D102
        return before.over(shape)

    def formula(self) -> str:  # noqa: D102
        return "y = mean of each channel"

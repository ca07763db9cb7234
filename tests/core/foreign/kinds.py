"""Networks of every kind that people bring, small, each with inputs as they are given to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn


class Steps(nn.Module):
    """A forward that is a function of the network and its inputs, with these parts."""

    def __init__(self, forward: Callable[..., Any], **parts: nn.Module) -> None:
        super().__init__()
        self.steps = forward
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(self, *inputs: Any, **named: Any) -> Any:
        return self.steps(self, *inputs, **named)


class Conv1D(nn.Module):
    """As in GPT-2: a Linear layer with its weight the other way round, not a convolution."""

    def __init__(self, outputs: int, inputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs) * 0.2)
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        flat = torch.addmm(self.bias, x.reshape(-1, x.shape[-1]), self.weight)
        return flat.view(*x.shape[:-1], -1)


class Waves(nn.Module):
    """Filters over time of one's own, without the name of any."""

    def __init__(self) -> None:
        super().__init__()
        self.filters = nn.Parameter(torch.randn(5, 3, 4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.conv1d(x, self.filters)


def rand(*shape: int) -> torch.Tensor:
    return torch.rand(*shape)


def normalised(*shape: int) -> torch.Tensor:
    """Pictures as everybody gives them: less the mean, by the spread."""
    return (torch.rand(*shape) - 0.45) / 0.22


def small_cnn(channels: int = 3) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4, 3),
    )


def unet() -> nn.Module:
    def forward(s: Any, x: torch.Tensor) -> torch.Tensor:
        high = F.relu(s.down(x))
        low = F.relu(s.under(F.max_pool2d(high, 2)))
        return s.out(torch.cat([high, s.up(low)], dim=1))

    parts = {"down": nn.Conv2d(3, 4, 3, padding=1), "under": nn.Conv2d(4, 6, 3, padding=1)}
    return Steps(forward, **parts, up=nn.ConvTranspose2d(6, 4, 2, stride=2), out=nn.Conv2d(8, 1, 1))


def siamese() -> nn.Module:
    def forward(s: Any, one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        both = [s.head(s.body(x).relu().flatten(1)) for x in (one, other)]
        return (both[0] - both[1]).abs()

    return Steps(forward, body=nn.Conv2d(1, 3, 3), head=nn.Linear(108, 4))


def gpt() -> nn.Module:
    def forward(s: Any, words: torch.Tensor) -> torch.Tensor:
        x = s.words(words) + s.places(torch.arange(words.shape[1]))
        query, key, value = s.attends(s.norm(x)).chunk(3, dim=-1)
        x = x + s.mixes(F.scaled_dot_product_attention(query, key, value, is_causal=True))
        x = x + s.narrow(F.gelu(s.wide(x), approximate="tanh"))
        return s.head(x)

    attends = {"attends": Conv1D(24, 8), "mixes": Conv1D(8, 8)}
    wide = {"wide": Conv1D(32, 8), "narrow": Conv1D(8, 32)}
    tables = {"words": nn.Embedding(20, 8), "places": nn.Embedding(10, 8)}
    return Steps(forward, **tables, norm=nn.LayerNorm(8), **attends, **wide, head=nn.Linear(8, 20))


def autoencoder() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(4, 8, 3, 2, 1),
        nn.PReLU(8),
        nn.ConvTranspose2d(8, 4, 2, 2),
        nn.ELU(0.5),
        nn.ConvTranspose2d(4, 3, 2, 2),
        nn.Tanh(),
    )


def separable() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, groups=3), nn.ReLU6(), nn.Conv2d(6, 8, 1), nn.Hardswish()
    )


def audio() -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(1, 4, 9, stride=4), nn.BatchNorm1d(4), nn.PReLU(4), nn.MaxPool1d(2), nn.GELU()
    )


def encoder() -> nn.Module:
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    return nn.Sequential(nn.Linear(5, 8), nn.TransformerEncoder(layer, 2), nn.Linear(8, 3))


def last_step(s: Any, x: torch.Tensor) -> torch.Tensor:
    return s.head(s.reads(x)[0][:, -1])


def time_first(s: Any, x: torch.Tensor) -> torch.Tensor:
    return s.head(s.reads(x.transpose(0, 1))[0][-1])


def complex_numbers(s: Any, x: torch.Tensor) -> torch.Tensor:
    return s.head(torch.fft.rfft(s.body(x)).abs())


KINDS: dict[str, Callable[[], tuple[nn.Module, Any]]] = {
    "a normalised CNN": lambda: (small_cnn(), normalised(4, 3, 16, 16)),
    "64×64": lambda: (small_cnn(), normalised(3, 3, 64, 64)),
    "channels last in memory": lambda: (
        small_cnn().to(memory_format=torch.channels_last),  # type: ignore[call-overload]
        normalised(3, 3, 12, 12).to(memory_format=torch.channels_last),
    ),
    "channels last": lambda: (
        Steps(lambda s, x: s.body(x.permute(0, 3, 1, 2)), body=small_cnn()),
        rand(3, 12, 12, 3),
    ),
    "two bands": lambda: (small_cnn(2), normalised(3, 2, 9, 9)),
    "one channel, negative": lambda: (small_cnn(1), -rand(3, 1, 9, 9)),
    "constant": lambda: (small_cnn(), torch.full((2, 3, 8, 8), -1.5)),
    "nothing": lambda: (small_cnn(), torch.zeros(2, 3, 8, 8)),
    "no numbers": lambda: (small_cnn(), torch.full((2, 3, 8, 8), torch.nan)),
    "infinite": lambda: (
        small_cnn(),
        normalised(2, 3, 8, 8).masked_fill(rand(8, 8) > 0.9, -torch.inf),
    ),
    "bytes": lambda: (
        Steps(lambda s, x: s.body(x.float() / 255), body=small_cnn()),
        torch.randint(256, (2, 3, 8, 8), dtype=torch.uint8),
    ),
    "a volume": lambda: (
        nn.Sequential(nn.Conv3d(1, 3, 3), nn.BatchNorm3d(3), nn.ReLU(), nn.AvgPool3d(2)),
        normalised(2, 1, 6, 8, 8),
    ),
    "three slices": lambda: (nn.Sequential(nn.Conv3d(1, 2, 2), nn.ReLU()), rand(2, 1, 3, 6, 6)),
    "audio": lambda: (audio(), normalised(3, 1, 80)),
    "filters of one's own": lambda: (nn.Sequential(Waves(), nn.ReLU()), normalised(3, 3, 20)),
    "U-Net": lambda: (unet(), normalised(2, 3, 8, 8)),
    "Siamese": lambda: (siamese(), (normalised(4, 1, 8, 8), normalised(4, 1, 8, 8))),
    "autoencoder": lambda: (autoencoder(), normalised(2, 3, 64, 64)),
    "depthwise separable": lambda: (separable(), normalised(2, 3, 9, 9)),
    "grouped": lambda: (nn.Sequential(nn.Conv2d(4, 8, 3, groups=2), nn.SiLU()), rand(2, 4, 9, 9)),
    "a GPT": lambda: (gpt(), torch.randint(20, (3, 10))),
    "a transformer encoder": lambda: (encoder(), torch.randn(3, 6, 5)),
    "a table": lambda: (
        nn.Sequential(nn.Linear(7, 16), nn.BatchNorm1d(16), nn.SELU(), nn.Linear(16, 1)),
        torch.randn(6, 7),
    ),
    "an LSTM": lambda: (
        Steps(last_step, reads=nn.LSTM(5, 6, batch_first=True), head=nn.Linear(6, 2)),
        torch.randn(3, 7, 5),
    ),
    "a GRU, time first": lambda: (
        Steps(time_first, reads=nn.GRU(5, 6), head=nn.Linear(6, 2)),
        torch.randn(3, 7, 5),
    ),
    "complex numbers within": lambda: (
        Steps(complex_numbers, body=nn.Linear(8, 8), head=nn.Linear(5, 2)),
        torch.randn(3, 8),
    ),
    "softmax at its end": lambda: (
        nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1)),
        torch.randn(5, 4),
    ),
    "a segmentation": lambda: (nn.Sequential(nn.Conv2d(3, 2, 1)), normalised(2, 3, 6, 6)),
    "half precision": lambda: (
        nn.Sequential(nn.Linear(4, 3), nn.Softplus(2.0, 5.0)).bfloat16(),
        torch.randn(4, 4).bfloat16(),
    ),
    "points": lambda: (
        nn.Sequential(nn.Conv1d(3, 8, 1), nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten()),
        torch.randn(2, 3, 30),
    ),
}
"""By what they are; each gives a network and its inputs."""

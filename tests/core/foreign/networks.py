"""Networks that the project has never seen: what people write, with all its habits."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import layerscope

CLASSES = [f"class {n}" for n in range(10)]


class Scale(nn.Module):
    """A module of one's own, with a single number to learn."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(1.5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.gain


class Attention(nn.Module):
    """Gives a tuple, and computes between its modules."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.mixed = nn.Linear(features, 3 * features)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        query, key, value = self.mixed(x).chunk(3, dim=-1)
        looks = (query @ key.transpose(1, 2) / 4).softmax(dim=-1)
        return looks @ value, looks


class Unseen(nn.Module):
    """Reused modules, ReLU in place, tuples, dicts, nested containers, functions, parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.relu = nn.ReLU(inplace=True)
        wide = nn.Sequential(nn.Conv2d(8, 8, (1, 3), padding=(0, 1)), nn.ReLU())
        self.ways = nn.ModuleDict({"a b": nn.Conv2d(8, 8, 3, padding=1), "wide": wide})
        self.pool = nn.MaxPool2d(2)
        self.start = nn.Parameter(torch.randn(1, 1, 8))
        self.attention = Attention(8)
        self.scale = Scale()
        self.reads = nn.LSTM(8, 12, batch_first=True)
        self.shared = nn.Linear(12, 12)
        self.drop = nn.Dropout(0.3)
        self.head = nn.Linear(12, 10)
        self.spare = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        self.told: dict[str, torch.Tensor] = {}

        def told(name: str, value: torch.Tensor) -> torch.Tensor:
            self.told[name] = value.detach().clone()
            return value

        x = told("conv", self.conv(x))
        x = told("norm", self.norm(x))
        x = told("relu", self.relu(x))
        y = told("ways.a_b", self.ways["a b"](x))
        y = told("relu·2", self.relu(input=y))
        x = told("add", x + self.ways["wide"](y))
        x = told("pool", self.pool(x)).flatten(2).transpose(1, 2)
        x = told("cat", torch.cat([self.start.expand(len(x), -1, -1), x], dim=1))
        x, looks = self.attention(x)
        told("attention", x)
        x = told("scale", self.scale(x))
        steps, _ = self.reads(x)
        told("reads", steps)
        z = told("relu·3", F.relu(steps[:, -1]))
        z = told("shared", self.shared(z))
        z = told("shared·2", self.shared(self.drop(z)))
        return {"classes": told("head", self.head(told("tanh", torch.tanh(z)))), "looks": looks}


class Words(nn.Module):
    """Symbols in; channels before time, and time before the batch."""

    def __init__(self) -> None:
        super().__init__()
        self.vectors = nn.Embedding(20, 6)
        self.slides = nn.Conv1d(6, 5, 3, padding=1)
        self.relu = nn.ReLU()
        self.reads = nn.GRU(5, 7)
        self.head = nn.Linear(7, 4)

    def forward(self, words: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        x = self.vectors(words)
        if mask is not None:
            x = x * mask[..., None]
        x = self.relu(self.slides(x.transpose(1, 2)))
        steps, _ = self.reads(x.permute(2, 0, 1))
        return self.head(steps[-1])


def images(count=6):
    return torch.rand(count, 1, 12, 12, generator=torch.Generator().manual_seed(1))


def train(network, steps, seen=None, said=lambda output: output["classes"]):
    """A loop as people write it, with their two lines."""
    inputs, truth = images(16), torch.arange(16) % 10
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(said(network(inputs)), truth)
        loss.backward()
        if seen:
            seen.step(loss, score=0.5)
        optimizer.step()
    return network


def recorded(run, step):
    return run.moments([step])[0]


def close(one, other):
    """Whether two arrays agree to the 16 bits that are recorded."""
    one, other = np.asarray(one, np.float64), np.asarray(other, np.float64)
    assert one.shape == other.shape
    return np.abs(one - other).max() <= 6e-4 * max(np.abs(other).max(), 1e-6)


def mlp():
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))


def stepped(network, inputs, seen=None):
    """One step of training, and the moment before it."""
    seen = seen or layerscope.watch(network, inputs)
    network(inputs).abs().square().mean().backward()
    seen.step(0.5)
    seen.close()
    assert seen.run.summary().state == "finished"
    return seen, seen.run.moments([0])[0]

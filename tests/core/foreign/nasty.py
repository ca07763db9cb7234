"""Networks whose code changes something whenever it runs: what looking at them could disturb."""

import collections
import itertools
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

CALLS = 0
"""How often `Counting` ran."""
LOG: list[int] = []


class Nasty(nn.Module):
    """Two Linear layers, and `spoil` between them."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(4, 6), nn.Linear(6, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.spoil(self.first(x)))

    def spoil(self, x: torch.Tensor) -> torch.Tensor:
        return x


class Draws(Nasty):
    """From the global generators of Python, numpy and torch."""

    def spoil(self, x):
        return x * (random.random() + np.random.rand() + torch.rand(()))


class OwnGenerators(Nasty):
    """From generators that it holds, one of them in a list."""

    def __init__(self):
        super().__init__()
        self.numpy = np.random.default_rng(1)
        self.old = [np.random.RandomState(2)]
        self.python = random.Random(3)
        self.torch = torch.Generator().manual_seed(4)

    def spoil(self, x):
        drawn = self.numpy.random() + self.old[0].rand() + self.python.random()
        return x * drawn + torch.rand(6, generator=self.torch)


class Renormalizes(Nasty):
    """An embedding whose weights are made shorter when they are looked up."""

    def __init__(self):
        super().__init__()
        self.vectors = nn.Embedding(8, 6, max_norm=0.5)

    def spoil(self, x):
        return x + self.vectors(torch.arange(len(x)) % 8)


class Remembers(Nasty):
    """A hidden state for as many inputs as there were the first time, with its graph cut off."""

    def __init__(self):
        super().__init__()
        self.hidden: torch.Tensor | None = None
        self.cell = nn.RNNCell(6, 6)

    def spoil(self, x):
        before = None if self.hidden is None else self.hidden.detach()
        self.hidden = self.cell(x, before)
        return self.hidden


class Counting(Nasty):
    """In an attribute, in its class, in a global, in a list, in a closure and in a deque."""

    ran = 0

    def __init__(self):
        super().__init__()
        self.ran_here = 0
        self.lately: Any = collections.deque(maxlen=3)
        self.places = itertools.count(5)
        self.seen = {"sizes": [], "kinds": set()}
        count = 0

        def tell() -> int:
            nonlocal count
            count += 1
            return count

        self.tell: Callable[[], int] = tell

    def spoil(self, x):
        global CALLS
        CALLS += 1
        Counting.ran += 1
        self.ran_here += 1
        LOG.append(CALLS)
        self.lately.append(self.ran_here)
        self.seen["sizes"].append(len(x))
        self.seen["kinds"].add(len(x))
        told = self.tell() + next(self.places)
        return x * (1 + 0.01 * told + 0.01 * CALLS + 0.01 * self.ran_here)


class Grows(Nasty):
    """A buffer that becomes longer, and one that a new tensor takes the place of."""

    def __init__(self):
        super().__init__()
        self.register_buffer("past", torch.zeros(0, 6))
        self.register_buffer("mean", torch.zeros(6))

    def spoil(self, x):
        self.past = torch.cat([self.past, x.detach()[:1]])
        self.mean = 0.9 * self.mean + 0.1 * x.detach().mean(0)
        return x + self.past.mean(0) + self.mean


class InPlace(Nasty):
    """Writes into its weights, by three ways, and into an array."""

    def __init__(self):
        super().__init__()
        self.table = np.ones(6, np.float32)
        self.plain = torch.ones(6)

    def spoil(self, x):
        with torch.no_grad():
            self.last.bias.mul_(0.99)
            self.plain += 1
        self.first.weight.data = self.first.weight.data * 0.999
        self.table *= 1.01
        return x * torch.from_numpy(self.table.copy()) + 0.01 * self.plain


class Normalizes(Nasty):
    """BatchNorm in training mode whatever is asked of it, and Dropout likewise."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(6)

    def spoil(self, x):
        self.norm.train()
        return F.dropout(self.norm(x), 0.2, training=True)


class Rebuilds(Nasty):
    """Makes a layer, and an attribute, at every call."""

    def spoil(self, x):
        self.middle = nn.Linear(6, 6)
        self.newest = x.detach()
        return self.middle(x)


class Parts:
    """An object of one's own that is no module, with slots."""

    __slots__ = ("ran", "sizes")

    def __init__(self) -> None:
        self.ran, self.sizes = 0, {}

    def note(self, x: torch.Tensor) -> int:
        self.ran += 1
        self.sizes[self.ran] = len(x)
        return self.ran


class Delegates(Nasty):
    """To an object that is no module, and to a hook that counts."""

    def __init__(self):
        super().__init__()
        self.parts = Parts()
        self.heard: list[int] = []
        self.first.register_forward_hook(lambda *_: self.heard.append(len(self.heard)))

    def spoil(self, x):
        return x + 0.1 * self.parts.note(x) + 0.1 * len(self.heard)


class Switches(Nasty):
    """Changes which of its weights learn, and throws a gradient away."""

    def spoil(self, x):
        self.first.bias.requires_grad_(not self.first.bias.requires_grad)
        self.last.weight.grad = None
        return x


class Carries(Nasty):
    """Keeps its last output with its graph: nothing can copy that."""

    def __init__(self):
        super().__init__()
        self.kept: list[torch.Tensor] = []

    def spoil(self, x):
        self.kept.append(x)
        del self.kept[:-2]
        return x + self.kept[0].detach().mean()


class Lazy(Nasty):
    """Layers that are initialised by the first call of the person's own."""

    def __init__(self):
        super().__init__()
        self.wide, self.norm = nn.LazyLinear(6), nn.LazyBatchNorm1d()

    def spoil(self, x):
        return self.norm(self.wide(x))


class Spectral(Nasty):
    """Power iterations at every call, of the old kind and the new."""

    def __init__(self):
        super().__init__()
        self.first = nn.utils.parametrizations.spectral_norm(self.first)
        self.last = nn.utils.parametrizations.weight_norm(self.last)


class Differentiates(Nasty):
    """What it gives holds its own derivative, as that of a physical law has to."""

    def __init__(self):
        super().__init__()
        self.law = nn.Linear(6, 6)

    def spoil(self, x):
        with torch.enable_grad():
            at = x.detach().requires_grad_()
            value = torch.tanh(self.law(at))
            (slope,) = torch.autograd.grad(value.sum(), at, create_graph=True)
        return x + slope


KINDS = (
    *(Nasty, Draws, OwnGenerators, Renormalizes, Remembers, Counting, Grows, InPlace, Normalizes),
    *(Rebuilds, Delegates, Switches, Carries, Lazy, Spectral, Differentiates),
)

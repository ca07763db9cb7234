"""Torch modules that torch lacks or gives in another shape, each computing what its brick says.

Sequences are (batch, time, features) everywhere. This room knows torch.
"""

import math
from collections import OrderedDict

import torch
from torch import nn
from torch.nn.functional import linear


class Dropout(nn.Module):
    """torch.nn.Dropout that draws its mask from the run's own generator.

    Two runs that share a process share torch's global random state; with a generator of its own
    a run gives the same weights whatever else is trained beside it.
    """

    def __init__(self, share: float, generator: torch.Generator) -> None:
        """Set numbers to zero with probability `share` while training."""
        super().__init__()
        self.share, self.generator = share, generator
        self.mask: torch.Tensor | None = None
        """What the last training step kept (True), batch first."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The input where kept, divided by the share that is kept; unchanged in evaluation."""
        if not self.training or self.share == 0:
            return x
        self.mask = torch.rand(x.shape, generator=self.generator, dtype=x.dtype) >= self.share
        return x * self.mask / (1 - self.share)


class Conv1d(nn.Conv1d):
    """torch.nn.Conv1d over the steps of a sequence."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, time, features) to (batch, fewer steps, filters)."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class SequenceBatchNorm(nn.BatchNorm1d):
    """torch.nn.BatchNorm1d over the features of a sequence."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, time, features) to the same."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class RNN(nn.RNN):
    """torch.nn.RNN that gives its output at every step, and not the last state beside it."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        """(batch, time, features) to (batch, time, units)."""
        return super().forward(x)[0]


class LSTM(nn.LSTM):
    """torch.nn.LSTM that gives its output at every step, and not the last states beside it."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        """(batch, time, features) to (batch, time, units)."""
        return super().forward(x)[0]


class GRU(nn.GRU):
    """torch.nn.GRU that gives its output at every step, and not the last state beside it."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        """(batch, time, features) to (batch, time, units)."""
        return super().forward(x)[0]


class SelfAttention(nn.Module):
    """Scaled dot-product attention of a sequence to itself (Vaswani et al., 2017).

    Computes what torch.nn.MultiheadAttention does, with a matrix for each part that can be seen.
    """

    PARTS = ("query", "key", "value", "output")

    def __init__(self, features: int, heads: int, causal: bool) -> None:
        """`heads` share the features; with `causal` no step looks at a later one."""
        super().__init__()
        self.heads, self.causal = heads, causal
        for part in self.PARTS:
            setattr(self, f"weight_{part}", nn.Parameter(torch.empty(features, features)))
            setattr(self, f"bias_{part}", nn.Parameter(torch.empty(features)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, time, features) to the same."""
        batch, time, features = x.shape
        split = batch, time, self.heads, features // self.heads
        query, key, value = (self._part(part, x).view(split).transpose(1, 2) for part in "qkv")
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, is_causal=self.causal)
        return self._part("o", mixed.transpose(1, 2).reshape(batch, time, features))

    def _part(self, letter: str, x: torch.Tensor) -> torch.Tensor:
        part = next(part for part in self.PARTS if part[0] == letter)
        return linear(x, getattr(self, f"weight_{part}"), getattr(self, f"bias_{part}"))

    def reset(self, generator: torch.Generator | None = None) -> None:
        """Fill the matrices as torch.nn.Linear does, the biases with zeros."""
        for part in self.PARTS:
            weight = getattr(self, f"weight_{part}")
            nn.init.kaiming_uniform_(weight, a=math.sqrt(5), generator=generator)
            nn.init.zeros_(getattr(self, f"bias_{part}"))


class Positions(nn.Module):
    """Adds a learned vector for every place in the sequence."""

    def __init__(self, time: int, features: int) -> None:
        """As many vectors as there are steps."""
        super().__init__()
        self.weight = nn.Parameter(torch.empty(time, features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, time, features) to the same; a shorter sequence takes the first vectors."""
        return x + self.weight[: x.shape[1]]

    def reset(self, generator: torch.Generator | None = None) -> None:
        """Small random vectors."""
        nn.init.normal_(self.weight, std=0.1, generator=generator)


class GlobalAveragePool(nn.Module):
    """The mean of each whole channel."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, channels, height, width) to (batch, channels)."""
        return x.mean(dim=(2, 3))


class Rows(nn.Module):
    """An image as a sequence of its rows."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, channels, height, width) to (batch, height, channels · width)."""
        return x.transpose(1, 2).flatten(2)


class LastStep(nn.Module):
    """The last step of a sequence."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, time, features) to (batch, features)."""
        return x[:, -1]


class MeanOverTime(nn.Module):
    """The mean over the steps of a sequence."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, time, features) to (batch, features)."""
        return x.mean(dim=1)


class Residual(nn.Module):
    """Adds what a block makes of its input to the input, or to what a shortcut makes of it."""

    def __init__(self, stacks: "OrderedDict[str, nn.Sequential]") -> None:
        """`block` and `shortcut`; an empty shortcut is the input itself."""
        super().__init__()
        self.block, self.shortcut = stacks["block"], stacks["shortcut"]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Any shape; both stacks must give the same."""
        return self.shortcut(x) + self.block(x)


class Branches(nn.Module):
    """Lays the channels that several stacks make of one input side by side."""

    def __init__(self, stacks: "OrderedDict[str, nn.Sequential]") -> None:
        """The stacks by name, in the order in which their channels come out."""
        super().__init__()
        for name, stack in stacks.items():
            self.add_module(name, stack)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Images and vectors join in dimension 1, sequences in their features."""
        found = [stack(x) for stack in self.children()]
        return torch.cat(found, dim=2 if found[0].ndim == 3 else 1)

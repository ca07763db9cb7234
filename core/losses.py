"""What a network is trained on, and what it is judged by, for each task. This room knows torch."""

from collections.abc import Callable

import torch
from torch.nn.functional import cross_entropy, mse_loss

from core.data.dataset import Task


def _named_right(output: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    return (output.argmax(-1) == truth).float().mean()


def _explained(output: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    return 1 - mse_loss(output, truth) / truth.square().mean().clamp_min(1e-12)


def _next_symbols(output: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    return cross_entropy(output.flatten(0, 1), truth.flatten())


Measure = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
LOSSES: dict[Task, Measure] = {
    "classify": cross_entropy,
    "regress": mse_loss,
    "next": _next_symbols,
}
"""The loss that training lowers, from the network's output and the truth (batch first)."""
SCORES: dict[Task, Measure] = {
    "classify": _named_right,
    "regress": _explained,
    "next": _named_right,
}
"""The score that people read, a mean over the batch: see core/tasks.py for its words."""

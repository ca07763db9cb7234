"""What a network is trained on, and what it is judged by, for each task. This room knows torch."""

from collections.abc import Callable

import torch
from torch.nn.functional import cross_entropy, mse_loss

from core.data.dataset import Task
from core.r_squared import r_squared


def _named_right(output: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    return (output.argmax(-1) == truth).float().mean()


def _r_squared(output: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    return torch.tensor(r_squared(truth.numpy(), output.numpy()))


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
    "regress": _r_squared,
    "next": _named_right,
}
"""The score that people read, of all these inputs: see core/tasks.py for its words."""

"""Measuring a network: loss and score of inputs, and of the last steps. This room knows torch."""

from collections.abc import Iterator

import torch

from core.checkpoints import State
from core.data.dataset import Task
from core.losses import LOSSES, SCORES
from core.records import Metric

AT_ONCE = 200
"""How many inputs go through a network at once: convolutions take twice as long with 1,000, which
no cache holds."""


def evaluate(
    network: torch.nn.Module, inputs: torch.Tensor, targets: torch.Tensor, task: Task = "classify"
) -> tuple[float, float]:
    """Mean loss and score in evaluation mode; touches no random state and no statistic."""
    training = network.training
    network.eval()
    with torch.inference_mode():
        output = torch.cat([network(part) for part in inputs.split(AT_ONCE)])
        measured = LOSSES[task](output, targets).item(), SCORES[task](output, targets).item()
    network.train(training)
    return measured


class Window:
    """The steps since the last metric: what their means are taken over."""

    def __init__(self, task: Task) -> None:
        """No step yet."""
        self.task = task
        self.losses: list[float] = []
        self.answers: list[tuple[torch.Tensor, torch.Tensor]] = []

    def add(self, loss: float, output: torch.Tensor, truth: torch.Tensor) -> None:
        """Note a step: its loss, the network's output and the truth, batch first."""
        self.losses.append(loss)
        self.answers.append((output.detach(), truth))

    def metric(
        self, state: State, held_out: tuple[float | None, float | None] = (None, None)
    ) -> Iterator[Metric]:
        """The metric of these steps, and an empty window; nothing where there was no step."""
        if not self.losses:
            return
        outputs, truths = (torch.cat(part) for part in zip(*self.answers, strict=True))
        score = SCORES[self.task](outputs, truths).item()
        loss, step = sum(self.losses) / len(self.losses), state.step
        epoch, rate = step / state.settings.steps_per_epoch, state.learning_rate
        self.losses, self.answers = [], []
        yield Metric(step, epoch, loss, score, *held_out, rate, state.seconds)

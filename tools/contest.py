"""A contest: networks trained alike, measured on all test inputs every so many steps."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch

from core.architectures import ARCHITECTURES
from core.architectures.builder import build, initialise
from core.architectures.plans import plan
from core.comparisons import Compared
from core.data.dataset import Dataset, as_fed
from core.losses import LOSSES
from core.measuring import evaluate
from core.records import SCORED
from core.tasks import work_of


@dataclass(frozen=True)
class Rules:
    """What is alike for all: Adam, its learning rate, the batches, and when training ends."""

    steps: int
    every: int
    learning_rate: float
    batch_size: int = 32
    enough: float = 1.0
    """A score with which a network has won and is trained no further."""

    @property
    def measured(self) -> tuple[int, ...]:
        """The steps after which everyone is measured."""
        return tuple(range(self.every, self.steps + 1, self.every))

    def told(self, **more: Any) -> dict[str, Any]:
        """The rules as settings of a comparison, with more of them."""
        return {"optimizer": "adam", "score": SCORED, **asdict(self), **more}


def trained(
    rules: Rules,
    architecture: str,
    options: Mapping[str, Any],
    dataset: Dataset,
    seed: int = 0,
    called: str = "",
) -> Compared:
    """Train one network by the rules, with one thread, and give its curves on the test inputs."""
    torch.set_num_threads(1)
    split = dataset.load()
    inputs, targets = torch.tensor(as_fed(split.train_inputs)), torch.tensor(split.train_targets)
    test = torch.tensor(as_fed(split.test_inputs)), torch.tensor(split.test_targets)
    bricks = ARCHITECTURES[architecture].model_validate(options).bricks(work_of(dataset))
    drawn = torch.Generator().manual_seed(seed)
    network = build(plan(tuple(bricks), dataset.shape, len(dataset.alphabet)), drawn)
    initialise(network, drawn)
    optimizer = torch.optim.Adam(network.parameters(), lr=rules.learning_rate, fused=True)
    batches: list[torch.Tensor] = []
    losses: list[float] = []
    scores: list[float] = []
    while len(scores) < len(rules.measured) and max(scores, default=-math.inf) < rules.enough:
        for _ in range(rules.every):
            if not batches:
                batches = list(torch.randperm(len(inputs), generator=drawn).split(rules.batch_size))
            batch = batches.pop()
            optimizer.zero_grad()
            LOSSES[dataset.task](network(inputs[batch]), targets[batch]).backward()
            optimizer.step()
        loss, score = evaluate(network, *test, dataset.task)
        losses.append(loss)
        scores.append(score)
    weights = sum(parameter.numel() for parameter in network.parameters())
    length = 0 if dataset.kind in ("image", "vector") else dataset.shape[0]
    return Compared(
        called or architecture, dataset.name, length, seed, weights, tuple(scores), tuple(losses)
    )

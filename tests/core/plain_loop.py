"""The plain training loop, written by hand: what the tests hold a run against."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from core.checkpoints import State
from core.settings import Settings
from core.training import epoch_batches, tensors

torch.set_num_threads(1)


class Step(NamedTuple):
    """One step of the plain loop, before its update."""

    network: nn.Module
    images: torch.Tensor
    labels: torch.Tensor
    output: torch.Tensor
    loss: torch.Tensor
    tested: torch.Tensor
    """What it says of the test images, before it saw the batch."""


def by_hand(settings: Settings) -> Iterator[Step]:
    """The plain loop, without commands, records and recording."""
    state = State(settings)
    images, labels, tests, _ = tensors(settings.dataset)
    for epoch in range(settings.epochs):
        for batch in epoch_batches(settings, epoch):
            with torch.no_grad():
                tested = state.network.eval()(tests)
            state.network.train()
            state.optimizer.zero_grad()
            output = state.network(images[batch])
            loss = cross_entropy(output, labels[batch])
            loss.backward()
            yield Step(state.network, images[batch], labels[batch], output, loss, tested)
            state.optimizer.step()

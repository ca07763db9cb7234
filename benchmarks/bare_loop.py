"""The bare loop: the same network trained with nothing around it, to compare with.

Tensors in memory, a shuffled permutation, the same loss and optimizer, no recording, no commands,
no measuring of anything. Run as a child (see `child.py`).
"""

import itertools
import json
import time
from collections.abc import Iterator
from typing import Any

import torch

from benchmarks.child import asked
from core.checkpoints import State
from core.losses import LOSSES
from core.settings import Settings, settings_from
from core.training import tensors

WARM_UP = 50


def training(settings: Settings, by_index_select: bool = False) -> Iterator[None]:
    """Train from the random start without an end, a step each; batches are `inputs[batch]`."""
    inputs, targets, *_ = tensors(settings.dataset)
    loss_of = LOSSES[settings.dataset.task]
    state = State(settings)
    network, optimizer = state.network, state.optimizer
    network.train()
    while True:
        for batch in torch.randperm(len(inputs))[: settings.images].split(settings.batch_size):
            optimizer.zero_grad()
            if by_index_select:
                seen, truth = inputs.index_select(0, batch), targets.index_select(0, batch)
            else:
                seen, truth = inputs[batch], targets[batch]
            loss = loss_of(network(seen), truth)
            loss.backward()
            optimizer.step()
            yield


def take(loop: Iterator[Any], steps: int) -> float:
    """Seconds that so many steps of a loop take."""
    started = time.perf_counter()
    for _ in itertools.islice(loop, steps):
        pass
    return time.perf_counter() - started


def main(given: dict[str, Any]) -> None:
    """Time the steps of a run with these settings; `threads` null stands for torch's own choice."""
    settings = settings_from(given["settings"])
    if given["threads"]:
        torch.set_num_threads(given["threads"])
    steps = given.get("steps") or settings.steps
    take(training(settings), WARM_UP)
    loop = training(settings, given.get("by_index_select", False))
    seconds = take(loop, steps)
    told = {"steps_per_second": steps / seconds, "seconds": seconds, "steps": steps}
    print(json.dumps({**told, "threads": torch.get_num_threads()}))


if __name__ == "__main__":
    main(asked())

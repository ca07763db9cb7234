"""The pace of a run: how long its steps take, measured for a moment. This room knows torch."""

import time
from contextlib import closing
from statistics import median, quantiles

import torch

from core.checkpoints import State
from core.commands import Inbox
from core.measuring import AT_ONCE, evaluate
from core.races.pricing import Pace, measured_as
from core.settings import Settings
from core.training import epoch_batches, tensors, train

WARM_STEPS = 3
"""The first steps find cold caches and are not counted, where there are others."""


class _Clock(Inbox):
    """An inbox that notes when it is looked into, which training does once before every step."""

    def __init__(self) -> None:
        """Nobody has looked yet."""
        super().__init__()
        self.looks: list[float] = []

    def empty(self) -> bool:
        """Whether no command waits."""
        self.looks.append(time.perf_counter())
        return super().empty()


def measured(settings: Settings, seconds: float) -> Pace:
    """Train as a run of a race does for about so many seconds, and say how long each part took.

    It is the loop of every run that is timed. The data set is loaded before the clock starts.
    Nothing is kept, no random state is touched, and there are as many threads as before.
    """
    settings, threads = measured_as(settings), torch.get_num_threads()
    tensors(settings.dataset)
    try:
        with torch.random.fork_rng(devices=[]):
            steps = _steps(settings, seconds)
            step = median(steps)
            start, moment = _recorded(settings)
            return Pace(
                step_seconds=step,
                spread=_quartiles(steps),
                test_seconds=_tested(settings, seconds / 3),
                steps_measured=len(steps),
                epoch_seconds=_shuffled(settings),
                start_seconds=start,
                moment_seconds=max(0.0, moment - step),
            )
    finally:
        torch.set_num_threads(threads)


def _steps(settings: Settings, seconds: float) -> list[float]:
    """How many seconds each step took, the first ones left out."""
    clock = _Clock()
    with closing(train(settings, clock, record=False)) as records:  # type: ignore[type-var]
        for _ in records:
            if clock.looks and time.perf_counter() - clock.looks[0] >= seconds:
                break
    looks = [*clock.looks, time.perf_counter()]
    steps = [after - before for before, after in zip(looks, looks[1:], strict=False)]
    return steps[min(WARM_STEPS, len(steps) // 2) :]


def _recorded(settings: Settings) -> tuple[float, float]:
    """Seconds until a run begins, and seconds of a step with its moment."""
    since = time.perf_counter()
    with closing(train(settings, Inbox(), few=True)) as records:  # type: ignore[type-var]
        next(records)
        begun = time.perf_counter()
        next(records)
        return begun - since, time.perf_counter() - begun


def _tested(settings: Settings, seconds: float) -> float:
    """Seconds that all test inputs take, from the first ones: as often as there is time, or twice.

    The cost of an input does not depend on which it is.
    """
    network, dataset = State(settings).network, settings.dataset
    _, _, inputs, targets = tensors(dataset)
    part = inputs[:AT_ONCE], targets[:AT_ONCE]
    takes: list[float] = []
    while len(takes) < 2 or sum(takes) < seconds:
        since = time.perf_counter()
        evaluate(network, *part, dataset.task)
        takes.append(time.perf_counter() - since)
    return median(takes) * len(inputs) / len(part[0])


def _shuffled(settings: Settings) -> float:
    """Seconds that the order of an epoch takes."""
    since = time.perf_counter()
    epoch_batches(settings, 0)
    return time.perf_counter() - since


def _quartiles(steps: list[float]) -> tuple[float, float]:
    if len(steps) < 2:
        return steps[0], steps[0]
    low, _, high = quantiles(steps, n=4, method="inclusive")
    return low, high

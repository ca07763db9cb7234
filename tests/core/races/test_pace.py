"""The pace of a run, measured with a clock that the tests move."""

import pytest

from core.races import pace
from core.settings import settings_from

MLP = settings_from({"architecture": "mlp", "data": "digits"})


class Clock:
    """A clock that stands still until it is moved."""

    now = 0.0

    def perf_counter(self) -> float:
        return self.now


def test_the_first_steps_are_not_counted_and_the_median_and_the_quartiles_are(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)

    def train(settings, inbox, record=True):
        assert not record  # a run of a race is timed without its moments
        for takes in (50, 50, 50, 1, 2, 3, 4, 5):
            inbox.empty()
            clock.now += takes
            yield

    monkeypatch.setattr(pace, "train", train)
    assert pace._steps(MLP, 1000) == [1, 2, 3, 4, 5]
    assert pace._quartiles([1, 2, 3, 4, 5]) == (2, 4)
    assert pace._quartiles([1, 3]) == (1.5, 2.5)
    assert pace._quartiles([7]) == (7, 7)
    clock.now = 0.0
    assert pace._steps(MLP, 90) == [50]  # of two steps, the second


def test_the_test_is_timed_on_a_part_as_often_as_there_is_time(monkeypatch):
    clock, parts, takes = Clock(), [], iter([9, 1, 3, 2])
    monkeypatch.setattr(pace, "time", clock)

    def evaluate(network, inputs, targets, task):
        parts.append((len(inputs), len(targets), task))
        clock.now += next(takes)

    monkeypatch.setattr(pace, "evaluate", evaluate)
    size = MLP.dataset.test_size
    assert pace._tested(MLP, 13) == pytest.approx(3 * size / 200)
    assert parts == [(200, 200, "classify")] * 3
    takes = iter([4, 2, 1])
    assert pace._tested(MLP, 0) == pytest.approx(3 * size / 200)  # twice at least

"""Small real runs for the tests: trained on the digits, kept in memory, written where asked.

And waiting: for what a thread or a worker will have done soon, however busy the machine is.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from core import runs
from core.commands import Inbox
from core.records import Array, Checkpoint, Metric, Moment, Record
from core.runfile import Writer
from core.runs import Run
from core.settings import Settings, settings_from


def small_settings(**changes: object) -> Settings:
    """A network of 8 hidden units on the digits, three steps; `changes` make it another one."""
    given = {"data": "digits", "options": {"hidden": 8}, "batch_size": 512, "epochs": 1}
    return settings_from({**given, "optimizer": "sgd", "learning_rate": 0.1, **changes})


def trained(settings: Settings) -> tuple[Record, ...]:
    """Every record of a run with these settings, from the start to the end, in this process."""
    return _trained(settings.model_dump_json())


@functools.lru_cache(maxsize=16)
def _trained(settings: str) -> tuple[Record, ...]:
    from core.training import train

    return tuple(train(settings_from(settings), Inbox()))


def written(settings: Settings | None = None, name: str = "", records: int | None = None) -> Run:
    """A run's file in this test's home, with the first `records` of its records or with all."""
    settings = settings or small_settings()
    run = runs.create(settings, name)
    append(run, *trained(settings)[:records])
    return run


def append(run: Run, *records: Record) -> None:
    """Append to a run's file and close it."""
    writer = Writer(run.path)
    writer.append(records)
    writer.close()


def metric(step: int) -> Metric:
    """A metric whose numbers tell its step."""
    return Metric(step, step / 10, 1 / (step + 1), step / 1000, None, None, 0.1, float(step))


def moment(step: int, arrays: int = 3, numbers: int = 4) -> Moment:
    """A moment whose arrays all hold nothing but its step."""
    values = np.full(numbers, step, np.float32)
    return Moment(step, step / 10, 0.5, {(f"l{i}", "weight"): Array(values) for i in range(arrays)})


def is_same(one: Array, other: Array) -> bool:
    """Whether two arrays are of the same type, shape, scale and units, and bit for bit equal."""
    same = (one.values.dtype, one.values.shape) == (other.values.dtype, other.values.shape)
    same = same and (one.scale, one.units) == (other.scale, other.units)
    return same and one.values.tobytes() == other.values.tobytes()


def is_same_state(one: Checkpoint, other: Checkpoint) -> bool:
    """Whether two checkpoints hold the same state bit for bit; the time it took is no part."""
    keys = set(one.arrays) - {("", "seconds")}
    return (
        one.step == other.step
        and keys == set(other.arrays) - {("", "seconds")}
        and all(is_same(one.arrays[key], other.arrays[key]) for key in keys)
    )


def last_checkpoint(records: tuple[Record, ...]) -> Checkpoint:
    """The last exact state among the records."""
    return [record for record in records if isinstance(record, Checkpoint)][-1]


def told(run: Run) -> list[tuple[int, str, str, float | None]]:
    """All that happened to a run, without the times."""
    return [(e.step, e.kind, e.text, e.value) for e, _ in run.events()]


def assert_as_if_unbroken(run: Run, settings: Settings, resumed: bool = False) -> None:
    """Nothing that the same run has when nothing happens to it is missing in this one, or other.

    A resumed run takes its moments at other steps from there on; where they meet they are equal.
    """
    from core.training import metric_gap

    records = trained(settings)
    kept = run.last_checkpoint()
    assert kept is not None and is_same_state(kept, last_checkpoint(records))
    steps, losses = run.metrics()["step"], run.metrics()["loss"]
    assert {*range(0, settings.steps + 1, metric_gap(settings)), settings.steps} <= {0, *steps}
    theirs = [(record.step, record.loss) for record in records if isinstance(record, Metric)]
    mine = windows(steps.tolist(), losses.tolist())
    alike = windows(*map(list, zip(*theirs, strict=True)))
    again = [step for step, kind, _, level in told(run) if kind == "resumed" and level is not None]
    for at in mine.keys() & alike.keys():  # the first one after a resumption is a mean of less
        assert mine[at] == alike[at] or any(at[0] < step < at[1] for step in again)
    assert len(mine.keys() & alike.keys()) >= len(alike) / 2
    if not resumed:  # one resumed has forgotten the losses since its last metric
        whole = [sum((to - since) * one for (since, to), one in w.items()) for w in (mine, alike)]
        assert whole[0] == pytest.approx(whole[1], rel=1e-12)
    moments = {one.step: one for one in run.moments()}
    others = {record.step: record for record in records if isinstance(record, Moment)}
    assert resumed or moments.keys() == others.keys()
    for step in moments.keys() & others.keys():
        assert moments[step].arrays.keys() == others[step].arrays.keys()
        assert all(is_same(a, others[step].arrays[key]) for key, a in moments[step].arrays.items())
    assert {0, 1, settings.steps} <= moments.keys() & others.keys()


def windows(steps: list[float], losses: list[float]) -> dict[tuple[float, float], float]:
    """Each metric's loss by the steps that it is the mean of: after the first, up to the second.

    AssertionError where the steps do not ascend.
    """
    spans = list(pairwise([0, *steps]))
    assert all(since < to for since, to in spans)
    return dict(zip(spans, losses, strict=True))


def until(true: Callable[[], object], what: str = "", seconds: float = 120) -> None:
    """Wait until something is true; a machine may be slow, but it must come."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited in vain {what}"
        time.sleep(0.04)


def until_state(run: Run, *states: str) -> None:
    """Wait until a run is in one of these states."""
    until(lambda: run.summary().state in states, f"for {states}: {told(run)[-4:]}")


def filed() -> set[str]:
    """The names of the files in the runs' folder, less the two that SQLite keeps beside one."""
    names = (path.name for path in runs.folder().iterdir())
    return {name for name in names if not name.endswith(("-shm", "-wal"))}

"""The budget: which steps stay, how large a file grows, which runs make room."""

import os
import random
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import budget, runs
from core.budget import Full, crowded_out, kept_steps, make_room, thin
from core.records import Array, Checkpoint, Moment
from core.runfile import Writer
from core.summaries import Summary
from tests.samples import metric, moment, small_settings, written

STEPS = st.lists(st.integers(0, 10**6), unique=True, max_size=60).map(sorted)


@given(STEPS, st.integers(-1, 70))
def test_the_first_and_the_last_step_stay_and_no_more_than_asked_for(steps, number):
    kept = kept_steps(steps, number)
    assert kept == sorted(set(kept)) and set(kept) <= set(steps)
    assert len(kept) == min(len(steps), max(2, number))
    assert kept[:1] == steps[:1] and kept[-1:] == steps[-1:]
    assert kept == kept_steps(list(steps), number)


@given(STEPS, st.integers(2, 30))
def test_thinning_in_two_goes_is_thinning_in_one(steps, number):
    assert kept_steps(kept_steps(steps, number + 5), number) == kept_steps(steps, number)


def test_what_stays_is_dense_at_the_start_and_even_in_log_time():
    kept = kept_steps(list(range(5000)), 20)
    gaps = np.diff(np.log1p(kept))
    assert kept[:3] == [0, 1, 2]
    assert gaps[2:].max() < 3 * gaps[2:].min()
    assert (np.diff(kept)[4:] >= np.diff(kept)[3:-1] / 2).all()


def small(patch: pytest.MonkeyPatch, moments: int, checkpoints: int) -> None:
    patch.setattr(budget, "RUN_BUDGET", moments)
    patch.setattr(budget, "CHECKPOINT_BUDGET", checkpoints)


def whole(writer: Writer, run: runs.Run) -> int:
    """The file's size once everything is written into it, log folded in."""
    writer.close()
    return run.path.stat().st_size


def test_ten_thousand_tiny_moments_stay_within_the_budget(home: Path, monkeypatch):
    small(monkeypatch, 200_000, 50_000)
    run = runs.create(small_settings())
    writer = Writer(run.path)
    for start in range(0, 10_000, 50):
        writer.append([moment(step, arrays=2) for step in range(start, start + 50)])
        thin(writer)
    steps = run.steps()
    assert steps[0] == 0 and steps[-1] == 9_999 and 50 < len(steps) < 1_000
    assert steps == [m.step for m in run.moments() if len(m.arrays) == 2]
    assert sum(writer.sizes(exact=False).values()) <= 200_000
    assert whole(writer, run) < 400_000


def test_large_moments_and_checkpoints_stay_within_the_budget(home: Path, monkeypatch):
    small(monkeypatch, 3_000_000, 1_000_000)
    run = runs.create(small_settings())
    writer = Writer(run.path)
    values = Array(np.random.default_rng(0).random(75_000).astype(np.float32))  # 300 kB each
    for step in range(60):
        arrays = {("linear1", "weight"): values}
        writer.append([metric(step), Moment(step, 0.1, 0.5, arrays), Checkpoint(step, arrays)])
        thin(writer)
        assert run.steps()[0] == 0 and run.steps()[-1] == step
        assert run.steps(exact=True)[-1] == step
    assert len(run.steps()) >= 5 and 1 <= len(run.steps(exact=True)) <= 3
    assert len(run.metrics()["step"]) == 60
    assert whole(writer, run) < 6_000_000


def test_what_is_larger_than_the_budget_leaves_the_first_and_the_last(home: Path, monkeypatch):
    small(monkeypatch, 1_000, 1_000)
    run = runs.create(small_settings())
    writer = Writer(run.path)
    for step in range(6):
        one = moment(step, numbers=5_000)
        writer.append([one, Checkpoint(step, one.arrays)])
        thin(writer)
    writer.close()
    assert run.steps() == run.steps(exact=True) == [0, 5]


def test_thinning_within_the_budget_changes_nothing(home: Path):
    run = written()
    before = run.steps(), run.steps(exact=True)
    writer = Writer(run.path)
    thin(writer)
    writer.close()
    assert (run.steps(), run.steps(exact=True)) == before


def listed(*rows: tuple[str, str, bool, int]) -> list[Summary]:
    """Summaries, newest first as runs.summaries gives them: name, state, pinned, megabytes."""
    return [
        Summary(name, name, state, "", None, 0, 0.0, None, pinned, size * 10**6)
        for name, state, pinned, size in rows
    ]


def test_the_oldest_resting_runs_make_room_and_no_others(monkeypatch):
    monkeypatch.setenv("LAYERSCOPE_BUDGET_MB", "200")
    rows = listed(
        ("newest", "finished", False, 40),
        ("running", "running", False, 40),
        ("waiting", "waiting", False, 40),
        ("stopped", "stopped", False, 40),
        ("pinned", "finished", True, 40),
        ("paused", "paused", False, 40),
        ("oldest", "damaged", False, 40),
    )
    # 280 and 56 for the new one are 136 more than 200: all that may go must go.
    assert [s.name for s in crowded_out(rows)] == ["oldest", "stopped", "newest"]
    monkeypatch.setenv("LAYERSCOPE_BUDGET_MB", "260")
    assert [s.name for s in crowded_out(rows)] == ["oldest", "stopped"]
    monkeypatch.setenv("LAYERSCOPE_BUDGET_MB", "1000")
    assert crowded_out(rows) == []


@given(st.data())
def test_no_more_runs_go_than_must(data):
    states = (*runs.ENDED, "damaged", "running", "paused", "waiting")
    row = st.tuples(st.text(), st.sampled_from(states), st.booleans(), st.integers(0, 500))
    rows = listed(*data.draw(st.lists(row, max_size=8)))
    gone = crowded_out(rows)
    assert all(not s.pinned and s.state in (*runs.ENDED, "damaged") for s in gone)
    over = sum(s.bytes for s in rows) + budget.RUN_BUDGET + budget.CHECKPOINT_BUDGET - 2 * 10**9
    if gone:
        assert sum(s.bytes for s in gone[:-1]) < over
    may = [s for s in reversed(rows) if not s.pinned and s.state in (*runs.ENDED, "damaged")]
    assert gone == may[: len(gone)]
    assert sum(s.bytes for s in gone) >= over or len(gone) == len(may)


@pytest.mark.parametrize(
    ("said", "bytes_"), [("", 2e9), ("500", 5e8), ("1", 1e8), ("-7", 1e8), ("a lot", 2e9)]
)
def test_the_environment_says_how_much_all_runs_may_take(monkeypatch, said, bytes_):
    monkeypatch.setenv("LAYERSCOPE_BUDGET_MB", said)
    assert budget.budget() == bytes_


def test_making_room_removes_the_oldest_from_the_disk(home: Path, monkeypatch):
    small(monkeypatch, 1_000, 1_000)
    kept = [written(name=f"run {number}") for number in range(4)]
    runs.change(kept[0], pinned="yes")
    sizes = sum(summary.bytes for summary in runs.summaries())
    monkeypatch.setattr(budget, "budget", lambda: sizes - 1)
    make_room()
    assert [s.name for s in runs.summaries()] == ["run 3", "run 2", "run 0"]
    monkeypatch.setattr(budget, "free_space", lambda: budget.SPARE_DISK - 1)
    with pytest.raises(Full, match="200 MB left"):
        make_room()
    assert len(runs.summaries()) == 3


def test_ids_made_at_random_moments_sort_by_time(monkeypatch):
    clock = sorted(random.Random(0).sample(range(10**18, 4 * 10**18, 10**6), 200))
    times = iter(clock)
    monkeypatch.setattr(time, "time_ns", lambda: next(times))
    made = [runs.new_id() for _ in clock]
    assert made == sorted(made) and len(set(made)) == len(made)


def test_copies_that_a_killed_server_left_are_removed_and_fresh_ones_stay(monkeypatch):
    old, fresh = (runs.folder() / f"import-{name}.tmp" for name in ("old", "fresh"))
    for copy in (old, fresh):
        copy.write_bytes(b"half")
    os.utime(old, (time.time() - 4000, time.time() - 4000))
    make_room()
    assert not old.exists() and fresh.exists()
    fresh.unlink()

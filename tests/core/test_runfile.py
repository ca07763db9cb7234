"""The run's file: what goes in comes out, readers see whole states, states are told from events."""

import functools
import math
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from core import runfile, runs
from core.records import Array, Checkpoint, Event, Metric, Moment
from core.rows import DTYPES
from core.runfile import Damaged, Writer, reading
from core.summaries import is_alive, this_process
from tests.samples import append, is_same, metric, moment, small_settings, told, written

FLOATS = st.floats(width=64)
STEPS = st.integers(0, 2**40)
WORDS = st.text(st.characters(codec="utf-8"), max_size=8)
ARRAYS = st.builds(
    Array,
    st.sampled_from(DTYPES).flatmap(
        lambda dtype: arrays_of.arrays(dtype, arrays_of.array_shapes(min_dims=0, min_side=0))
    ),
    st.floats(width=32, allow_nan=False, allow_infinity=False),
    st.none() | st.integers(0, 2**40),
)
NAMED = st.dictionaries(st.tuples(WORDS, WORDS), ARRAYS, max_size=4)
NUMBERS = st.dictionaries(WORDS, st.dictionaries(WORDS, FLOATS, max_size=3), max_size=3)
MAYBE = st.none() | FLOATS
RECORDS = st.one_of(
    st.builds(Event, STEPS, WORDS, WORDS, MAYBE),
    st.builds(Metric, STEPS, FLOATS, FLOATS, FLOATS, MAYBE, MAYBE, FLOATS, FLOATS),
    st.builds(Moment, STEPS, st.floats(allow_nan=False), MAYBE, NAMED, NUMBERS),
    st.builds(Checkpoint, STEPS, NAMED.filter(bool)),
)


@functools.cache
def ended_process() -> str:
    code = "from core.summaries import this_process; print(this_process())"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    return done.stdout.strip()


def is_equal(one: float | None, other: float | None) -> bool:
    """NaN is stored as nothing, and nothing is read as nothing or as NaN: the same to a reader."""
    one, other = (math.nan if x is None else x for x in (one, other))
    return one == other or (math.isnan(one) and math.isnan(other))


def assert_same_arrays(one: Moment | Checkpoint, other: Moment | Checkpoint) -> None:
    assert one.arrays.keys() == other.arrays.keys()
    assert all(is_same(one.arrays[key], other.arrays[key]) for key in other.arrays)


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORDS, max_size=8, unique_by=lambda record: (type(record), record.step)))
def test_every_record_comes_back_as_it_went_in(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("runs") / "run.sqlite"
    writer = Writer(path, {"id": "x", "name": "§ \0 漢"})
    writer.append(records)
    writer.close()
    records = sorted(records, key=lambda record: record.step)
    events = sorted((r for r in records if isinstance(r, Event)), key=lambda event: event.step)
    metrics = [record for record in records if isinstance(record, Metric)]
    moments = [record for record in records if isinstance(record, Moment)]
    checkpoints = [record for record in records if isinstance(record, Checkpoint)]
    with reading(path) as connection:
        assert runfile.about(connection) == {"id": "x", "name": "§ \0 漢"}
        happened = sorted(runfile.events(connection), key=lambda pair: pair[0].step)
        for (event, when), given_ in zip(happened, events, strict=True):
            assert (event.step, event.kind, event.text) == (given_.step, given_.kind, given_.text)
            assert is_equal(event.value, given_.value) and when > 1e9
        columns = runfile.metrics(connection)
        for row, measured in enumerate(metrics):
            assert all(is_equal(columns[name][row], getattr(measured, name)) for name in columns)
        assert runfile.steps(connection) == [one.step for one in moments]
        for one, wanted in zip(runfile.moments(connection), moments, strict=True):
            assert (one.step, one.epoch) == (wanted.step, wanted.epoch)
            assert is_equal(one.loss, wanted.loss)
            assert_same_arrays(one, wanted)
            assert one.numbers.keys() == wanted.numbers.keys()
            for layer, mine in wanted.numbers.items():  # JSON knows no infinity: it becomes NaN
                finite = {k: v if math.isfinite(v) else math.nan for k, v in mine.items()}
                got = one.numbers[layer]
                assert got.keys() == finite.keys()
                assert all(is_equal(got[k], finite[k]) for k in finite)
        assert runfile.steps(connection, exact=True) == [kept.step for kept in checkpoints]
        for kept in checkpoints:
            assert_same_arrays(runfile.checkpoint(connection, kept.step), kept)


def test_moments_are_chosen_by_step_layer_and_kind(home):
    run = written()
    everything = run.moments()
    assert [m.step for m in everything] == [0, 1, 2, 3]
    assert all({("linear1", "weight"), ("relu1", "output")} <= m.arrays.keys() for m in everything)
    some = run.moments([3, 1, 77], "linear1", ("weight", "bias"))
    assert [m.step for m in some] == [1, 3]
    assert all(set(m.arrays) == {("linear1", "weight"), ("linear1", "bias")} for m in some)
    assert is_same(some[0].arrays["linear1", "weight"], everything[1].arrays["linear1", "weight"])
    assert [m.arrays for m in run.moments(list(range(1000)), kinds=())] == [{}] * 4
    with pytest.raises(KeyError):
        run.checkpoint(2)


def test_a_run_that_only_waits_has_empty_tables(home):
    run = runs.create(small_settings())
    assert run.steps() == run.moments() == run.steps(exact=True) == []
    assert run.last_checkpoint() is None
    assert all(len(column) == 0 for column in run.metrics().values())
    assert run.summary().state == "waiting" and run.summary().step == 0


@pytest.mark.parametrize("rows", [1, 2])
def test_the_first_rows_can_be_read_at_once(home, rows):
    run = runs.create(small_settings())
    append(run, *(record for step in range(rows) for record in (metric(step), moment(step))))
    assert run.steps() == run.metrics()["step"].tolist() == list(range(rows))
    assert run.summary().step == rows - 1


def test_what_fails_half_way_leaves_nothing(home):
    run = written()
    before = told(run), run.steps()
    broken = Moment(9, 1.0, 0.1, {("linear1", "weight"): Array(np.zeros(3, np.float32), math.nan)})
    writer = Writer(run.path)
    with pytest.raises(Exception, match="NOT NULL"):
        writer.append([Event(9, "paused"), moment(9), broken])
    writer.close()
    assert (told(run), run.steps()) == before


def test_readers_see_growing_whole_states_and_leave_no_files(home):
    run, last = runs.create(small_settings()), 150
    faults: list[BaseException] = []
    seen: list[list[int]] = []
    begun, over = threading.Barrier(5), threading.Event()

    def look() -> None:
        mine: list[int] = []
        seen.append(mine)
        begun.wait()
        try:
            while not over.is_set() or not mine or mine[-1] < last:
                with reading(run.path) as connection:
                    steps = runfile.steps(connection)
                    measured = runfile.metrics(connection)["step"].tolist()
                    moments = runfile.moments(connection)
                assert steps == measured == [m.step for m in moments] == list(range(len(steps)))
                for one in moments:
                    assert len(one.arrays) == 3
                    assert all((a.values == one.step).all() for a in one.arrays.values())
                mine.append(len(steps) - 1)
        except BaseException as fault:
            faults.append(fault)

    readers = [threading.Thread(target=look) for _ in range(4)]
    for reader in readers:
        reader.start()
    writer = Writer(run.path)
    begun.wait()
    for step in range(last + 1):
        writer.append([metric(step), moment(step)])
    over.set()
    for reader in readers:
        reader.join(60)
    writer.close()
    assert not faults
    assert all(states == sorted(states) and states[-1] == last for states in seen)
    assert {p.name for p in run.path.parent.iterdir()} <= {p.name for p in runs.files(run.path)}


def test_one_reading_is_of_one_moment_whatever_is_written_meanwhile(home):
    run = written()
    with reading(run.path) as connection:
        before = runfile.steps(connection)
        writer = Writer(run.path)
        writer.append([moment(9)])
        writer.drop([1], exact=False)
        assert runfile.steps(connection) == before
        assert len(runfile.moments(connection)) == len(before)
    writer.close()
    assert run.steps() == [0, 2, 3, 9]


def test_a_writer_makes_no_file_where_there_is_none(home):
    with pytest.raises(Exception, match="unable to open"):
        Writer(runs.folder() / "gone.sqlite")
    with pytest.raises(Damaged, match="not there"), reading(runs.folder() / "gone.sqlite"):
        pass
    assert not list(runs.folder().iterdir())


@pytest.mark.parametrize(
    ("last", "alive", "dead"),
    [
        ("created", "waiting", "interrupted"),
        ("started", "running", "interrupted"),
        ("resumed", "running", "interrupted"),
        ("paused", "paused", "interrupted"),
        *((kind, kind, kind) for kind in runs.ENDED),
    ],
)
def test_the_state_is_told_from_the_last_event_and_the_owner(home, last, alive, dead):
    run = runs.create(small_settings())
    append(run, metric(7), Event(7, last, "so it is"), Event(7, "learning_rate", "", 0.1))
    assert run.summary().state == alive
    runs.change(run, owner=ended_process())
    summary = run.summary()
    assert summary.state == dead
    assert "step 7" in summary.message if alive != dead else summary.message == "so it is"


NOBODY = ["", "{}", "[1]", "[" * 10**5, f"[{10**30}, 1]", "[-1, 0]", "NaN", '["1", "x"]']


@pytest.mark.parametrize("owner", NOBODY)
def test_no_text_is_taken_for_a_living_owner(owner):
    assert not is_alive(owner)
    assert is_alive(this_process())
    assert not is_alive(this_process().replace("[", "[1"))


def test_the_accuracy_is_the_last_one_that_was_measured(home):
    run = runs.create(small_settings())
    held_out = Metric(5, 1.0, 0.5, 0.5, 0.6, 0.25, 0.1, 1.0)
    append(run, held_out, Event(5, "stopped", "", 0.0))
    assert run.summary().accuracy == 0.0
    append(run, Event(5, "resumed"))
    assert run.summary().accuracy == 0.25


@settings(max_examples=40, deadline=None)
@given(st.text(), st.text())
def test_any_text_can_be_noted(tmp_path_factory, key, value):
    path = tmp_path_factory.mktemp("runs") / "notes.sqlite"
    writer = Writer(path, {})
    writer.note(**{key: value})
    writer.close()
    with reading(path) as connection:
        assert runfile.about(connection) == {key: value}

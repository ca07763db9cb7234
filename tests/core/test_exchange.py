"""Runs to and from elsewhere: what was exported comes back equal and under a name of its own."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import runs
from core.architectures.bricks import Dropout, Flatten
from core.architectures.plans import plan
from core.exchange import exported, fits, imported
from core.records import Array, Event
from core.rows import Damaged
from core.runfile import Writer
from core.runs import Run
from tests.core.small_runs import NESTED
from tests.samples import (
    append,
    filed,
    is_same,
    is_same_state,
    metric,
    moment,
    small_settings,
    told,
    written,
)


def assert_same_run(one: Run, other: Run) -> None:
    assert one.settings() == other.settings() and told(one) == told(other)
    assert [when for _, when in one.events()] == [when for _, when in other.events()]
    for name, column in one.metrics().items():
        np.testing.assert_array_equal(column, other.metrics()[name])
    for mine, yours in zip(one.moments(), other.moments(), strict=True):
        assert (mine.step, mine.epoch, mine.loss) == (yours.step, yours.epoch, yours.loss)
        np.testing.assert_equal(mine.numbers, yours.numbers)
        assert mine.arrays.keys() == yours.arrays.keys()
        assert all(is_same(mine.arrays[key], yours.arrays[key]) for key in mine.arrays)
    assert one.steps(exact=True) == other.steps(exact=True)
    for step in one.steps(exact=True):
        assert is_same_state(one.checkpoint(step), other.checkpoint(step))


LENET = {"architecture": "lenet", "options": {}, "recorded_units": 5}
PRELU = {"options": {"hidden": 8, "activation": "prelu"}, "optimizer": "adam"}
NORMED = {
    "bricks": [
        {"kind": "flatten"},
        {"kind": "linear", "units": 8},
        {"kind": "batchnorm"},
        {"kind": "linear", "units": 10},
    ],
    "optimizer": "rmsprop",
}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        LENET,
        PRELU,
        NORMED,
        {"recorded_units": 3},
        {"recorded_units": 1},
        NESTED["steps"] | {"optimizer": "adam", "recorded_units": 3},
        NESTED["images"] | {"optimizer": "rmsprop"},
    ],
)
def test_what_is_exported_comes_back_equal_under_a_new_id(home: Path, changes: dict):
    run = written(small_settings(**changes), "its name")
    runs.change(run, pinned="yes")
    other = imported(exported(run))
    assert other.id != run.id and other.id in runs.ids()
    assert_same_run(run, other)
    summary = other.summary()
    assert (summary.name, summary.state, summary.pinned) == ("its name", "finished", False)
    assert not other.notes()["owner"]
    assert filed() == {run.path.name, other.path.name}


def test_a_growing_run_is_exported_as_it_is_at_one_moment(home: Path):
    run = runs.create(small_settings(epochs=1000))
    over = threading.Event()

    def grow() -> None:
        writer, step = Writer(run.path), 0
        while not over.is_set():
            writer.append([metric(step), moment(step)])
            step += 1
        writer.close()

    growing = threading.Thread(target=grow)
    growing.start()
    try:
        while not run.steps():
            pass
        copies = [exported(run) for _ in range(5)]
    finally:
        over.set()
        growing.join()
    sizes = []
    for number, data in enumerate(copies):
        copy = Run("copy", home / f"copy-{number}.sqlite")
        copy.path.write_bytes(data)
        assert copy.steps() == copy.metrics()["step"].tolist() == list(range(len(copy.steps())))
        assert copy.summary().state == "waiting"
        sizes.append(len(copy.steps()))
    assert sizes == sorted(sizes) and sizes[0] >= 1


def test_an_imported_run_that_was_in_training_is_interrupted(home: Path):
    run = written(records=8)
    assert run.summary().state == "running"
    assert imported(exported(run)).summary().state == "interrupted"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """The bytes of a whole run file; the home is this module's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERSCOPE_HOME", str(tmp_path_factory.mktemp("exchange")))
        yield exported(written())


NAMES = [
    ("../../etc/passwd", "../../etc/passwd"),
    ("a\0b\x1b[31m\u202egnp.exe\u2066", "ab[31mgnp.exe"),
    ("x" * 10**6, "x" * 80),
    ("\u202e\u200b", "Two linear layers on Digits 8x8"),
    ("  two\n lines ", "two lines"),
]


WATCHED = '{"data": "watched"}'


@pytest.mark.parametrize(("name", "tidy"), NAMES)
def test_a_name_is_only_text(home: Path, whole: bytes, name: str, tidy: str):
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(whole)
        change = "INSERT OR REPLACE INTO about VALUES (?, ?)"
        notes = [("name", name), ("id", "../../x"), ("owner", runs.this_process())]
        connection.executemany(change, notes)
        connection.commit()
        run = imported(connection.serialize())
    assert run.summary().name == tidy
    assert filed() == {run.path.name} and run.notes()["id"] == run.id


def test_a_file_that_says_watched_and_not_what_was_seen_is_refused(home: Path, whole: bytes):
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(whole)
        connection.execute("UPDATE about SET value = ? WHERE key = 'settings'", (WATCHED,))
        connection.commit()
        with pytest.raises(Damaged):
            imported(connection.serialize())
    assert not filed()


def test_a_file_with_inputs_of_a_run_that_was_not_watched_is_refused(home: Path, whole: bytes):
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(whole)
        first = "(SELECT MIN(rowid) FROM arrays)"
        connection.execute(f"UPDATE arrays SET layer = '', kind = 'inputs' WHERE rowid = {first}")
        connection.commit()
        with pytest.raises(Damaged):
            imported(connection.serialize())
    assert not filed()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_only_damaged_escapes_from_mutated_files(whole: bytes, data):
    mutated = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 1) | st.integers(0, 120))
        new = data.draw(st.binary(min_size=1, max_size=8))
        mutated[place : place + len(new)] = new
    before = filed()
    try:
        run = imported(bytes(mutated))
    except Damaged:
        assert filed() == before
    else:
        assert run.summary().state != "damaged"
        run.moments(), run.last_checkpoint(), run.metrics()
        runs.delete(run)


def test_a_full_disk_is_no_damage(home: Path, whole: bytes, monkeypatch):
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(Damaged, match="could not be written here .*No space left"):
        imported(whole)
    assert not filed()


def test_an_export_of_a_damaged_run_says_so_and_leaves_nothing(home: Path):
    run = written()
    append(run, Event(3, "finished"))
    run.path.write_bytes(run.path.read_bytes()[:5_000])
    before = filed()
    with pytest.raises(Damaged, match="damaged"):
        exported(run)
    assert filed() == before


@pytest.mark.parametrize(
    "shape, fit", [((2, 200), True), ((100, 200), True), ((101, 200), False), ((0, 200), False)]
)
def test_a_mask_is_of_a_few_probes_and_as_large_as_its_layer(shape, fit):
    layers = plan((Flatten(), Dropout(share=0.5)), (1, 10, 20))
    mask = Array(np.zeros(shape, np.uint8))
    assert fits(("dropout1", "mask"), mask, layers[1], exact=False) == fit

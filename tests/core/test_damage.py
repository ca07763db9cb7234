"""A damaged run file: read as far as it is whole, else refused with a sentence; others stay."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import runs
from core.records import Array, Event, Moment
from core.runfile import Damaged, Writer
from core.runs import Run
from core.settings import Settings
from tests.samples import append, is_same, small_settings, written

STRIDE = int(os.environ.get("DAMAGE_STRIDE", "29"))
"""Every so many bytes one bit is flipped; 1 takes a few minutes and tries them all."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A small real run among others, in a home of this module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERSCOPE_HOME", str(tmp_path_factory.mktemp("damage")))
        written(name="before")
        run = written(name="the one")
        written(name="after")
        yield run


@pytest.fixture(scope="module")
def original(whole: Run) -> bytes:
    return whole.path.read_bytes()


def put(run: Run, data: bytes) -> None:
    for path in runs.files(run.path)[1:]:
        path.unlink(missing_ok=True)
    run.path.write_bytes(data)


def flipped(data: bytes, place: int, bit: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


def is_sentence(text: str) -> bool:
    return text[0].isupper() and text.endswith(".") and "\n" not in text and len(text) < 300


def look(run: Run) -> int:
    """Read all that a page reads: how many of the readers refused, each with a sentence."""
    refused = 0
    summary = run.summary()
    assert isinstance(summary.name, str) and isinstance(summary.step, int)
    assert np.isfinite(summary.created)
    assert summary.accuracy is None or isinstance(summary.accuracy, int | float)
    assert summary.state != "damaged" or is_sentence(summary.message)
    readers: tuple[Callable[[], object], ...] = (
        run.settings, run.metrics, run.events, run.steps, run.moments, run.last_checkpoint,
    )  # fmt: skip
    for read in readers:
        try:
            value = read()
        except Damaged as fault:
            refused += 1
            assert is_sentence(str(fault)), str(fault)
        else:
            assert read != run.settings or isinstance(value, Settings)
            for moment in value if read == run.moments else ():  # type: ignore[attr-defined]
                assert isinstance(moment, Moment) and isinstance(moment.epoch, int | float)
                assert all(a.numbers().shape == a.values.shape for a in moment.arrays.values())
            for event, when in value if read == run.events else ():  # type: ignore[attr-defined]
                assert isinstance(event, Event) and isinstance(event.text, str) and when >= when
    return refused + (summary.state == "damaged")


def others_are_listed(run: Run) -> None:
    names = [summary.name for summary in runs.summaries() if summary.id != run.id]
    assert names == ["after", "before"]


def test_the_whole_file_is_read_without_complaint(whole: Run, original: bytes):
    assert look(whole) == 0
    assert len(original) < 150_000


def test_a_file_that_ends_too_soon_is_read_or_refused_with_a_sentence(whole, original):
    refused = 0
    for end in [*range(0, 1200, 7), *range(1200, len(original), 401), len(original) - 1]:
        put(whole, original[:end])
        refused += look(whole) > 0
        if end % 49 == 0:
            others_are_listed(whole)
    put(whole, original)
    assert refused > 200


def test_a_flipped_bit_anywhere_is_survived(whole, original):
    refused = 0
    for number, place in enumerate(range(0, len(original), STRIDE)):
        put(whole, flipped(original, place, number % 8))
        refused += look(whole) > 0
        if number % 100 == 0:
            others_are_listed(whole)
    put(whole, original)
    assert refused > len(original) / STRIDE / 10


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_other_damage_is_survived(whole, original, data):
    start = data.draw(st.integers(0, len(original) - 1), label="from")
    new = data.draw(st.binary(min_size=1, max_size=60) | st.just(bytes(5000)), label="bytes")
    put(whole, (original[:start] + new + original[start + len(new) :])[: len(original)])
    look(whole)
    others_are_listed(whole)
    put(whole, original)


def test_a_flipped_bit_in_an_array_names_the_step_and_spares_the_others(whole, original):
    moments = whole.moments()
    tried = 0
    for moment in moments:
        for key, array in moment.arrays.items():
            data = array.values.tobytes()
            place = original.find(data[:24])
            if len(data) < 24 or original.count(data[:24]) > 1 or place < 0:
                continue  # cut by a page's end, or not to be told from another
            put(whole, flipped(original, place + 5, tried % 8))
            with pytest.raises(Damaged, match=f"at step {moment.step} .*{key[0]}"):
                whole.moments()
            rest = whole.moments([m.step for m in moments if m is not moment])
            for got, wanted in zip(rest, (m for m in moments if m is not moment), strict=True):
                assert all(is_same(got.arrays[k], wanted.arrays[k]) for k in wanted.arrays)
            tried += 1
    put(whole, original)
    assert tried > 20


def test_a_newer_format_says_so(home: Path):
    run = written()
    with contextlib.closing(sqlite3.connect(run.path)) as connection:
        connection.execute("PRAGMA user_version = 7")
    with pytest.raises(Damaged, match="newer version"):
        run.moments()
    assert run.summary().state == "damaged" and "newer version" in run.summary().message


HOSTILE = [
    "UPDATE about SET value = 'yesterday' WHERE key = 'created'",
    "UPDATE about SET value = 'inf' WHERE key = 'created'",
    "UPDATE about SET value = x'00ff' WHERE key = 'name'",
    "UPDATE about SET value = '{}' WHERE key = 'settings'",
    "DELETE FROM about",
    "UPDATE events SET text = 7.5, step = 'x'",
    "UPDATE events SET value = 'high', time = 'now'",
    "UPDATE metrics SET loss = 'low', held_out_accuracy = 'high'",
    "UPDATE metrics SET loss = x'00', held_out_accuracy = x'00'",
    "UPDATE moments SET numbers = '[' || replace(hex(zeroblob(50000)), '00', '[')",
    "UPDATE moments SET numbers = '[1]'",
    "UPDATE moments SET numbers = '{\"linear1\": {\"dead\": 1' || hex(zeroblob(200)) || '}}'",
    "UPDATE moments SET epoch = 'late', loss = 'x'",
    "UPDATE arrays SET shape = replace(hex(zeroblob(50000)), '00', '[')",
    "UPDATE arrays SET shape = '[0, 1' || hex(zeroblob(200)) || ']', data = x'', crc = 0",
    "UPDATE arrays SET shape = '[-1]'",
    "UPDATE arrays SET shape = 'null'",
    "UPDATE arrays SET shape = 7, scale = 'x'",
    "UPDATE arrays SET dtype = 'object'",
    "UPDATE arrays SET dtype = x'00'",
    "UPDATE arrays SET units = 'many'",
    "UPDATE arrays SET data = 'text'",
    "UPDATE arrays SET scale = 9e999",
    "UPDATE arrays SET step = 'x' || number",
    "UPDATE arrays SET layer = x'00' || number",
    "DROP TABLE arrays",
    "DROP TABLE events",
]


@pytest.mark.parametrize("statement", HOSTILE)
def test_a_value_of_another_kind_is_refused_with_a_sentence(home: Path, statement: str):
    run = written()
    with contextlib.closing(sqlite3.connect(run.path)) as connection, connection as change:
        change.execute(statement)
    look(run)
    assert [summary.id for summary in runs.summaries()] == [run.id]


def test_a_damaged_run_can_be_deleted_and_only_it(home: Path):
    kept, run = written(name="kept"), written()
    put(run, b"no database at all" * 1000)
    with pytest.raises(ValueError, match="kept as it was"):
        runs.change(run, name="new name")
    runs.delete(run)
    assert [summary.name for summary in runs.summaries()] == ["kept"]
    assert {path.name for path in runs.folder().glob("*.sqlite")} == {kept.path.name}


def test_a_moment_of_another_step_is_read_while_one_is_damaged(home: Path):
    run = runs.create(small_settings())
    values = np.arange(50, dtype=np.float16)
    append(run, *(Moment(n, 0.0, 0.1, {("linear1", "weight"): Array(values)}) for n in (1, 2)))
    with contextlib.closing(sqlite3.connect(run.path)) as connection, connection as change:
        change.execute("UPDATE arrays SET crc = crc + 1 WHERE step = 1")
    assert [moment.step for moment in run.moments([2])] == [2]
    with pytest.raises(Damaged, match="at step 1 "):
        run.moments([1])


def test_a_reader_that_met_damage_holds_nothing(home: Path):
    run = written()
    with contextlib.closing(sqlite3.connect(run.path)) as connection, connection as change:
        change.execute("UPDATE arrays SET crc = crc + 1")
    with pytest.raises(Damaged) as checkpoint:
        run.last_checkpoint()
    with pytest.raises(Damaged) as moment:
        run.moments()
    writer = Writer(run.path)
    writer.note(name="changed while the faults above still know where they began")
    writer.connection.execute("PRAGMA busy_timeout = 0")
    assert writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    writer.close()
    assert moment.tb and checkpoint.tb

"""Hostile files: what is no run file of ours is refused with a sentence and leaves nothing."""

import contextlib
import io
import pickle
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core import exchange
from core.exchange import exported, imported
from core.rows import Damaged
from tests.samples import filed, written


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """The bytes of a whole run file; the home is this module's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERSCOPE_HOME", str(tmp_path_factory.mktemp("exchange")))
        yield exported(written())


def refused(data: bytes, sentence: str) -> None:
    before = filed()
    with pytest.raises(Damaged, match=sentence) as caught:
        imported(data)
    text = str(caught.value)
    assert text[0].isupper() and text.endswith(".") and "\n" not in text and len(text) < 300
    assert filed() == before


def database(*statements: str) -> bytes:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for statement in statements:
            connection.execute(statement)
        return connection.serialize()


class Payload:
    """A pickle that would make a file where it is loaded."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple:
        return Path.touch, (self.canary,)


def test_what_is_no_run_file_is_refused(home: Path):
    canary = home / "canary"
    buffer = io.BytesIO()
    np.save(buffer, np.array([Payload(canary)], dtype=object), allow_pickle=True)
    foreign = {
        "empty": b"",
        "random": np.random.default_rng(0).bytes(10_000),
        "PNG": b"\x89PNG\r\n\x1a\n" + bytes(5_000),
        "pickle": pickle.dumps(Payload(canary)),
        "numpy": buffer.getvalue(),
        "only a header": b"SQLite format 3"[:15],
    }
    for data in foreign.values():
        refused(data, "no run file. A run file is what Download")
    refused(database("CREATE TABLE photos (id)"), "a database, but no run file")
    refused(b"SQLite format 3\x00", "damaged|no run file")
    assert not canary.exists()


def test_a_pickle_inside_a_run_file_is_never_loaded(home: Path, whole: bytes):
    canary = home / "canary"
    payload = pickle.dumps(Payload(canary)).hex()
    for dtype in ("object", "|O", "float32"):
        change = f"UPDATE arrays SET dtype = '{dtype}', data = x'{payload}'"
        refused(changed(whole, change), "damaged at step")
    assert not canary.exists()


def test_a_file_that_is_too_large_is_refused(home: Path, whole: bytes, monkeypatch):
    monkeypatch.setattr(exchange, "UPLOAD_LIMIT", len(whole) - 1)
    refused(whole, "larger than any run file")
    monkeypatch.setattr(exchange, "UPLOAD_LIMIT", len(whole))
    imported(whole)


def test_a_truncated_file_is_refused_wherever_it_ends(home: Path, whole: bytes):
    for end in [*range(0, 200, 7), *range(200, len(whole), 977), len(whole) - 1]:
        refused(whole[:end], "damaged|no run file|a database, but")
    refused(whole + bytes(4096), "damaged")
    imported(whole)


def changed(data: bytes, *statements: str) -> bytes:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        return connection.serialize()


DEEP = "replace(hex(zeroblob(60000)), '00', '[')"
HUGE = "'1' || hex(zeroblob(3000))"
NONE = "dtype = 'uint8', shape = '[]', data = x'00', crc = 3523407757"  # one number, no sides
REFUSED = [
    ("PRAGMA application_id = 7", "a database, but no run file"),
    ("PRAGMA user_version = 2", "newer version"),
    ("CREATE TABLE more (a)", "tables that no run file has"),
    ("CREATE VIEW more AS SELECT * FROM about", "tables that no run file has"),
    ("CREATE INDEX more ON events (step)", "tables that no run file has"),
    ("CREATE TRIGGER more AFTER INSERT ON about BEGIN SELECT 1; END", "tables that no run file"),
    ("ALTER TABLE about ADD COLUMN more", "tables that no run file has"),
    ("DROP INDEX arrays_by_step", "tables that no run file has"),
    ("UPDATE arrays SET crc = crc + 1 WHERE number = 3", "damaged at step"),
    ("UPDATE arrays SET data = substr(data, 2) WHERE number = 3", "damaged at step"),
    ("UPDATE arrays SET shape = '[7, 7]' WHERE number = 3", "damaged at step"),
    ("UPDATE arrays SET data = x'00', crc = 3523407757 WHERE number = 3", "run's file is damaged"),
    ("UPDATE arrays SET scale = 9e999 WHERE number = 3", "run's file is damaged"),
    ("UPDATE arrays SET units = 'x' WHERE number = 3", "run's file is damaged"),
    ("UPDATE arrays SET dtype = 'object' WHERE number = 3", "run's file is damaged"),
    ("UPDATE moments SET loss = 'x' WHERE step = 3", "damaged at step 3"),
    ("UPDATE moments SET epoch = 'x' WHERE step = 3", "damaged at step 3"),
    ("UPDATE events SET value = 'x'", "an event at step"),
    ("UPDATE events SET time = 'x'", "an event at step"),
    ("UPDATE events SET kind = hex(zeroblob(2000))", "more than 2,000 characters"),
    (f"UPDATE arrays SET shape = {DEEP}", "damaged at step"),
    (f"UPDATE arrays SET shape = '[0, ' || {HUGE} || ']', data = x'', crc = 0", "damaged at step"),
    ("UPDATE arrays SET layer = 'linear9' WHERE number = 3", "layer that its network does not"),
    ("UPDATE arrays SET kind = 'running_mean' WHERE kind = 'bias'", "which its network does not"),
    ("UPDATE arrays SET kind = '../../x' WHERE number = 3", "which its network does not have"),
    ("UPDATE arrays SET units = 4 WHERE kind = 'weight' AND exact = 0", "which its network does"),
    (f"UPDATE arrays SET {NONE} WHERE kind = 'output'", "which its network does not have"),
    (f"UPDATE arrays SET {NONE} WHERE kind = 'weight'", "which its network does not have"),
    (f"UPDATE arrays SET {NONE}, units = 8 WHERE kind = 'bias'", "which its network does not have"),
    (f"UPDATE arrays SET {NONE} WHERE kind = 'random'", "which its network does not have"),
    ("UPDATE arrays SET step = 4 WHERE step = 3", "outside its 3 steps"),
    ("UPDATE arrays SET step = -1 WHERE step = 3", "outside its 3 steps"),
    ("UPDATE moments SET step = 1000000 WHERE step = 3", "outside its 3 steps"),
    ("UPDATE metrics SET step = -5 WHERE step = 1", "outside its 3 steps"),
    (f"UPDATE moments SET numbers = {DEEP}", "damaged at step"),
    ("UPDATE moments SET numbers = '{\"linear9\": {}}'", "layer that its network does not have"),
    ("UPDATE moments SET numbers = '{\"linear1\": {\"<b>\": 1}}'", "unknown word '<b>'"),
    (f"UPDATE moments SET numbers = '{{\"linear1\": {{\"a\": ' || {HUGE} || '}}}}'", "at step"),
    ("UPDATE events SET kind = 'a b'", "unknown word"),
    ("UPDATE events SET text = hex(zeroblob(2000))", "more than 2,000 characters"),
    ("UPDATE events SET text = x'00'", "damaged"),
    ("DELETE FROM about WHERE key = 'settings'", "settings cannot be read"),
    ("UPDATE about SET value = '{\"epochs\": 0}' WHERE key = 'settings'", "settings cannot"),
    (f"UPDATE about SET value = {DEEP} WHERE key = 'settings'", "settings cannot be read"),
    ("UPDATE about SET value = '{\"no\": 1}' WHERE key = 'settings'", "settings cannot be read"),
    ("UPDATE about SET value = '{\"data\": \"watched\"}' WHERE key = 'settings'", "what was seen"),
    (f"UPDATE about SET value = '{{\"seed\": ' || {HUGE} || '}}' WHERE key = 'settings'", "set"),
    ("UPDATE about SET value = x'00' WHERE key = 'name'", "notes cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "sentence"), REFUSED)
def test_what_a_run_does_not_hold_is_refused(home: Path, whole: bytes, statement, sentence):
    refused(changed(whole, statement), sentence)


@pytest.mark.parametrize("table", ["events", "moments"])
def test_a_file_with_more_rows_than_any_run_is_refused(home, whole, table, monkeypatch):
    monkeypatch.setitem(exchange.MOST_ROWS, table, 1)
    refused(whole, f"more than 1 {table}")


def test_a_wrong_index_is_refused(home: Path, whole: bytes):
    data = changed(
        whole,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = "
        "'arrays_by_step') WHERE name = 'arrays_by_layer'",
    )
    refused(data, "damaged")

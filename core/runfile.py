"""One run is one SQLite file: settings, events, metrics, moments and checkpoints. No torch here.

A live run is a file that is still growing. One writer appends in write-ahead mode, so what was
committed survives a killed process and a full disk; readers see whole commits and create nothing.
Every array carries a checksum. Files from elsewhere are never trusted: see exchange.py.
"""

import contextlib
import json
import math
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from core.records import Array, ArrayKey, Checkpoint, Event, Metric, Moment, Record
from core.settings import Settings, Unfit, settings_from

APPLICATION, VERSION = 0x4C59_5253, 1
DTYPES = ("float64", "float32", "float16", "int64", "int32", "int8", "uint8")
SCHEMA = (
    "CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE events (number INTEGER PRIMARY KEY, step INTEGER NOT NULL, kind TEXT NOT NULL, "
    "text TEXT NOT NULL, value REAL, time REAL NOT NULL)",
    "CREATE TABLE metrics (step INTEGER PRIMARY KEY, epoch REAL, loss REAL, accuracy REAL, "
    "held_out_loss REAL, held_out_accuracy REAL, learning_rate REAL, seconds REAL)",
    "CREATE TABLE moments (step INTEGER PRIMARY KEY, epoch REAL NOT NULL, loss REAL, "
    "numbers TEXT NOT NULL)",
    "CREATE TABLE arrays (number INTEGER PRIMARY KEY, exact INTEGER NOT NULL, "
    "step INTEGER NOT NULL, layer TEXT NOT NULL, kind TEXT NOT NULL, dtype TEXT NOT NULL, "
    "shape TEXT NOT NULL, scale REAL NOT NULL, units INTEGER, crc INTEGER NOT NULL, "
    "data BLOB NOT NULL)",
    "CREATE UNIQUE INDEX arrays_by_layer ON arrays (layer, kind, exact, step)",
    "CREATE INDEX arrays_by_step ON arrays (exact, step)",
)
METRICS = tuple(Metric.__dataclass_fields__)


class Damaged(Exception):
    """A run's file that cannot be read; the text is a sentence that says where and what to do."""


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection to a run's file; any fault of the file becomes Damaged."""
    connection = None
    try:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=10)
        connection.execute("PRAGMA trusted_schema = OFF")
        yield connection
    except (sqlite3.Error, UnicodeDecodeError, json.JSONDecodeError) as fault:
        raise Damaged(f"This run's file is damaged and cannot be read here ({fault}).") from None
    finally:
        if connection:
            connection.close()


def about(connection: sqlite3.Connection) -> dict[str, str]:
    """The run's notes: id, name, created, pinned, owner, settings (JSON)."""
    return dict(connection.execute("SELECT key, value FROM about").fetchall())


def settings_in(notes: dict[str, str]) -> Settings:
    """The settings kept in a run's notes; raises Damaged where they do not hold."""
    try:
        return settings_from(notes["settings"])
    except (KeyError, Unfit) as fault:
        raise Damaged(f"This run's settings cannot be read: {fault}") from None


def events(connection: sqlite3.Connection) -> list[tuple[Event, float]]:
    """All that happened, oldest first, each with the time in seconds since 1970."""
    rows = connection.execute("SELECT step, kind, text, value, time FROM events ORDER BY number")
    return [(Event(*row[:4]), row[4]) for row in rows]


def metrics(connection: sqlite3.Connection) -> dict[str, np.ndarray]:
    """The metrics as columns of float64 by name, by step; what was not measured is NaN."""
    rows = connection.execute(f"SELECT {', '.join(METRICS)} FROM metrics ORDER BY step").fetchall()
    table = np.array(rows, dtype=np.float64).reshape(-1, len(METRICS))
    return dict(zip(METRICS, table.T, strict=True))


def steps(connection: sqlite3.Connection, exact: bool = False) -> list[int]:
    """The steps of the recorded moments, or of the exact checkpoints."""
    if not exact:
        return [row[0] for row in connection.execute("SELECT step FROM moments ORDER BY step")]
    found = connection.execute("SELECT DISTINCT step FROM arrays WHERE exact = 1 ORDER BY step")
    return [row[0] for row in found]


def moments(
    connection: sqlite3.Connection,
    wanted: Iterable[int] | None = None,
    layer: str | None = None,
    kinds: tuple[str, ...] | None = None,
) -> list[Moment]:
    """Recorded moments by step, with the arrays of one layer, or of some kinds, or with all."""
    chosen = None if wanted is None else set(wanted)
    heads = connection.execute("SELECT step, epoch, loss, numbers FROM moments ORDER BY step")
    found = {
        row[0]: Moment(row[0], row[1], row[2], {}, _numbers(row[3], row[0]))
        for row in heads
        if chosen is None or row[0] in chosen
    }
    query = "SELECT step, layer, kind, dtype, shape, scale, units, crc, data FROM arrays "
    query += "WHERE exact = 0"
    given: list[object] = []
    if layer is not None:
        query, given = f"{query} AND layer = ?", [*given, layer]
    if kinds is not None:
        query += f" AND kind IN ({', '.join('?' * len(kinds))})"
        given += kinds
    if chosen is not None and len(chosen) <= 500:
        query += f" AND step IN ({', '.join('?' * len(chosen))})"
        given += chosen
    for step, *rest in connection.execute(query, given):
        if step in found:
            key, array = array_of(step, rest)
            found[step].arrays[key] = array
    return list(found.values())


def checkpoint(connection: sqlite3.Connection, step: int) -> Checkpoint:
    """The exact state kept at a step; raises KeyError where none is kept."""
    rows = connection.execute(
        "SELECT layer, kind, dtype, shape, scale, units, crc, data FROM arrays "
        "WHERE exact = 1 AND step = ?",
        (step,),
    )
    arrays = dict(array_of(step, row) for row in rows)
    if not arrays:
        raise KeyError(step)
    return Checkpoint(step, arrays)


def _numbers(text: str, step: int) -> dict[str, dict[str, float]]:
    try:
        return {
            str(layer): {k: math.nan if v is None else float(v) for k, v in numbers.items()}
            for layer, numbers in json.loads(text).items()
        }
    except (AttributeError, TypeError, ValueError):
        raise Damaged(f"This run's file is damaged at step {step}.") from None


def array_of(step: int, row: Iterable) -> tuple[ArrayKey, Array]:
    """An array from its row: layer, kind, dtype, shape, scale, units, crc, data; may be Damaged."""
    layer, kind, dtype, shape_text, scale, units, crc, data = row
    try:
        shape = tuple(json.loads(shape_text))
        whole = dtype in DTYPES and all(isinstance(n, int) and n >= 0 for n in shape)
        size = np.dtype(dtype).itemsize * math.prod(shape) if whole else -1
        if size != len(data) or zlib.crc32(data) != crc or not math.isfinite(scale):
            raise ValueError
        return (layer, kind), Array(np.frombuffer(data, dtype).reshape(shape), scale, units)
    except (TypeError, ValueError):
        raise Damaged(
            f"This run's file is damaged at step {step} ({layer} {kind}); others may be whole."
        ) from None


class Writer:
    """Appends to one run's file; there is one writer a run."""

    def __init__(self, path: Path, notes: dict[str, str] | None = None) -> None:
        """Open a run's file for appending; with `notes`, make it."""
        self.connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        if notes is not None:
            with self.connection as change:
                change.execute(f"PRAGMA application_id = {APPLICATION}")
                change.execute(f"PRAGMA user_version = {VERSION}")
                for statement in SCHEMA:
                    change.execute(statement)
                change.executemany("INSERT INTO about VALUES (?, ?)", notes.items())

    def note(self, **notes: str) -> None:
        """Change some of the run's notes."""
        with self.connection as change:
            change.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", notes.items())

    def append(self, records: Iterable[Record]) -> None:
        """Append records in one commit: all of them are kept, or none (sqlite3.Error, OSError)."""
        with self.connection as change:
            for record in records:
                if isinstance(record, Event):
                    event = (record.step, record.kind, record.text, record.value, time.time())
                    change.execute("INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?)", event)
                elif isinstance(record, Metric):
                    values = [getattr(record, name) for name in METRICS]
                    marks = ", ".join("?" * len(METRICS))
                    change.execute(f"INSERT OR REPLACE INTO metrics VALUES ({marks})", values)
                elif isinstance(record, Moment):
                    text = json.dumps(_finite(record.numbers), allow_nan=False)
                    moment = (record.step, record.epoch, record.loss, text)
                    change.execute("INSERT OR REPLACE INTO moments VALUES (?, ?, ?, ?)", moment)
                    self._keep(change, 0, record.step, record.arrays)
                else:
                    self._keep(change, 1, record.step, record.arrays)

    def _keep(
        self, change: sqlite3.Connection, exact: int, step: int, arrays: dict[ArrayKey, Array]
    ) -> None:
        for (layer, kind), array in arrays.items():
            data, shape = array.values.tobytes(), json.dumps(array.values.shape)
            what = (exact, step, layer, kind, array.values.dtype.name, shape)
            row = (*what, array.scale, array.units, zlib.crc32(data), data)
            marks = ", ".join("?" * len(row))
            change.execute(f"INSERT OR REPLACE INTO arrays VALUES (NULL, {marks})", row)

    def sizes(self, exact: bool) -> dict[int, int]:
        """Bytes of arrays by step, of the moments or of the checkpoints."""
        query = "SELECT step, SUM(LENGTH(data)) FROM arrays WHERE exact = ? GROUP BY step"
        return dict(self.connection.execute(query, (int(exact),)).fetchall())

    def drop(self, gone: Iterable[int], exact: bool) -> None:
        """Remove the moments, or the checkpoints, of some steps; their room is used again."""
        with self.connection as change:
            for step in gone:
                change.execute(
                    "DELETE FROM arrays WHERE exact = ? AND step = ?", (int(exact), step)
                )
                if not exact:
                    change.execute("DELETE FROM moments WHERE step = ?", (step,))

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it."""
        with contextlib.suppress(sqlite3.Error):
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.connection.close()


def _finite(numbers: dict[str, dict[str, float]]) -> dict[str, dict[str, float | None]]:
    return {
        layer: {key: value if math.isfinite(value) else None for key, value in mine.items()}
        for layer, mine in numbers.items()
    }


def is_disk_fault(fault: BaseException) -> bool:
    """Whether writing failed because the disk is full or gives errors, not because of the file."""
    words = ("full", "disk i/o", "readonly", "unable to open")
    return isinstance(fault, OSError) or (
        isinstance(fault, sqlite3.OperationalError) and any(w in str(fault).lower() for w in words)
    )

"""One run is one SQLite file: settings, events, metrics, moments and checkpoints. No torch here.

A live run is a file that is still growing. One writer appends in write-ahead mode, so what was
committed survives a killed process and a full disk; readers see whole commits and create nothing.
Every array carries a checksum. Files from elsewhere are never trusted: see exchange.py.
"""

import contextlib
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.home import size_of
from core.records import Array, ArrayKey, Checkpoint, Event, Metric, Moment, Record
from core.rows import SCHEMA as SCHEMA
from core.rows import Damaged as Damaged
from core.rows import array_of, array_row, columns_of, event_of, moment_of, notes_of, numbers_text
from core.settings import Settings, settings_from

APPLICATION, VERSION = 0x4C59_5253, 1
METRICS = tuple(Metric.__dataclass_fields__)
ROW_BYTES = 200
"""What a row of arrays takes besides its numbers: its words and its places in two indexes."""


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection that sees one state of a run's file, whatever is written meanwhile.

    Any fault of the file, and that it was made by a newer version, becomes Damaged.
    """
    connection = None
    try:
        connection = opened(path)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise Damaged(f"This run was made by a newer version (format {version}).")
        yield connection
    except (sqlite3.Error, UnicodeDecodeError) as fault:
        if not path.exists():
            raise Damaged("This run's file is not there any more.") from None
        if "full" in str(fault):
            raise Damaged("The disk is full. Make room, then try again.") from None
        why = " ".join(str(fault).split())[:80]
        raise Damaged(f"This run's file is damaged and cannot be read here ({why}).") from None
    finally:
        if connection:
            connection.close()


def opened(path: Path, more: str = "") -> sqlite3.Connection:
    """A read-only connection inside a transaction, so that all its answers are of one moment."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro{more}", uri=True, timeout=10)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        return connection
    except sqlite3.Error as fault:
        connection.close()
        # SQLite keeps two files beside one in write-ahead mode; a read-only folder has no room for
        # them, and a file that nobody writes needs none.
        log = path.with_name(path.name + "-wal")
        rests = path.exists() and not size_of([log])
        refused = "unable to open" in str(fault) or "readonly" in str(fault)
        if more or not rests or not refused:
            raise
        return opened(path, "&immutable=1")


def about(connection: sqlite3.Connection) -> dict[str, str]:
    """The run's notes: id, name, created, pinned, owner, settings (JSON)."""
    return notes_of(connection.execute("SELECT key, value FROM about").fetchall())


def settings_in(notes: dict[str, str]) -> Settings:
    """The settings kept in a run's notes; raises Damaged where they do not hold."""
    try:
        return _settings(notes.get("settings", ""))
    except ValueError as fault:  # Unfit
        raise Damaged(f"This run's settings cannot be read ({fault!s:.200}).") from None


@lru_cache(maxsize=32)
def _settings(text: str) -> Settings:
    """Settings from their text; those of a large network take milliseconds, in every list."""
    return settings_from(text)


def events(connection: sqlite3.Connection) -> list[tuple[Event, float]]:
    """All that happened, oldest first, each with the time in seconds since 1970."""
    query = "SELECT step, kind, text, value, time FROM events ORDER BY number"
    return [event_of(row) for row in connection.execute(query).fetchall()]


def metrics(connection: sqlite3.Connection) -> dict[str, np.ndarray]:
    """The metrics as columns of float64 by name, by step; what was not measured is NaN."""
    rows = connection.execute(f"SELECT {', '.join(METRICS)} FROM metrics ORDER BY step").fetchall()
    return columns_of(rows, METRICS)


def steps(connection: sqlite3.Connection, exact: bool = False) -> list[int]:
    """The steps of the recorded moments, or of the exact checkpoints."""
    if not exact:
        return [row[0] for row in connection.execute("SELECT step FROM moments ORDER BY step")]
    found = connection.execute(
        "SELECT DISTINCT step FROM arrays WHERE exact = 1 AND typeof(step) = 'integer' "
        "ORDER BY step"
    )
    return [row[0] for row in found]


def moments(
    connection: sqlite3.Connection,
    wanted: Iterable[int] | None = None,
    layer: str | tuple[str, ...] | None = None,
    kinds: tuple[str, ...] | None = None,
) -> list[Moment]:
    """Recorded moments by step, with the arrays of one or some layers or kinds, or with all."""
    chosen = None if wanted is None else set(wanted)
    query = "SELECT step, epoch, loss, numbers FROM moments ORDER BY step"
    heads = connection.execute(query).fetchall()
    found = {row[0]: moment_of(row) for row in heads if chosen is None or row[0] in chosen}
    query = (
        "SELECT step, layer, kind, dtype, shape, scale, units, crc, data FROM arrays WHERE exact=0"
    )
    given: list[object] = []
    if layer is not None:
        given += (layer,) if isinstance(layer, str) else layer
        query += f" AND layer IN ({', '.join('?' * len(given))})"
    if kinds is not None:
        query += f" AND kind IN ({', '.join('?' * len(kinds))})"
        given += kinds
    if chosen is not None and len(chosen) <= 500:
        query += f" AND step IN ({', '.join('?' * len(chosen))})"
        given += chosen
    with closing(connection.execute(query, given)) as rows:  # else a fault's traceback holds it
        for step, *row in rows:
            if step in found:
                key, array = array_of(step, row)
                found[step].arrays[key] = array
    return list(found.values())


def checkpoint(connection: sqlite3.Connection, step: int) -> Checkpoint:
    """The exact state kept at a step; raises KeyError where none is kept."""
    query = "SELECT layer, kind, dtype, shape, scale, units, crc, data FROM arrays "
    with closing(connection.execute(f"{query} WHERE exact = 1 AND step = ?", (step,))) as rows:
        arrays = dict(array_of(step, row) for row in rows)
    if not arrays:
        raise KeyError(step)
    return Checkpoint(step, arrays)


class Writer:
    """Appends to one run's file; there is one writer a run."""

    def __init__(self, path: Path, notes: dict[str, str] | None = None) -> None:
        """Open a run's file for appending; with `notes`, make it."""
        where = f"{path.as_uri()}?mode={'rw' if notes is None else 'rwc'}"
        self.connection = sqlite3.connect(where, uri=True, timeout=10, check_same_thread=False)
        try:
            self._prepare(notes)
        except BaseException:
            self.connection.close()
            raise

    def _prepare(self, notes: dict[str, str] | None) -> None:
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
                    moment = (record.step, record.epoch, record.loss, numbers_text(record.numbers))
                    change.execute("INSERT OR REPLACE INTO moments VALUES (?, ?, ?, ?)", moment)
                    self._keep(change, False, record.step, record.arrays)
                else:
                    self._keep(change, True, record.step, record.arrays)

    def _keep(
        self, change: sqlite3.Connection, exact: bool, step: int, arrays: dict[ArrayKey, Array]
    ) -> None:
        for key, array in arrays.items():
            row = array_row(exact, step, key, array)
            marks = ", ".join("?" * len(row))
            change.execute(f"INSERT OR REPLACE INTO arrays VALUES (NULL, {marks})", row)

    def sizes(self, exact: bool) -> dict[int, int]:
        """Bytes by step of the moments or of the checkpoints, what a row takes besides included."""
        query = f"SELECT step, LENGTH(data) + {ROW_BYTES} AS size FROM arrays WHERE exact = ?"
        if not exact:
            query += f" UNION ALL SELECT step, LENGTH(numbers) + {ROW_BYTES} FROM moments"
        query = f"SELECT step, SUM(size) FROM ({query}) GROUP BY step"
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

    def drop_arrays(self, step: int, gone: Iterable[ArrayKey]) -> None:
        """Remove some arrays of one moment, which was recorded anew without them."""
        where = "exact = 0 AND step = ? AND layer = ? AND kind = ?"
        with self.connection as change:
            change.executemany(f"DELETE FROM arrays WHERE {where}", [(step, *k) for k in gone])

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it."""
        with contextlib.suppress(sqlite3.Error):
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.connection.close()


def is_disk_fault(fault: BaseException) -> bool:
    """Whether writing failed because the disk is full or gives errors, not because of the file."""
    words = ("full", "disk i/o", "readonly", "unable to open", "locked")
    return isinstance(fault, OSError) or (
        isinstance(fault, sqlite3.OperationalError) and any(w in str(fault).lower() for w in words)
    )

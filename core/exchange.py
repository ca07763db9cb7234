"""Runs to and from other machines: one file out, one file in, and nothing in it is trusted."""

import contextlib
import json
import os
import re
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from core import runfile
from core.architectures.bricks import Shape
from core.architectures.plans import Layer
from core.foreign.watched import INPUTS, TARGETS, Watched
from core.home import HomeError, home
from core.records import Array, ArrayKey
from core.rows import Damaged, array_of
from core.runs import Run, files, folder, new_id, tidy_name
from core.settings import Settings

UPLOAD_LIMIT = 100_000_000
MOST_ROWS = {"about": 100, "events": 100_000, "metrics": 100_000, "moments": 10_000}
"""No run makes more; a file that holds more is made to keep a page busy."""
MOST_TEXT = 2_000
WORD = re.compile(r"[a-z][a-z0-9_/]{0,79}")


def exported(run: Run) -> bytes:
    """The run as one file that another Layerscope opens; a snapshot where it is still growing."""
    with contextlib.ExitStack() as room:
        place = folder()
        if not os.access(place, os.W_OK):  # a recorded run goes out without a home, too
            place = Path(room.enter_context(tempfile.TemporaryDirectory()))
        copy = place / f"export-{new_id()}.tmp"
        room.callback(copy.unlink, missing_ok=True)
        with runfile.reading(run.path) as connection:
            connection.rollback()  # VACUUM makes a read transaction of its own
            connection.execute("VACUUM INTO ?", (str(copy),))
        return copy.read_bytes()


def imported(data: bytes) -> Run:
    """Take in a downloaded run under a new id; raises Damaged with what is wrong with it."""
    if len(data) > UPLOAD_LIMIT:
        raise Damaged(f"This file is larger than any run file ({UPLOAD_LIMIT // 10**6} MB).")
    run_id = new_id()
    copy = folder() / f"import-{run_id}.tmp"
    run = Run(run_id, folder() / f"{run_id}.sqlite")
    try:
        home("runs")
        copy.write_bytes(data)
        notes = check(copy)
        writer = runfile.Writer(copy)
        name = tidy_name(notes.get("name", "")) or runfile.settings_in(notes).title
        writer.note(id=run_id, name=name, pinned="no", owner="", race="", created=str(time.time()))
        writer.close()
        os.replace(copy, run.path)
        return run
    except HomeError as fault:
        raise Damaged(str(fault)) from None
    except (OSError, sqlite3.Error) as fault:
        raise Damaged(f"This run file could not be written here ({fault}).") from None
    finally:
        for path in files(copy):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def check(path: Path) -> dict[str, str]:
    """Read an unknown file as hostile and give its notes; raises Damaged with what is wrong.

    Its schema must be ours to the letter (no trigger, no view), its pages whole, its settings valid
    and every array of the shape and the checksum that it should have.
    """
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\x00":
            raise Damaged(
                "This is no run file. A run file is what Download on the Runs page gives."
            )
    with runfile.reading(path) as connection:
        page, count = (
            connection.execute(f"PRAGMA page_{n}").fetchone()[0] for n in ("size", "count")
        )
        if path.stat().st_size != page * count:
            raise Damaged("This run file is damaged: its end is missing; download it again.")
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        if application != runfile.APPLICATION:
            raise Damaged("This is a database, but no run file of Layerscope.")
        found = connection.execute("SELECT sql FROM sqlite_master WHERE sql <> ''").fetchall()
        if sorted(str(row[0]) for row in found) != sorted(runfile.SCHEMA):
            raise Damaged("This run file holds tables that no run file has; it was not opened.")
        if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
            raise Damaged("This run file is damaged; download it again.")
        _check_amounts(connection)
        notes = runfile.about(connection)
        settings = runfile.settings_in(notes)
        _check_arrays(connection, settings)
        _check_words(connection, settings)
        return notes


def _check_amounts(connection: sqlite3.Connection) -> None:
    for table, most in MOST_ROWS.items():
        if connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] > most:
            raise Damaged(f"This run file holds more than {most:,} {table}; no run has so many.")
    longest = "SELECT MAX(MAX(LENGTH(kind)), MAX(LENGTH(text))) FROM events"
    if (connection.execute(longest).fetchone()[0] or 0) > MOST_TEXT:
        raise Damaged(f"This run file holds an event of more than {MOST_TEXT:,} characters.")


def _check_arrays(connection: sqlite3.Connection, settings: Settings) -> None:
    layers = {layer.name: layer for layer in settings.layers}
    watched = settings.watched
    lacking = {INPUTS, TARGETS} if watched else set()
    query = "SELECT layer, kind, dtype, shape, scale, units, crc, data, step, exact FROM arrays"
    with closing(connection.execute(query)) as rows:
        for row in rows:
            if watched and row[:2] in (INPUTS, TARGETS):
                _check_inputs(row, watched)
                lacking.discard(row[:2])
            else:
                _check_array(row, layers, settings.steps)
                count = watched and row[1] == "output" and json.loads(row[3])[0]
                if watched and count and count != watched.count:
                    raise Damaged("This run file has outputs for other inputs than its network's.")
    if lacking:
        raise Damaged("This run file does not hold the inputs that its network was watched with.")


def _check_inputs(row: tuple, watched: Watched) -> None:
    """The inputs that a network was watched with, or their targets, are as it says."""
    key, array = array_of(row[8], row[:8])
    kind = np.int64 if watched.symbols or key == TARGETS else np.float32
    shape = (watched.count, *(watched.shape if key == INPUTS else ()))
    low, end = (-1, max(1, len(watched.classes))) if key == TARGETS else (0, watched.symbols)
    values = array.values
    fits = values.dtype == kind and values.shape == shape
    if fits and kind == np.int64:
        fits = bool(values.min() >= low and values.max() < end)
    if not fits:
        raise Damaged("This run file does not hold the inputs that its network was watched with.")


def _check_array(row: tuple, layers: dict[str, Layer], steps: int) -> None:
    step, exact = row[8:]
    key, array = array_of(step, row[:8])
    if key[0] and key[0] not in layers:
        raise Damaged("This run file names a layer that its network does not have.")
    if not isinstance(step, int) or not 0 <= step <= steps:
        raise Damaged(f"This run file has a moment outside its {steps:,} steps.")
    whole = WORD.fullmatch(key[1]) and fits(key, array, layers.get(key[0]), bool(exact))
    if not whole:
        raise Damaged(
            f"This run file is damaged at step {step}: {key[0]} {key[1]!r:.40} has the shape "
            f"{array.values.shape}, which its network does not have."
        )


def fits(key: ArrayKey, array: Array, layer: Layer | None, exact: bool) -> bool:
    """Whether an array is one that a run with this layer records; None is the whole network."""
    kind, shape = key[1], array.values.shape
    if layer is None:
        return exact and len(shape) == 1 and 0 < shape[0] < 100_000
    wanted: dict[str, Shape] = dict(layer.weights)
    if layer.kind == "batchnorm":
        wanted |= dict.fromkeys(("running_mean", "running_var"), layer.weights["weight"])
    if exact:
        if kind.startswith("optimizer/"):
            of = kind.split("/")[1]
            return of in wanted and shape in ((), wanted[of])
        if kind == "num_batches_tracked":
            return layer.kind == "batchnorm" and shape == ()
        return shape == wanted.get(kind)
    if kind in ("batch_mean", "batch_var"):
        return shape == wanted.get(kind.replace("batch", "running"))
    if kind == "mask":
        few = layer.kind == "dropout" and len(shape) > 1 and 1 <= shape[0] <= 100
        return few and array.values.dtype == np.uint8 and shape[1:] == layer.output_shape
    if kind == "output":
        some = len(shape) > 1 and 1 <= shape[0] <= 100
        fitting = _rows_fit(shape[1:], layer.output_shape, array.units, layer.units_axis)
        return some and fitting
    planned = wanted.get(kind.removesuffix("_gradient"))
    return planned is not None and _rows_fit(shape, planned, array.units)


def _rows_fit(shape: Shape, planned: Shape, units: int | None, axis: int = 0) -> bool:
    """Whether a recorded shape is the planned one, or its first rows and `units` all of them."""
    if units is None or len(shape) != len(planned):
        return shape == planned
    rest = shape[:axis] + shape[axis + 1 :] == planned[:axis] + planned[axis + 1 :]
    return rest and units == planned[axis] and 0 < shape[axis] < planned[axis]


def _check_words(connection: sqlite3.Connection, settings: Settings) -> None:
    """Read all the rest, so that no page meets what cannot be read or drawn."""
    names = {layer.name for layer in settings.layers}
    runfile.metrics(connection)
    words = [event.kind for event, _ in runfile.events(connection)]
    steps = []
    for moment in runfile.moments(connection, kinds=()):
        steps.append(moment.step)
        words += [word for mine in moment.numbers.values() for word in mine]
        if not names >= set(moment.numbers):
            raise Damaged("This run file names a layer that its network does not have.")
    for word in words:
        if not WORD.fullmatch(word):
            raise Damaged(f"This run file holds the unknown word {word!r:.40}.")
    steps += connection.execute("SELECT MIN(step), MAX(step) FROM metrics").fetchone()
    if any(step is not None and not 0 <= step <= settings.steps for step in steps):
        raise Damaged(f"This run file has a moment outside its {settings.steps:,} steps.")

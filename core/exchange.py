"""Runs to and from other machines: one file out, one file in, and nothing in it is trusted."""

import os
import time
from pathlib import Path

from core import runfile
from core.runfile import Damaged, Writer
from core.runs import Run, files, folder, new_id

UPLOAD_LIMIT = 100_000_000


def exported(run: Run) -> bytes:
    """The run as one file that another Layerscope opens; a snapshot where it is still growing."""
    copy = folder() / f"export-{new_id()}.tmp"
    try:
        with runfile.reading(run.path) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
        return copy.read_bytes()
    finally:
        copy.unlink(missing_ok=True)


def imported(data: bytes) -> Run:
    """Take in a downloaded run under a new id; raises Damaged with what is wrong with it."""
    if len(data) > UPLOAD_LIMIT:
        raise Damaged(f"This file is larger than any run file ({UPLOAD_LIMIT // 10**6} MB).")
    run_id = new_id()
    copy = folder() / f"import-{run_id}.tmp"
    try:
        copy.write_bytes(data)
        check(copy)
        writer = Writer(copy)
        writer.note(id=run_id, pinned="no", owner="", created=str(time.time()))
        writer.close()
        run = Run(run_id, folder() / f"{run_id}.sqlite")
        os.replace(copy, run.path)
        return run
    finally:
        for path in files(copy):
            path.unlink(missing_ok=True)


def check(path: Path) -> dict[str, str]:
    """Read an unknown file as hostile and give its notes; raises Damaged with what is wrong.

    Its schema must be ours to the letter (no trigger, no view), its pages whole, its settings valid
    and every array as long as its shape and as its checksum say.
    """
    if path.read_bytes()[:16] != b"SQLite format 3\x00":
        raise Damaged("This is no run file. A run file is what Download on the Runs page gives.")
    with runfile.reading(path) as connection:
        names = ("application_id", "user_version")
        application, version = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names
        )
        if application != runfile.APPLICATION:
            raise Damaged("This is a database, but no run file of Layerscope.")
        if version != runfile.VERSION:
            raise Damaged(
                f"This run was made by a newer version (format {version}, not {runfile.VERSION})."
            )
        found = {
            row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql <> ''")
        }
        if found != set(runfile.SCHEMA):
            raise Damaged("This run file holds tables that no run file has; it was not opened.")
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise Damaged("This run file is damaged; download it again.")
        notes = runfile.about(connection)
        layers = {layer.name for layer in runfile.settings_in(notes).layers} | {""}
        for row in connection.execute(
            "SELECT layer, kind, dtype, shape, scale, units, crc, data, step FROM arrays"
        ):
            (layer, _), _ = runfile.array_of(row[-1], row[:-1])
            if layer not in layers:
                raise Damaged("This run file names a layer that its network does not have.")
        runfile.steps(connection), runfile.metrics(connection), runfile.events(connection)
        runfile.moments(connection, wanted=())
        return notes

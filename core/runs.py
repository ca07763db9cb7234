"""The runs on this machine: where their files are, how they are found, listed, made and removed.

    run = create(Settings())
    run.metrics()["loss"]

The files are the truth. An id names a file and is looked up among them, never joined to a path; a
name is only text. No torch here.
"""

import contextlib
import json
import os
import re
import secrets
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from core import runfile
from core.home import home
from core.records import Checkpoint, Event, Moment
from core.runfile import Damaged, Writer
from core.settings import Settings

DEMO = Path(__file__).parent / "demo" / "two_linear.sqlite"
ENDED = ("finished", "stopped", "diverged", "interrupted", "failed")
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class Missing(Exception):
    """A run that is not on this machine; the text is a sentence for the person who asked."""

    sentence = "This run is not on this machine (any more). Choose another, or train one."


@dataclass(frozen=True)
class Run:
    """One run by its id; everything is read from its file when it is asked for."""

    id: str
    path: Path

    def notes(self) -> dict[str, str]:
        """Name, settings (JSON), created, pinned, owner."""
        with runfile.reading(self.path) as connection:
            return runfile.about(connection)

    def settings(self) -> Settings:
        """All that defines the run."""
        return runfile.settings_in(self.notes())

    def events(self) -> list[tuple[Event, float]]:
        """All that happened, with times in seconds since 1970."""
        with runfile.reading(self.path) as connection:
            return runfile.events(connection)

    def metrics(self) -> dict[str, np.ndarray]:
        """The metrics as columns by name."""
        with runfile.reading(self.path) as connection:
            return runfile.metrics(connection)

    def steps(self, exact: bool = False) -> list[int]:
        """The steps of the recorded moments, or of the exact checkpoints."""
        with runfile.reading(self.path) as connection:
            return runfile.steps(connection, exact)

    def moments(
        self,
        wanted: list[int] | None = None,
        layer: str | None = None,
        kinds: tuple[str, ...] | None = None,
    ) -> list[Moment]:
        """Recorded moments: of some steps or all, with the arrays of one layer or of some kinds."""
        with runfile.reading(self.path) as connection:
            return runfile.moments(connection, wanted, layer, kinds)

    def checkpoint(self, step: int) -> Checkpoint:
        """The exact state kept at a step; raises KeyError where none is kept."""
        with runfile.reading(self.path) as connection:
            return runfile.checkpoint(connection, step)

    def last_checkpoint(self) -> Checkpoint | None:
        """The newest exact state."""
        with runfile.reading(self.path) as connection:
            kept = runfile.steps(connection, exact=True)
            return runfile.checkpoint(connection, kept[-1]) if kept else None

    def summary(self) -> "Summary":
        """What a list says of the run; a damaged file gives a summary that says so."""
        size = sum(p.stat().st_size for p in files(self.path) if p.exists())
        try:
            return self._summary(size)
        except Damaged as fault:
            return Summary(self.id, self.id, "damaged", str(fault), None, 0, 0, None, False, size)

    def _summary(self, size: int) -> "Summary":
        with runfile.reading(self.path) as connection:
            notes = runfile.about(connection)
            last = connection.execute(
                "SELECT step, held_out_accuracy, seconds FROM metrics "
                "WHERE held_out_accuracy IS NOT NULL ORDER BY step DESC LIMIT 1"
            ).fetchone()
            newest = connection.execute("SELECT MAX(step) FROM metrics").fetchone()[0] or 0
            happened = runfile.events(connection)
        settings = runfile.settings_in(notes)
        state, message = _state(happened, notes.get("owner", ""), newest)
        ending = next((e.value for e, _ in reversed(happened) if e.kind in ENDED and e.value), None)
        accuracy = ending if ending is not None else last[1] if last else None
        created = float(notes.get("created", 0))
        pinned = notes.get("pinned") == "yes"
        name = notes.get("name", self.id)
        return Summary(
            self.id, name, state, message, settings, newest, created, accuracy, pinned, size
        )


@dataclass(frozen=True)
class Summary:
    """What a list says of a run."""

    id: str
    name: str
    state: str
    """waiting, running, paused, finished, stopped, diverged, interrupted, failed or damaged."""
    message: str
    settings: Settings | None
    step: int
    created: float
    accuracy: float | None
    """On all test images where the run has ended, else on the held-out ones."""
    pinned: bool
    bytes: int


def _state(happened: list[tuple[Event, float]], owner: str, step: int) -> tuple[str, str]:
    words = {"created": "waiting", "started": "running", "resumed": "running"}
    steering = [e for e, _ in happened if e.kind in (*words, *ENDED, "paused")]
    if not steering:
        return "waiting", ""
    last = steering[-1]
    if last.kind in ENDED:
        return last.kind, last.text
    if not _alive(owner):
        return "interrupted", (
            f"Interrupted at step {step}: the server that trained it ended. "
            "Everything up to there is saved."
        )
    return words.get(last.kind, last.kind), last.text


def this_process() -> str:
    """Who owns a run: a process by its number and the time it started."""
    process = psutil.Process()
    return json.dumps([process.pid, process.create_time()])


def _alive(owner: str) -> bool:
    try:
        pid, started = json.loads(owner)
        return abs(psutil.Process(pid).create_time() - started) < 1
    except (ValueError, TypeError, psutil.Error):
        return False


def folder() -> Path:
    """Where the runs' files are."""
    place = home() / "runs"
    place.mkdir(exist_ok=True)
    return place


def files(path: Path) -> tuple[Path, ...]:
    """A run's file and the two that SQLite may keep beside it."""
    return path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def ids() -> list[str]:
    """The ids of all runs, newest first."""
    found = (path.stem for path in folder().glob("*.sqlite"))
    return sorted((name for name in found if re.fullmatch(r"[0-9a-z]{26}", name)), reverse=True)


def find(run_id: str) -> Run:
    """The run of an id, or the recorded one that comes with the project for "demo"."""
    if run_id == "demo" and DEMO.exists():
        return Run("demo", DEMO)
    if run_id not in ids():
        raise Missing(Missing.sentence)
    return Run(run_id, folder() / f"{run_id}.sqlite")


def summaries() -> list[Summary]:
    """What there is to say of every run, newest first; never fails because of one."""
    found = []
    for run_id in ids():
        with contextlib.suppress(Missing, FileNotFoundError):
            found.append(find(run_id).summary())
    return found


def new_id() -> str:
    """A new id that sorts by time: 26 digits and letters."""
    number = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
    return "".join(_ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(26)))


def tidy_name(text: str) -> str:
    """A name as it is kept: one line of at most 80 characters that change nothing around them."""
    kept = (c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c)[0] != "C")
    return " ".join("".join(kept).split())[:80].strip()


def create(settings: Settings, name: str = "") -> Run:
    """Make the file of a new run of this process; it waits until training starts."""
    run_id = new_id()
    run = Run(run_id, folder() / f"{run_id}.sqlite")
    name = tidy_name(name) or f"{settings.title}, run {len(ids()) + 1}"
    notes = {"id": run_id, "name": name, "pinned": "no"}
    notes |= {"created": str(time.time()), "owner": this_process()}
    writer = Writer(run.path, {**notes, "settings": settings.model_dump_json()})
    writer.append([Event(0, "created")])
    writer.close()
    return run


def change(run: Run, **notes: str) -> None:
    """Rename or pin a run: `change(run, name="…")`, `change(run, pinned="yes")`."""
    if "name" in notes:
        notes["name"] = tidy_name(notes["name"])
        if not notes["name"]:
            raise ValueError("A name needs at least one letter or digit.")
    writer = Writer(run.path)
    writer.note(**notes)
    writer.close()


def delete(run: Run) -> None:
    """Remove a run from the list; `restore` brings it back until another is deleted."""
    if run.id == "demo":
        return
    for gone in folder().glob("*.deleted"):
        gone.unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError):
        Writer(run.path).close()  # folds the write-ahead log into the file
        os.replace(run.path, run.path.with_suffix(".deleted"))
    for path in files(run.path):
        path.unlink(missing_ok=True)


def restore(run_id: str) -> Run:
    """Bring back the run that was deleted last; raises Missing where it is gone for good."""
    path = folder() / f"{run_id}.deleted"
    if path not in folder().glob("*.deleted"):
        raise Missing("This run was deleted for good; only the last deleted one can come back.")
    os.replace(path, path.with_suffix(".sqlite"))
    return find(run_id)

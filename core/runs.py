"""The runs on this machine: where their files are, how they are found, listed, made and removed.

    run = create(Settings())
    run.metrics()["loss"]

The files are the truth. An id names a file, nothing else is joined to a path; a name is only text.
The runs of a race lie in its own folder and in no list of runs. No torch here.
"""

import contextlib
import os
import re
import secrets
import sqlite3
import time
import unicodedata
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from core import runfile
from core.foreign.watched import INPUTS, TARGETS
from core.home import files_in, home, part_of, place, size_of
from core.records import SCORED, Checkpoint, Event, Moment
from core.runfile import Damaged, Writer
from core.settings import Settings, settings_from
from core.summaries import ENDED as ENDED
from core.summaries import Summary as Summary
from core.summaries import summary_of
from core.summaries import this_process as this_process
from core.summaries import told_apart as told_apart

DEMO = Path(__file__).parent / "demo" / "two_linear.sqlite"
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID = re.compile("[0-9a-z]{26}")


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
        """All that defines the run; a watched network's inputs are read when they are asked for."""
        settings = runfile.settings_in(self.notes())
        if settings.watched is None:
            return settings
        watched = settings.watched.reading(partial(_watched_inputs, self.path))
        return settings.model_copy(update={"watched": watched})

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
        layer: str | tuple[str, ...] | None = None,
        kinds: tuple[str, ...] | None = None,
    ) -> list[Moment]:
        """Recorded moments: of some steps or all, with the arrays of some layers or some kinds."""
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
            try:
                return runfile.checkpoint(connection, kept[-1]) if kept else None
            except KeyError:  # the index names a step that the table does not have
                raise Damaged(f"This run's checkpoint of step {kept[-1]} is damaged.") from None

    def summary(self) -> Summary:
        """What a list says of the run; a damaged file gives a summary that says so."""
        size = size_of(files(self.path)[:2])
        try:
            with runfile.reading(self.path) as connection:
                return summary_of(connection, self.id, size)
        except Damaged as fault:
            return Summary(self.id, self.id, "damaged", str(fault), None, 0, 0, None, False, size)


def _watched_inputs(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The inputs that a network was watched with, and their targets; raises Damaged."""
    with runfile.reading(path) as connection:
        first = runfile.moments(connection, runfile.steps(connection)[:1], layer="")
    arrays = first[0].arrays if first else {}
    if INPUTS not in arrays or TARGETS not in arrays:
        raise Damaged("This run's file does not hold the inputs of its network.")
    return arrays[INPUTS].values, arrays[TARGETS].values


def folder() -> Path:
    """Where the runs' files are."""
    return part_of("runs")


def races() -> Path:
    """Where the races are, each in a folder of its own; made for the first one."""
    return place().absolute() / "races"


def folders() -> list[Path]:
    """Where runs lie: the listed ones, then those of each race."""
    return [folder(), *(one for one in files_in(races(), "*") if ID.fullmatch(one.name))]


def files(path: Path) -> tuple[Path, ...]:
    """A run's file and the two that SQLite may keep beside it."""
    return path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def ids() -> list[str]:
    """The ids of all runs but those of races, newest first."""
    found = (path.stem for path in files_in(folder(), "*.sqlite"))
    return sorted((name for name in found if ID.fullmatch(name)), reverse=True)


def find(run_id: str) -> Run:
    """The run of an id, or the recorded one that comes with the project for "demo"."""
    if run_id == "demo" and DEMO.exists():
        return Run("demo", DEMO)
    for where in folders() if ID.fullmatch(run_id) else ():
        if os.path.isfile(path := where / f"{run_id}.sqlite"):
            return Run(run_id, path)
    raise Missing(Missing.sentence)


def summaries(*others: str) -> list[Summary]:
    """What there is to say of every listed run, newest first, and of others where they are here."""
    found = []
    for run_id in dict.fromkeys([*ids(), *others]):  # never fails because of one
        with contextlib.suppress(Missing, FileNotFoundError):
            found.append(find(run_id).summary())
    return found


def new_id() -> str:
    """A new id that sorts by time: 26 digits and letters."""
    number = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
    return "".join(_ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(26)))


def tidy_name(text: str) -> str:
    """A name as it is kept: one line of at most 80 characters that change nothing around them."""
    spaced = " ".join(text[:1000].split())
    kept = "".join(c for c in spaced if unicodedata.category(c)[0] != "C")
    return " ".join(unicodedata.normalize("NFC", kept)[:80].split())


def create(settings: Settings, name: str = "", race: str = "") -> Run:
    """Make the file of a new run of this process, of a race or not; it waits for training."""
    run_id, written = new_id(), settings.model_dump_json()
    settings_from(written)  # raises Unfit for what could not be read again
    where = races() / race if race else home("runs").absolute()
    run = Run(run_id, where / f"{run_id}.sqlite")
    name = tidy_name(name) or f"{settings.title}, run {len(ids()) + 1}"
    notes = {"id": run_id, "name": name, "pinned": "no", "score": SCORED}
    notes |= {"owner": this_process(), "race": race}
    try:
        writer = Writer(run.path, {**notes, "created": str(time.time()), "settings": written})
        writer.append([Event(0, "created")])
        writer.close()
    except (OSError, sqlite3.Error):
        _unlink(run.path)
        raise
    return run


def change(run: Run, **notes: str) -> None:
    """Rename or pin a run: `change(run, name="…")`, `change(run, pinned="yes")`."""
    if run.id == "demo":
        raise ValueError("The run that comes with the project stays as it is.")
    if "name" in notes:
        notes["name"] = tidy_name(notes["name"])
        if not notes["name"]:
            raise ValueError("A name needs at least one letter or digit.")
    try:
        writer = Writer(run.path)
        writer.note(**notes)
        writer.close()
    except sqlite3.Error as fault:
        why = (
            "not on this machine any more" if not run.path.exists() else f"kept as it was: {fault}"
        )
        raise ValueError(f"This run is {why}.") from None


def delete(run: Run) -> None:
    """Remove a run from the list; `restore` brings it back until another is deleted."""
    if run.id == "demo" or not run.path.exists():
        return
    for gone in (gone for where in folders() for gone in files_in(where, "*.deleted*")):
        gone.unlink(missing_ok=True)
    with contextlib.suppress(sqlite3.Error):
        Writer(run.path).close()  # folds the write-ahead log into the file
    _rename(run.path, run.path.with_suffix(".deleted"))


def _rename(path: Path, other: Path) -> None:
    """Rename a run's file, with its log where somebody still holds it open."""
    for old, new in zip(files(path)[:2], files(other)[:2], strict=True):
        with contextlib.suppress(FileNotFoundError):
            os.replace(old, new)
    _unlink(path)


def _unlink(path: Path) -> None:
    for one in files(path):
        one.unlink(missing_ok=True)


def restore(run_id: str) -> Run:
    """Bring back the run that was deleted last; raises Missing where it is gone for good."""
    kept = {path.stem: path for where in folders() for path in files_in(where, "*.deleted")}
    if not (path := kept.get(run_id)):
        raise Missing("This run was deleted for good; only the last deleted one can come back.")
    _rename(path, path.with_suffix(".sqlite"))
    return find(run_id)

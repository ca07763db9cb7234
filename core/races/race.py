"""A race is a folder: one SQLite file with its plan and how each run did, and the runs' own files.

The file keeps what a race knows of its runs, so that it stays when the runs themselves go, and a
page of very many opens one file. One process drives a race and writes; anybody reads. No torch.
"""

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.home import files_in, home
from core.races.outcomes import FAILED, FINISHED, RUNNING, WAITING, Curve, Outcome
from core.races.plan import Cell, Plan, plan_from
from core.runfile import opened
from core.runs import ID, Missing, Run, find, new_id, races
from core.summaries import is_alive

FILE = "race.sqlite"
FOLDER = Path(__file__).parents[1] / "demo" / "races"
"""Where the recorded ones are that come with the project."""
APPLICATION, VERSION = 0x4C59_5243, 1
GOING, PAUSED, STOPPED = "going", "paused", "stopped"
"""What somebody wants of a race."""
SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE cells (
    contestant INTEGER NOT NULL, value INTEGER NOT NULL, seed INTEGER NOT NULL,
    state TEXT NOT NULL, run TEXT NOT NULL, score REAL, seconds REAL NOT NULL,
    step INTEGER NOT NULL, steps INTEGER NOT NULL, examples INTEGER NOT NULL,
    note TEXT NOT NULL, curve BLOB NOT NULL, PRIMARY KEY (contestant, value, seed)
);
"""
COLUMNS = "contestant, value, seed, state, run, score, seconds, step, steps, examples, note, curve"


class Broken(ValueError):
    """A race's file cannot be read; the text is a sentence."""


@dataclass(frozen=True)
class Race:
    """One race by its id; all is read from its file when it is asked for."""

    id: str
    path: Path

    def notes(self) -> dict[str, str]:
        """Plan (JSON), wanted, owner, created, trouble; raises Broken."""
        with _reading(self.path) as connection:
            return dict(connection.execute("SELECT key, value FROM about").fetchall())

    def plan(self) -> Plan:
        """Who takes part in what; raises Broken."""
        text = self.notes().get("plan", "")
        try:
            return _plan(text)
        except ValueError as fault:
            raise Broken(f"This race's plan cannot be read ({fault!s:.200}).") from None

    def outcomes(self) -> list[Outcome]:
        """How each run of the plan did so far, in the order in which they train; raises Broken."""
        with _reading(self.path) as connection:
            rows = connection.execute(f"SELECT {COLUMNS} FROM cells").fetchall()
        try:
            known = {one.cell: one for one in map(_outcome, rows)}
        except (TypeError, ValueError) as fault:
            raise Broken(f"This race's file is damaged ({fault!s:.80}).") from None
        return [known.get(cell, Outcome(cell)) for cell in self.plan().cells]

    def state(self) -> str:
        """running, paused, stopped, interrupted or finished."""
        notes = self.notes()
        with _reading(self.path) as connection:
            query = "SELECT COUNT(*) FROM cells WHERE state IN (?, ?)"
            (ended,) = connection.execute(query, (FINISHED, FAILED)).fetchone()
        if ended >= len(self.plan().cells):
            return "finished"
        wanted = notes.get("wanted")
        if wanted == STOPPED:
            return STOPPED
        if not is_alive(notes.get("owner", "")):
            return "interrupted"
        return PAUSED if wanted == PAUSED else RUNNING

    def write(self, outcomes: Iterable[Outcome] = (), **notes: str) -> None:
        """Keep outcomes and notes; all of them, or none (sqlite3.Error)."""
        with contextlib.closing(_writing(self.path)) as connection, connection:
            connection.executemany(
                "INSERT OR REPLACE INTO about VALUES (?, ?)", list(notes.items())
            )
            rows = [_row(one) for one in outcomes]
            marks = ", ".join("?" * 12)
            connection.executemany(f"INSERT OR REPLACE INTO cells VALUES ({marks})", rows)


@lru_cache(maxsize=16)
def _plan(text: str) -> Plan:
    """A plan from its text: each of its runs is checked, which takes a while."""
    return plan_from(text)


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with contextlib.closing(opened(path)) as connection:
            if connection.execute("PRAGMA user_version").fetchone()[0] > VERSION:
                raise Broken("This race was made by a newer version.")
            yield connection
    except (sqlite3.Error, UnicodeDecodeError) as fault:
        if not path.exists():
            raise Broken("This race is not on this machine (any more).") from None
        why = " ".join(str(fault).split())[:80]
        raise Broken(f"This race's file is damaged and cannot be read ({why}).") from None


def _writing(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _row(one: Outcome) -> tuple:
    cell, curve = one.cell, one.curve
    columns = np.stack([curve.examples, curve.seconds, curve.scores]).astype("<f8")
    told = (one.state, one.run, one.score, one.seconds, one.step, one.steps, one.examples, one.note)
    return (cell.contestant, cell.value, cell.seed, *told, columns.tobytes())


def _outcome(row: tuple) -> Outcome:
    cell = Cell(*(int(number) for number in row[:3]))
    state, run, score, seconds, step, steps, examples, note, curve = row[3:]
    if state not in (WAITING, RUNNING, FINISHED, FAILED):
        raise ValueError(f"no run is {state!r}")
    columns = np.frombuffer(curve, "<f8").reshape(3, -1)
    score = None if score is None else float(score)
    counts = (int(step), int(steps), int(examples))
    return Outcome(
        cell, state, str(run), score, float(seconds), *counts, str(note), Curve(*columns)
    )


def create(plan: Plan, owner: str) -> Race:
    """Make the folder and the file of a new race; raises OSError or sqlite3.Error."""
    race_id = new_id()
    home("races")
    place = races() / race_id
    place.mkdir()
    race = Race(race_id, place / FILE)
    try:
        with contextlib.closing(_writing(race.path)) as connection, connection:
            connection.executescript(SCHEMA)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        race.write(plan=plan.model_dump_json(), owner=owner, wanted=GOING, created=str(time.time()))
    except (OSError, sqlite3.Error):
        shutil.rmtree(place, ignore_errors=True)
        raise
    return race


def found() -> list[Race]:
    """Every race on this machine, the newest first."""
    places = (place for place in files_in(races(), "*") if ID.fullmatch(place.name))
    made = [Race(place.name, place / FILE) for place in places if os.path.isfile(place / FILE)]
    return sorted(made, key=lambda race: race.id, reverse=True)


def recorded() -> list[Race]:
    """The ready-made races that come with the project, by their names; they have no runs."""
    return [Race(path.stem, path) for path in sorted(FOLDER.glob("*.sqlite"))]


def race_of(race_id: str) -> Race:
    """The race of an id, or a ready-made one by its name; raises Broken where there is none."""
    for race in [*found(), *recorded()]:
        if race.id == race_id:
            return race
    raise Broken("This race is not on this machine (any more). Choose another, or plan one.")


def delete(race: Race) -> None:
    """Remove a race and its runs for good; nobody may drive it."""
    shutil.rmtree(race.path.parent, ignore_errors=True)


def looked_up(plan: Plan, outcome: Outcome) -> Outcome:
    """What a run's own file says of it now: how far it is, its curve, its score once it has ended.

    An outcome without a run, and one whose run is gone, are given back as they are.
    """
    try:
        run = find(outcome.run)
    except Missing:
        return outcome
    return outcome_of(run, plan, outcome.cell)


def outcome_of(run: Run, plan: Plan, cell: Cell) -> Outcome:
    """The outcome that a run's file tells; one that has begun and not ended is running."""
    settings, summary, metrics = plan.settings(cell), run.summary(), run.metrics()
    kept = np.isfinite(metrics["held_out_accuracy"])
    steps, seconds = metrics["step"][kept], metrics["seconds"]
    state = {"waiting": WAITING, "finished": FINISHED}
    state |= dict.fromkeys(("diverged", "failed", "stopped"), FAILED)
    step = summary.step
    note = summary.message if summary.state in ("diverged", "failed") else ""
    if summary.state == "stopped":
        note = f"It was stopped by hand at step {step:,}."
    return Outcome(
        cell,
        state.get(summary.state, RUNNING),
        run.id,
        summary.accuracy if summary.state == "finished" else None,
        float(seconds[-1]) if len(seconds) else 0.0,
        step,
        0 if settings.seconds else settings.steps,
        int(_examples(settings.images, settings.batch_size, settings.steps_per_epoch, step)),
        note,
        Curve(
            _examples(settings.images, settings.batch_size, settings.steps_per_epoch, steps),
            seconds[kept],
            metrics["held_out_accuracy"][kept],
        ),
    )


def _examples(images: int, batch: int, per_epoch: int, step: np.ndarray | int) -> np.ndarray:
    """Training inputs seen in so many steps; the last batch of an epoch may be smaller."""
    epochs, more = np.divmod(step, per_epoch)
    an_epoch = min(images, per_epoch * batch)
    return np.asarray(epochs * an_epoch + np.minimum(more * batch, an_epoch))

"""Summaries: what a list says of a run, its state told from its last event and from its owner.

A state is never a flag that somebody must reset: a run whose process is gone is interrupted.
"""

import contextlib
import json
import math
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import psutil

from core import runfile
from core.records import Event
from core.settings import Settings

ENDED = ("finished", "stopped", "diverged", "interrupted", "failed")
GOING = {"created": "waiting", "started": "running", "resumed": "running", "paused": "paused"}
"""What a run does after an event, as long as the process that trains it lives."""


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

    def label(self, name: str) -> str:
        """The run in a list: a name for it, its state, how good it is."""
        if self.state in ("waiting", "running", "paused"):
            return f"{name} · in training"
        good = "" if self.accuracy is None else f" · {self.accuracy:.1%}"
        return f"{name} · {self.state}{good}"


def told_apart(listed: Iterable[Summary]) -> dict[str, str]:
    """A name for each run by its id: its own, with the end of its id where others have the same."""
    names = {summary.id: summary.name for summary in listed}
    often = Counter(names.values())
    return {
        run_id: f"{name} ({run_id[-4:]})" if often[name] > 1 else name
        for run_id, name in names.items()
    }


def summary_of(connection: sqlite3.Connection, run_id: str, size: int) -> Summary:
    """The summary of the run whose file is open here, `size` bytes in all; raises Damaged."""
    notes = runfile.about(connection)
    happened = [event for event, _ in runfile.events(connection)]
    newest = connection.execute(
        "SELECT MAX(IFNULL((SELECT MAX(step) FROM metrics), 0), "
        "IFNULL((SELECT MAX(step) FROM moments), 0))"
    ).fetchone()[0]
    state, message = state_of(happened, notes.get("owner", ""), newest)
    return Summary(
        run_id,
        notes.get("name", run_id),
        state,
        message,
        runfile.settings_in(notes),
        newest,
        _created(notes),
        _accuracy(connection, happened),
        notes.get("pinned") == "yes",
        size,
    )


def state_of(happened: list[Event], owner: str, step: int) -> tuple[str, str]:
    """A run's state and a sentence about it, from its events, its owner and its last step."""
    last = _last(happened)
    if last is None:
        return "waiting", ""
    # a watched script goes on after its first number that is none: that stays worth saying
    told = next((e.text for e in happened if e.kind == "not_finite"), "")
    if last.kind in ENDED:
        return last.kind, " ".join(filter(None, (told, last.text)))
    if not is_alive(owner):
        return "interrupted", (
            f"Interrupted at step {step}: the process that trained it ended. "
            "Everything up to there is saved."
        )
    return GOING[last.kind], " ".join(filter(None, (told, last.text)))


def this_process() -> str:
    """Who owns a run: a process by its number and the time it started."""
    process = psutil.Process()
    return json.dumps([process.pid, process.create_time()])


def is_alive(owner: str) -> bool:
    """Whether the process that `this_process` named still runs; False for any other text."""
    try:
        pid, started = json.loads(owner)
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < 1
        return same and process.status() != psutil.STATUS_ZOMBIE  # dead, but not yet buried
    except (ArithmeticError, RecursionError, TypeError, ValueError, psutil.Error):
        return False


def _last(happened: list[Event]) -> Event | None:
    return next((e for e in reversed(happened) if e.kind in GOING or e.kind in ENDED), None)


def _accuracy(connection: sqlite3.Connection, happened: list[Event]) -> float | None:
    last = _last(happened)
    if last is not None and last.kind in ENDED and last.value is not None:
        return last.value
    measured = connection.execute(
        "SELECT CAST(held_out_accuracy AS REAL) FROM metrics WHERE held_out_accuracy IS NOT NULL "
        "ORDER BY step DESC LIMIT 1"
    ).fetchone()
    return measured[0] if measured else None


def _created(notes: dict[str, str]) -> float:
    with contextlib.suppress(ValueError):
        created = float(notes.get("created", ""))
        return created if math.isfinite(created) and 0 <= created < 1e11 else 0.0
    return 0.0

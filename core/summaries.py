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
from core.baseline import beats_baseline, even_baseline
from core.records import Event
from core.settings import Settings
from core.tasks import WORST, is_earlier, result_words, score_words

ENDED = ("finished", "stopped", "diverged", "interrupted", "failed")
GOING = {"created": "waiting", "started": "running", "resumed": "running", "paused": "paused"}
"""What a run does after an event, as long as the process that trains it lives."""


LEARNED_NOTHING = "learned_nothing"
OUTCOMES = {LEARNED_NOTHING: "learned nothing"}
"""What an outcome is called where that is not its own word."""


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
    baseline: float | None = None
    """What an answer that looks at no input scores on the test inputs; None where it is unknown."""
    earlier: bool = False
    """Whether its score of numbers was measured before that was R²: see core/tasks.py."""

    @property
    def learned_nothing(self) -> bool:
        """Whether the run has finished with a score no better than that of the baseline."""
        known = self.settings and self.baseline is not None and self.accuracy is not None
        if self.state != "finished" or not known:
            return False
        return not beats_baseline(self.accuracy, self.baseline, self.settings.dataset)  # type: ignore[arg-type, union-attr]

    @property
    def outcome(self) -> str:
        """The state as a list shows it: the same, or `learned_nothing` of one that finished so."""
        return LEARNED_NOTHING if self.learned_nothing else self.state

    def score_words(self, digits: int = 1, score: float | None = None) -> str:
        """The run's score as it is read, or another one of its kind; "" where there is none."""
        value = self.accuracy if score is None else score
        if value is None:
            return ""
        task = self.settings.dataset.task if self.settings else "other"
        return score_words(task, value, digits, self.earlier)

    def label(self, name: str) -> str:
        """The run in a list: a name for it, its state, how good it is."""
        if self.state in ("waiting", "running", "paused"):
            return f"{name} · in training"
        told = [name, OUTCOMES.get(self.outcome, self.outcome)]
        if self.accuracy is not None:
            told.append(self.score_words())
        if self.learned_nothing and self.baseline:  # of numbers it is 0
            told[-1] += f" (guessing {self.score_words(score=self.baseline)})"
        return " · ".join(told)


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
    settings, score = runfile.settings_in(notes), _accuracy(connection, happened)
    dataset = settings.dataset
    earlier = is_earlier(dataset.task, notes)
    if message and score is not None and not settings.watched and _is_all(state, score):
        message = result_words(dataset.task, score, dataset.test_size, earlier)
    return Summary(
        run_id,
        notes.get("name", run_id),
        state,
        message,
        settings,
        newest,
        _created(notes),
        score,
        notes.get("pinned") == "yes",
        size,
        _baseline(happened, settings),
        earlier,
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


def _baseline(happened: list[Event], settings: Settings) -> float | None:
    """As training announced it; for runs recorded before it did so, that of even classes."""
    if settings.watched:
        return None
    begun = (e.value for e in reversed(happened) if e.kind in ("started", "resumed"))
    known = next((value for value in begun if value is not None), None)
    if known is not None and 0 <= known <= 1:
        return known
    return even_baseline(settings.dataset)


def _created(notes: dict[str, str]) -> float:
    with contextlib.suppress(ValueError):
        created = float(notes.get("created", ""))
        return created if math.isfinite(created) and 0 <= created < 1e11 else 0.0
    return 0.0


def _is_all(state: str, score: float) -> bool:
    """Whether a run's message is its score and nothing more, so that it is told in today's words.

    That of a stopped run may say where its weights came from, and stays unless it is senseless.
    """
    return state == "finished" or (state == "stopped" and score < WORST)

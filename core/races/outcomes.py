"""Outcomes: how the runs of a race ended, or how far they are. Numbers only; no torch here."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from core.races.plan import Cell

WAITING, RUNNING, FINISHED, FAILED = "waiting", "running", "finished", "failed"
"""What a run of a race can be. Failed: it diverged, or it could not be trained."""


@dataclass(frozen=True)
class Curve:
    """A run's score on the held-out inputs while it trained: three columns of one length."""

    examples: np.ndarray = field(default_factory=lambda: np.zeros(0))
    """Training inputs seen so far, each counted as often as it was seen."""
    seconds: np.ndarray = field(default_factory=lambda: np.zeros(0))
    """Seconds of training so far."""
    scores: np.ndarray = field(default_factory=lambda: np.zeros(0))
    """From 0 to 1 for an accuracy."""


@dataclass(frozen=True)
class Outcome:
    """How one run of a race did."""

    cell: Cell
    state: str = WAITING
    run: str = ""
    """The run's id, once there is one."""
    score: float | None = None
    """On all test inputs, at the end; None before, and where it diverged."""
    seconds: float = 0.0
    """Seconds of training."""
    step: int = 0
    steps: int = 0
    """Updates so far, and in all: 0 where only the seconds are limited."""
    examples: int = 0
    """Training inputs seen."""
    note: str = ""
    """Why it failed."""
    curve: Curve = field(default_factory=Curve)


def finished(outcome: Outcome) -> bool:
    """Whether a run ended with a score."""
    known = outcome.score is not None and math.isfinite(outcome.score)
    return outcome.state == FINISHED and known


def failed(outcome: Outcome) -> bool:
    """Whether a run ended without a score."""
    return outcome.state in (FINISHED, FAILED) and not finished(outcome)


def scores_of(outcomes: Iterable[Outcome]) -> dict[int, float]:
    """The scores of those that finished, by seed."""
    return {o.cell.seed: o.score for o in outcomes if o.score is not None and finished(o)}

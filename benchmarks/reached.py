"""What every architecture reaches on the data sets it is made for, with the default settings."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sklearn.linear_model import LinearRegression

from benchmarks.child import answer
from benchmarks.result import Result
from core.data import DATASETS

CLEARLY = 0.2
"""Better than the trivial guess: this share of the way from there to a score of 1, at least."""
SEQUENCES = ("sunspots", "co2", "waveforms", "first_names", "letters")
MEMORY = ("recall", "temporal_order", "adding")
"""Not every network remembers that long, and whether it does is the question: their scores are told
here and not judged. The recorded comparison has them over lengths and seeds."""


@dataclass(frozen=True)
class Goal:
    """A score that a pair must have, and in how many seconds; by default what a guess decides."""

    score: float | None = None
    seconds: float = 120


PAIRS: dict[tuple[str, str], Goal | None] = {
    ("lenet", "mnist"): Goal(0.988, 90),
    ("vgg", "fashion"): Goal(0.88),
    ("resnet", "fashion"): Goal(0.88),
    ("inception", "fashion"): Goal(0.88),
    ("playground", "spirals"): Goal(0.95),
    ("tabular", "carseats"): Goal(),
    ("tabular", "superstore"): Goal(),
    **{(name, data): Goal() for name in ("rnn", "lstm", "gru") for data in ("mnist", *SEQUENCES)},
    ("transformer", "letters"): Goal(),
    **{(name, data): None for name in ("rnn", "lstm", "gru", "transformer") for data in MEMORY},
}


def measure() -> Result:
    """Every pair in a child of its own, told as it ends; the figure: how many reach their goal."""
    raw = dict(_trained())
    judged = [pair["reached"] for pair in raw.values() if "reached" in pair]
    return Result(
        compared="score on all test inputs with default settings, seconds of training by the run's "
        "own metrics, and CPU seconds of the training thread with its recording",
        target=f"all {len(judged)} pairs that have a goal reach it",
        reached=all(judged),
        value=sum(judged),
        raw={"pairs": raw},
    )


def _trained() -> Iterator[tuple[str, dict[str, Any]]]:
    for (name, data), goal in PAIRS.items():
        found = answer("alone", architecture=name, data=data)
        found |= (measured_by(goal, found) if goal else {}) | _beside(name, data, found)
        wanted = f"goal {found['goal']:.3f}" if goal else f"guess {found['guess']:.3f}"
        told = f"{found['score']}, {wanted}, {found['seconds']:.0f} s"
        print(f"{name} on {data}: {told}", file=sys.stderr, flush=True)
        yield f"{name} on {data}", found


def measured_by(goal: Goal, found: dict[str, Any]) -> dict[str, Any]:
    """The goal in numbers, and whether what was found reaches it."""
    least = goal.score
    if least is None:
        least = found["guess"] + CLEARLY * (1 - found["guess"])
    score = found["score"]
    reached = score is not None and score >= least and found["seconds"] <= goal.seconds
    return {"goal": least, "goal_seconds": goal.seconds, "reached": reached}


def linear_score(data: str) -> float:
    """What a linear regression by least squares explains of the same test targets."""
    split = DATASETS[data].load()
    line = LinearRegression().fit(split.train_inputs, split.train_targets)
    wrong = split.test_targets - line.predict(split.test_inputs)
    return float(1 - (wrong**2).sum() / (split.test_targets**2).sum())


def _beside(name: str, data: str, found: dict[str, Any]) -> dict[str, Any]:
    if name != "tabular":
        return {}
    line = linear_score(data)
    better = "network" if (found["score"] or 0) > line else "linear regression"
    return {"linear_regression": line, "better": better}

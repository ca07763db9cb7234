"""Judging: what the outcomes of a race tell and what they leave open; no torch here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.races.alike import weights
from core.races.differences import difference as difference
from core.races.differences import differences as differences
from core.races.outcomes import FAILED, FINISHED, Outcome, scores_of
from core.races.outcomes import failed as failed
from core.races.outcomes import finished as finished
from core.races.plan import Cell, Plan

Place = tuple[int, int]
"""The places of a contestant and of a value in the plan."""


@dataclass(frozen=True)
class Band:
    """How one contestant did with one value, over its seeds.

    `low` and `high` are the quartiles: a quarter of the scores lies below and a quarter above, as
    numpy interpolates them. They and the median are None where nothing finished.
    """

    contestant: int
    value: int
    seeds: tuple[int, ...]
    """Those that finished, and are counted in the numbers."""
    failed: int
    median: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Reached:
    """When the runs of one contestant with one value first had a score.

    The medians are over all that ended, and one that never had the score counts as later than all
    that had it: so they are known where more than half had it, and None elsewhere.
    """

    contestant: int
    value: int
    count: int
    """Runs that had the score."""
    ended: int
    """Runs that ended, the failed ones too."""
    seconds: float | None = None
    examples: float | None = None


def table(plan: Plan, outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """A row a run. Numbers are numbers; "Value" sorts in the order of the plan."""
    sizes: dict[Place, tuple[int, int]] = {}
    for cell in {Cell(o.cell.contestant, o.cell.value, plan.seeds[0]) for o in outcomes}:
        settings = plan.settings(cell)
        sizes[cell.contestant, cell.value] = (settings.images, weights(settings))
    words = [plan.value_word(value) for value in range(len(plan.values))]
    places = [(one.cell.contestant, one.cell.value) for one in outcomes]
    score = [math.nan if one.score is None else one.score for one in outcomes]
    called = [words[value] for _, value in places]
    names = [plan.contestants[place].name for place, _ in places]
    columns = {
        "Contestant": pd.Series(names, dtype="str"),
        "Value": pd.Categorical(called, list(dict.fromkeys(words)), ordered=True),
        "Inputs": np.array([sizes[place][0] for place in places], dtype=np.int64),
        "Seed": np.array([one.cell.seed for one in outcomes], dtype=np.int64),
        "State": pd.Series([one.state for one in outcomes], dtype="str"),
        "Score": np.array(score, dtype=np.float64),
        "Seconds": np.array([one.seconds for one in outcomes], dtype=np.float64),
        "Steps": np.array([one.step for one in outcomes], dtype=np.int64),
        "Examples": np.array([one.examples for one in outcomes], dtype=np.int64),
        "Weights": np.array([sizes[place][1] for place in places], dtype=np.int64),
        "Run": pd.Series([one.run for one in outcomes], dtype="str"),
        "Note": pd.Series([one.note for one in outcomes], dtype="str"),
    }
    return pd.DataFrame(columns)


def bands(plan: Plan, outcomes: Sequence[Outcome]) -> dict[Place, Band]:
    """How each contestant did with each value, by their places in the plan."""
    found = {}
    for place in _places(plan):
        here = _at(outcomes, place)
        scores, lost = scores_of(here), sum(map(failed, here))
        seeds, numbers = tuple(sorted(scores)), list(scores.values())
        found[place] = Band(*place, seeds, lost)
        if numbers:
            low, median, high = map(float, np.quantile(numbers, (0.25, 0.5, 0.75)))
            found[place] = Band(*place, seeds, lost, median, low, high)
    return found


def reached(plan: Plan, outcomes: Sequence[Outcome], score: float) -> dict[Place, Reached]:
    """When each contestant first had a score with each value, as its held-out curve was measured.

    Nothing is read in between two measurements, and those that are NaN are left out.
    """
    found = {}
    for place in _places(plan):
        ended = [o for o in _at(outcomes, place) if o.state in (FINISHED, FAILED)]
        firsts = []
        for curve in (one.curve for one in ended):
            there = np.flatnonzero(np.asarray(curve.scores) >= score)
            if there.size:
                firsts.append((float(curve.seconds[there[0]]), float(curve.examples[there[0]])))
        seconds, examples = None, None
        if 2 * len(firsts) > len(ended):
            never = [(math.inf, math.inf)] * (len(ended) - len(firsts))
            seconds, examples = map(float, np.median([*firsts, *never], axis=0))
        found[place] = Reached(*place, len(firsts), len(ended), seconds, examples)
    return found


def frontier(points: Sequence[tuple[float, float]]) -> list[int]:
    """Which of (cost, score) points nothing else beats, by cost.

    One beats another that costs no less and scores no more, unless both are equal. Points that are
    not finite are left out.
    """
    known = [n for n, point in enumerate(points) if np.isfinite(point).all()]
    kept: list[int] = []
    for n in sorted(known, key=lambda n: (points[n][0], -points[n][1], n)):
        if not kept or points[n][1] > points[kept[-1]][1] or points[n] == points[kept[-1]]:
            kept.append(n)
    return kept


def _places(plan: Plan) -> list[Place]:
    return [(one, v) for one in range(len(plan.contestants)) for v in range(len(plan.values))]


def _at(outcomes: Sequence[Outcome], place: Place) -> list[Outcome]:
    return [one for one in outcomes if (one.cell.contestant, one.cell.value) == place]

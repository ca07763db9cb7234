"""Judging: what the outcomes of a race tell and what they leave open; no torch here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.races.alike import value_words, weights
from core.races.outcomes import FAILED, FINISHED, Outcome
from core.races.plan import Cell, Plan

ENOUGH = 5
"""Pairs of seeds from which on a difference is called clear or not."""
SURE = 0.95
"""How often such an interval holds the true mean, where the differences are about normal."""
RESAMPLES = 20_000
CLEAR, UNCLEAR, FEW = "clear", "no clear difference", "too few seeds"
"""What can be said of a difference."""
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
class Difference:
    """By how much one contestant's score is above another's with one value, seed by seed.

    `low` and `high` are the ends of the interval; None where there are too few pairs.
    """

    one: int
    other: int
    value: int
    pairs: int
    """Seeds with which both finished."""
    failed: tuple[int, int]
    """Runs of the one and of the other that failed: they are in no pair."""
    verdict: str
    sentence: str
    """Names in it are those of the plan: show it as plain text."""
    mean: float | None = None
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


def finished(outcome: Outcome) -> bool:
    """Whether a run ended with a score."""
    known = outcome.score is not None and math.isfinite(outcome.score)
    return outcome.state == FINISHED and known


def failed(outcome: Outcome) -> bool:
    """Whether a run ended without a score."""
    return outcome.state in (FINISHED, FAILED) and not finished(outcome)


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
        scores, lost = _scores(here), sum(map(failed, here))
        seeds, numbers = tuple(sorted(scores)), list(scores.values())
        found[place] = Band(*place, seeds, lost)
        if numbers:
            low, median, high = map(float, np.quantile(numbers, (0.25, 0.5, 0.75)))
            found[place] = Band(*place, seeds, lost, median, low, high)
    return found


def interval(differences: np.ndarray) -> tuple[float, float]:
    """The interval of 95 % for the mean of a few differences, by the bootstrap over the seeds.

    A bootstrap's percentiles lie too close together for so few numbers: of five, 95 % of them hold
    the mean 84 times in 100. So wider ones are taken, as far apart as Student's t asks for
    (Hesterberg, 2015, "What teachers should know about the bootstrap", the expanded percentile
    interval). BCa mends skew but not this, and is undefined where all differences are equal. No end
    is beyond the smallest or the largest difference, so that of five it still is some 92 in 100.
    The same differences always give the same interval.
    """
    from scipy import stats  # some 60 MB of the server: loaded when first asked for

    count = len(differences)
    wide = math.sqrt(count / (count - 1)) * stats.t.ppf((1 + SURE) / 2, count - 1)
    found = stats.bootstrap(
        (differences,),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=1 - 2 * stats.norm.sf(wide),
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return float(found.low), float(found.high)


def difference(
    plan: Plan, outcomes: Sequence[Outcome], one: int, other: int, value: int
) -> Difference:
    """One contestant against another with one value, over the seeds with which both finished."""
    both = [_at(outcomes, (place, value)) for place in (one, other)]
    first, second = map(_scores, both)
    seeds = sorted(first.keys() & second.keys())
    gaps = np.array([first[seed] - second[seed] for seed in seeds])
    lost = sum(map(failed, both[0])), sum(map(failed, both[1]))
    names = plan.contestants[one].name, plan.contestants[other].name
    mean = float(gaps.mean()) if len(gaps) else None
    ends, verdict = None, FEW
    if len(gaps) >= ENOUGH:
        ends = interval(gaps)
        verdict = CLEAR if ends[0] > 0 or ends[1] < 0 else UNCLEAR
    told = [f"{n} of {name}" for n, name in zip(lost, names, strict=True) if n]
    more = f" Failed, and not counted here: {' and '.join(told)}." if told else ""
    words = _compared(*names, gaps, ends, verdict)
    sentence = f"With {value_words(plan, value)} {words}{more}"
    low, high = ends or (None, None)
    return Difference(one, other, value, len(gaps), lost, verdict, sentence, mean, low, high)


def _compared(
    one: str, other: str, gaps: np.ndarray, ends: tuple[float, float] | None, verdict: str
) -> str:
    if ends is None:
        return (
            f"there are too few seeds to say whether {one} or {other} is ahead: "
            f"both finished with {len(gaps)}, and {ENOUGH} or more are needed."
        )
    mean, (low, high), ahead, behind = gaps.mean(), ends, one, other
    if mean < 0:
        mean, low, high, ahead, behind = -mean, -high, -low, other, one
    digits = 1 if 100 * mean >= 1 else 2
    by, least, most = (f"{100 * number:z.{digits}f}" for number in (mean, low, high))
    sure = f"95 % interval {least} to {most}, {len(gaps)} seeds"
    if verdict == CLEAR:
        return f"{ahead} is ahead of {behind} by {by} points ({sure})."
    lead = f"{ahead} is {by} points ahead on average" if mean else "none is ahead on average"
    return f"there is no clear difference between {one} and {other}: {lead} ({sure})."


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


def _scores(outcomes: Sequence[Outcome]) -> dict[int, float]:
    """The scores of those that finished, by seed."""
    return {o.cell.seed: o.score for o in outcomes if o.score is not None and finished(o)}

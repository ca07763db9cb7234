"""Differences: who is ahead of whom in a race, and what its seeds leave open; no torch here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from core.races.alike import value_words
from core.races.outcomes import Outcome, failed, scores_of
from core.races.plan import Cell, Plan, plan_from
from core.races.simultaneous import Pair, intervals

ENOUGH = 5
"""Pairs of seeds from which on a difference is called clear or not."""
CLEAR, UNCLEAR, FEW = "clear", "no clear difference", "too few seeds"
"""What can be said of a difference."""


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
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    sentence: str = ""
    """Names in it are those of the plan: show it as plain text."""

    @property
    def verdict(self) -> str:
        """CLEAR where the interval leaves out 0, UNCLEAR where not, FEW where there is none."""
        if self.low is None or self.high is None:
            return FEW
        return CLEAR if self.low > 0 or self.high < 0 else UNCLEAR


def differences(plan: Plan, outcomes: Sequence[Outcome], value: int) -> dict[Pair, Difference]:
    """Every contestant against every later one with one value, by their places in the plan.

    Compared are the seeds with which both finished. All intervals of a race hold together: those
    of every pair with every value.
    """
    places = range(len(plan.contestants))
    here = [
        [o for o in outcomes if (o.cell.contestant, o.cell.value) == (n, value)] for n in places
    ]
    scores, lost = [*map(scores_of, here)], [sum(map(failed, ones)) for ones in here]
    gaps = {pair: _gaps(*(scores[n] for n in pair)) for pair in combinations(places, 2)}
    enough = {pair: some for pair, some in gaps.items() if len(some) >= ENOUGH}
    ends = intervals(enough, comparisons(plan))
    shares = plan.contestants[0].settings.dataset.task != "regress"
    found = {}
    for (one, other), some in gaps.items():
        low, high = ends.get((one, other), (None, None))
        if low is not None and high is not None and shares:  # which differ by no more
            low, high = max(-1.0, low), min(1.0, high)
        mean = float(some.mean()) if len(some) else None
        known = Difference(one, other, value, len(some), (lost[one], lost[other]), mean, low, high)
        found[one, other] = replace(known, sentence=_sentence(plan, known))
    return found


def difference(
    plan: Plan, outcomes: Sequence[Outcome], one: int, other: int, value: int
) -> Difference:
    """One contestant against another with one value, as `differences` says."""
    found = differences(plan, outcomes, value)
    if one < other:
        return found[one, other]
    known = found[other, one]
    ends = [None if number is None else -number for number in (known.mean, known.high, known.low)]
    mean, low, high = ends
    lost = known.failed[::-1]
    return replace(known, one=one, other=other, failed=lost, mean=mean, low=low, high=high)


def sentences(
    plan: str, value: int, outcomes: Sequence[tuple[int, int, str, float | None]]
) -> list[str]:
    """The sentence of every pair with one value, for a worker: scipy is large.

    Args:
        plan: the plan as JSON.
        value: the place of the value.
        outcomes: contestant, seed, state and score of every run that has ended with it.
    """
    ones = [Outcome(Cell(n, value, seed), state, "", score) for n, seed, state, score in outcomes]
    return [one.sentence for one in differences(plan_from(plan), ones, value).values()]


def comparisons(plan: Plan) -> int:
    """How many differences a race judges: every pair of contestants with every value."""
    return math.comb(len(plan.contestants), 2) * len(plan.values)


def confidence(plan: Plan) -> str:
    """What the 95 % of a race's intervals is about, in words."""
    count, values = comparisons(plan), len(plan.values)
    if count < 2:
        return (
            "A 95 % interval misses the true difference in about one race in twenty, where the "
            "differences between seeds are about normal: then “ahead” may be chance."
        )
    pairs = count // values
    of = f"{pairs} pair{'s' * (pairs > 1)} × {values} values" if values > 1 else f"{pairs} pairs"
    return (
        f"The 95 % is of all {count} differences of this race together ({of}): in about 19 of 20 "
        "races every interval holds the true difference, where those between seeds are about "
        "normal. So an interval is wider than one on its own, and the wider the more is compared."
    )


def _gaps(first: dict[int, float], second: dict[int, float]) -> np.ndarray:
    return np.array([first[seed] - second[seed] for seed in sorted(first.keys() & second.keys())])


def _sentence(plan: Plan, known: Difference) -> str:
    one, other = plan.contestants[known.one].name, plan.contestants[known.other].name
    lost = [f"{n} of {name}" for n, name in zip(known.failed, (one, other), strict=True) if n]
    more = f" Failed, and not counted here: {' and '.join(lost)}." if lost else ""
    return f"With {value_words(plan, known.value)} {_compared(one, other, known)}{more}"


def _compared(one: str, other: str, known: Difference) -> str:
    if known.mean is None or known.low is None or known.high is None:
        return (
            f"there are too few seeds to say whether {one} or {other} is ahead: "
            f"both finished with {known.pairs}, and {ENOUGH} or more are needed."
        )
    mean, low, high, ahead, behind = known.mean, known.low, known.high, one, other
    if mean < 0:
        mean, low, high, ahead, behind = -mean, -high, -low, other, one
    digits = 1 if 100 * mean >= 1 else 2
    by, least, most = (f"{100 * number:z.{digits}f}" for number in (mean, low, high))
    sure = f"95 % interval {least} to {most}, {known.pairs} seeds"
    if known.verdict == CLEAR:
        return f"{ahead} is ahead of {behind} by {by} points ({sure})."
    lead = f"{ahead} is {by} points ahead on average" if mean else "none is ahead on average"
    return f"there is no clear difference between {one} and {other}: {lead} ({sure})."

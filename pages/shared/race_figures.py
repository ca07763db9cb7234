"""The figures of a race from its outcomes: scores over what is varied, over time, against costs."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures.race_curves import race_curves
from core.figures.race_frontier import race_frontier
from core.figures.race_sizes import race_sizes
from core.races import judging
from core.races.alike import varied_words, weights
from core.races.outcomes import FINISHED, Outcome
from core.races.plan import SIZE, Cell, Plan
from core.tasks import WORDS

EXAMPLES, SECONDS, PARAMETERS, COST = "examples seen", "seconds", "parameters", "time"


def figure(plan: Plan, outcomes: Sequence[Outcome], axis: str, value: int) -> go.Figure:
    """Scores over what is varied, over EXAMPLES or SECONDS, or against PARAMETERS or COST."""
    score = WORDS[plan.contestants[0].settings.dataset.task].score
    if axis in (EXAMPLES, SECONDS):
        return _curves(plan, outcomes, axis, value, score)
    if axis in (PARAMETERS, COST):
        return _frontier(plan, outcomes, axis, value, score)
    return _sizes(plan, outcomes, score)


def _sizes(plan: Plan, outcomes: Sequence[Outcome], score: str) -> go.Figure:
    found = judging.bands(plan, outcomes)
    xs = [number(plan, value) for value in range(len(plan.values))]
    order = sorted(range(len(xs)), key=xs.__getitem__)
    bands, points = {}, {}
    for n, one in enumerate(plan.contestants):
        mine = [found[n, value] for value in order]
        bands[one.name] = [
            (b.median, b.low, b.high)
            if b.median is not None and b.low is not None and b.high is not None
            else None
            for b in mine
        ]
        points[one.name] = [
            (xs[o.cell.value], o.score, o.run)
            for o in outcomes
            if o.cell.contestant == n and o.score is not None
        ]
    title = varied_words(plan)
    xs = [xs[value] for value in order]
    return race_sizes(xs, bands, x_title=title, quantity=score, points=points, log=min(xs) > 0)


def number(plan: Plan, value: int) -> float:
    """Where a value stands on an axis: its number of inputs, or the value itself."""
    return plan.size(Cell(0, value, plan.seeds[0])) if plan.varied == SIZE else plan.values[value]


def _curves(
    plan: Plan, outcomes: Sequence[Outcome], axis: str, value: int, score: str
) -> go.Figure:
    lines: dict[str, list[tuple[np.ndarray, np.ndarray, str]]] = {}
    for n, one in enumerate(plan.contestants):
        mine = [o for o in outcomes if (o.cell.contestant, o.cell.value) == (n, value)]
        lines[one.name] = [_line(o, axis) for o in mine if len(o.curve.scores)]
    title = "training inputs seen" if axis == EXAMPLES else "seconds of training"
    return race_curves(lines, x_title=title, quantity=f"held-out {score}")


def _line(one: Outcome, axis: str) -> tuple[np.ndarray, np.ndarray, str]:
    """What was measured of a run on the way, and at its end its score on all test inputs."""
    seen, last = (
        (one.curve.examples, one.examples) if axis == EXAMPLES else (one.curve.seconds, one.seconds)
    )
    if one.state != FINISHED or one.score is None or last <= seen[-1]:
        return seen, one.curve.scores, one.run
    return np.append(seen, last), np.append(one.curve.scores, one.score), one.run


def _frontier(
    plan: Plan, outcomes: Sequence[Outcome], axis: str, value: int, score: str
) -> go.Figure:
    points: dict[str, list[tuple[float, float, str]]] = {}
    for n, one in enumerate(plan.contestants):
        mine = [o for o in outcomes if (o.cell.contestant, o.cell.value) == (n, value)]
        size = weights(plan.settings(Cell(n, value, plan.seeds[0])))
        points[one.name] = [
            (size if axis == PARAMETERS else o.seconds, o.score, o.run)
            for o in mine
            if o.state == FINISHED and o.score is not None
        ]
    flat = [(cost, reached) for ones in points.values() for cost, reached, _ in ones]
    best = [flat[place] for place in judging.frontier(flat)]
    title = "learned numbers" if axis == PARAMETERS else "seconds of training"
    return race_frontier(points, x_title=title, quantity=score, best=best)

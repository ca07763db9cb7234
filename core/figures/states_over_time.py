"""A gate or a state of a recurrent layer while it reads one input: every unit at every step."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style

BUDGET = 40_000  # cells
STEPS = 400
LETTERS = 30  # of the steps' names on the axis, all together; more are told on hover


def states_over_time(
    values: np.ndarray,
    *,
    quantity: str = "hidden",
    role: str = "state",
    labels: Sequence[object] | None = None,
    scale: float | None = None,
) -> go.Figure:
    """A heat map of values (time, units): a column a step, a row a unit.

    `role`: "gate" for what lies between 0 (shut) and 1 (open); all else has signs, and its colours
    reach from -scale to +scale, by default the largest absolute value. `labels` names the steps:
    the letters of a word.
    """
    fig = style.figure("step", "unit", height=style.CURVE, legend=False)
    fig.update_yaxes(autorange="reversed", showgrid=False)
    table = style.finite(values)
    table = table.reshape(len(table), -1) if table.size else np.zeros((0, 0))
    steps = style.thinned(table.shape[0], STEPS)
    units = style.thinned(table.shape[1], BUDGET // max(len(steps), 1))
    shown = table[np.ix_(steps, units)].T
    end = style.end(scale, table)
    colors: dict[str, Any] = dict(zmin=-end, zmax=end, zmid=0, colorscale=style.SIGNED)
    if role == "gate":
        colors = dict(zmin=0, zmax=1, colorscale=style.evenly(style.GATE))
    where: dict[str, Any] = dict(x=steps, y=units)
    fig.add_heatmap(
        **dict(z=style.light(shown), **where, **colors, colorbar=style.colorbar(quantity)),
        text=[style.called(labels, steps)] * len(units),
        hovertemplate="step %{x}%{text}, unit %{y}: %{z:.4g}<extra></extra>",
    )
    fig.add_traces(style.blanks(shown, **where))
    ticks = style.named_ticks(labels, steps, LETTERS)
    fig.update_xaxes(**ticks)
    return style.caption(
        fig,
        "" if ticks or not labels else "Point at a step to see its name.",
        style.thinned_words(len(steps), table.shape[0], "steps"),
        style.thinned_words(len(units), table.shape[1], "units"),
        style.not_finite_words(table),
    )

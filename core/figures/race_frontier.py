"""What a score costs: every network of a race by its cost, and those that nothing else beats."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.figures.contestants import folded, marker, place_axis, race_figure, round_numbers
from core.figures.scores import cut_below

BUDGET = 1000  # points a contestant
Point = tuple[float, float | None, str]


def race_frontier(
    points: Mapping[str, Sequence[Point]],
    *,
    x_title: str,
    quantity: str = "accuracy",
    best: Sequence[tuple[float, float]] = (),
    log: bool = True,
) -> go.Figure:
    """Scores in percent over what they cost: learned numbers, or seconds.

    `points`: by name (cost, score from 0 to 1, id of the run), the id being the point's
    `customdata`. `best`: (cost, score) of those that nothing else beats, drawn as steps: the score
    to be had for a cost. What is not finite is left out, and no cost on a logarithmic axis.
    """
    fig = race_figure(x_title, quantity, [*points, *("line", "line")], xaxis_tickformat=",")
    shown = most = 0
    costs: list[float] = []
    for index, (name, given) in enumerate(points.items()):
        x, y, keep = _known([point[:2] for point in given], log)
        if len(keep) > most:
            shown, most = min(len(keep), BUDGET), len(keep)
        keep = keep[style.thinned(len(keep), BUDGET)]
        costs += x[keep].tolist()
        fig.add_scatter(
            **dict(name=folded(name), x=x[keep], y=y[keep], mode="markers", zorder=2),
            customdata=[[given[n][2]] for n in keep],
            marker=marker(index, size=9, line=dict(width=1, color=style.PAPER)),
            hovertemplate="%{x:,.4~g}: %{y:.2f} %",
        )
    x, y, keep = _known(best, log)
    keep = keep[np.lexsort((y[keep], x[keep]))]
    keep = keep[style.thinned(len(keep), BUDGET)]
    if len(keep):
        costs += x[keep].tolist()
        last = max(costs)
        fig.add_scatter(
            **dict(x=np.append(x[keep], last), y=np.append(y[keep], y[keep[-1]]), mode="lines"),
            **dict(name=folded("nothing else is better and cheaper"), hoverinfo="skip"),
            line=dict(shape="hv", color=style.MUTED, width=1.5, dash="dot"),
        )
    fig.update_layout(showlegend=True)
    fig.update_xaxes(type="linear", nticks=6, showgrid=True)
    if log:
        drawn = np.array(costs)
        place_axis(fig, drawn, log, round_numbers(drawn))
    return style.caption(fig, cut_below(fig), style.thinned_words(shown, most, "points"))


def _known(
    pairs: Sequence[Sequence[float | None | str]], log: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Costs, scores in percent, and which of them can be drawn."""
    x, y = (style.finite([pair[side] for pair in pairs]) for side in (0, 1))
    return x, 100 * y, np.flatnonzero(np.isfinite(x) & np.isfinite(y) & ((x > 0) | (not log)))

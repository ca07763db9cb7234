"""What the networks of a race reach with each value of what is varied: sizes of data, mostly."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.figures.contestants import band, color, dash, folded, marker, place_axis, race_figure
from core.figures.scores import cut_below

BUDGET = 40  # values
MOST_POINTS = 1000
Band = tuple[float | None, float | None, float | None]
Point = tuple[float, float | None, str]


def race_sizes(
    values: style.Numbers,
    bands: Mapping[str, Sequence[Band | None]],
    *,
    x_title: str,
    quantity: str = "accuracy",
    log: bool = True,
    points: Mapping[str, Sequence[Point]] | None = None,
) -> go.Figure:
    """Median scores over the values, a line a contestant, pale between the quartiles.

    `bands`: by name (median, lower quartile, upper quartile) for each of the values, from 0 to 1
    and drawn in percent; None, or a number that is not finite, is left out. `points`: single runs
    as (value, score, id of the run), small; the id is the point's `customdata`. On a logarithmic
    axis values of zero and below are left out.
    """
    fig = race_figure(x_title, quantity, bands, xaxis_tickformat=",")
    at = style.finite(values).ravel()
    known = np.flatnonzero(np.isfinite(at) & ((at > 0) | (not log)))
    known = known[np.argsort(at[known], kind="stable")]
    kept = known[style.thinned(len(known), BUDGET)]
    behind: list[dict[str, Any]] = []
    for index, (name, given) in enumerate(bands.items()):
        rows = [given[n] if n < len(given) else None for n in kept]
        numbers = 100 * style.finite([row or (None,) * 3 for row in rows]).reshape(-1, 3)
        there = np.isfinite(numbers).all(axis=1)
        x, (median, low, high) = at[kept][there], numbers[there].T
        fig.add_scatter(
            **dict(name=folded(name), legendgroup=f"{index}", x=x, y=median, showlegend=True),
            **dict(mode="lines+markers", zorder=2, marker=marker(index, size=8)),
            line=dict(color=color(index), width=2.5, dash=dash(index)),
            hovertemplate="%{x:,}: median %{y:.2f} %",
        )
        behind += band(name, index, x, low, high) if len(x) else []
    dots = [_dots(name, i, (points or {}).get(name, ()), log) for i, name in enumerate(bands)]
    fig.add_traces([go.Scatter(**trace) for trace in (*behind, *(dot for dot in dots if dot))])
    place_axis(fig, at[kept], log, at[kept])
    words = "Thick: the median over the seeds; pale: between its quartiles." if behind else ""
    single = " Small: single runs." if any(dots) else ""
    return style.caption(
        fig, words + single, cut_below(fig), style.thinned_words(len(kept), len(known), "values")
    )


def _dots(name: str, index: int, points: Sequence[Point], log: bool) -> dict[str, Any]:
    if not len(points):
        return {}
    x, y = (style.finite([point[side] for point in points]) for side in (0, 1))
    fits = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & ((x > 0) | (not log)))
    keep = fits[style.thinned(len(fits), MOST_POINTS)]
    return dict(
        **dict(name=f"{style.plain(name)}, single runs", legendgroup=f"{index}", showlegend=False),
        **dict(x=x[keep], y=100 * y[keep], mode="markers", zorder=3),
        customdata=[[points[n][2]] for n in keep],
        marker=marker(index, size=6, opacity=0.6),
        hovertemplate=f"{folded(name)}, %{{x:,}}: %{{y:.2f}} %<extra></extra>",
    )

"""Predicted against true values: on the diagonal a prediction is exact."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.r_squared import r_squared

BUDGET = 1000  # points a series


def predicted_against_true(
    true: style.Numbers,
    predicted: style.Numbers,
    *,
    quantity: str = "value",
    unit: str = "",
    others: Mapping[str, style.Numbers] | None = None,
) -> go.Figure:
    """A point an input, with R² told below; all in `unit`, each (n,) or (n, outputs).

    `others`: predictions of the same by other means, "linear regression", to compare with.
    """
    word = f"{quantity} ({unit})" if unit else quantity
    fig = style.figure(f"true {word}", f"predicted {word}", height=style.MATRIX)
    truth = style.finite(true)
    series = {"network": predicted, **(others or {})}
    looks = [(style.ACTIVATION, "circle"), (style.DEAD, "x-thin-open"), (style.LINES[0], "square")]
    keep = style.thinned(truth.size, BUDGET)
    ends = [truth.ravel()[keep]]
    # The network is listed first, but drawn last: on top.
    for index, (name, values) in reversed(list(enumerate(series.items()))):
        color, symbol = looks[min(index, len(looks) - 1)]
        ends.append(style.finite(values).ravel()[keep])
        fig.add_scatter(
            **dict(name=style.plain(name), x=ends[0], y=ends[-1], mode="markers"),
            marker=dict(color=color, symbol=symbol, size=6, opacity=0.7, line_color=color),
            legendrank=index,
            hovertemplate="true %{x:.4g}, predicted %{y:.4g}",
        )
    everything = np.concatenate(ends)
    everything = everything[np.isfinite(everything)]
    if everything.size:
        low, high = float(everything.min()), float(everything.max())
        room = 0.04 * (high - low) or 0.5 * abs(high) or 1.0
        side = [low - room, high + room]
        fig.add_shape(
            **dict(type="line", x0=side[0], x1=side[1], y0=side[0], y1=side[1], layer="below"),
            line=dict(color=style.EDGE, width=1.5, dash="dash"),
        )
        fig.update_xaxes(range=side, showgrid=True)
        fig.update_yaxes(range=side)
    told = [(name, r_squared(truth, style.finite(values))) for name, values in series.items()]
    words = ", ".join(f"{value:.3f} for the {name}" for name, value in told if np.isfinite(value))
    return style.caption(
        fig,
        f"R² of these {len(truth):,} inputs is {words}." if words else "",
        style.thinned_words(len(keep), truth.size, "points"),
    )

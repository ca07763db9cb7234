"""Numbers of several runs over their steps, a line a run: losses or scores side by side."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.figures.scores import cut_below

BUDGET = 600  # points a line


def run_curves(
    lines: Mapping[str, tuple[style.Steps, style.Numbers]],
    *,
    quantity: str = "loss",
    percent: bool = False,
) -> go.Figure:
    """One line a name, each over its own steps; None and NaN are left out.

    `percent`: shares from 0 to 1 are drawn as 0 to 100 %, else the axis is logarithmic.
    """
    title = f"{quantity} (%)" if percent else quantity
    fig = style.figure("step", title, hovermode="x unified", xaxis_tickformat=",")
    shown = most = 0
    for index, (name, (steps, values)) in enumerate(lines.items()):
        x, y = np.asarray(steps), style.finite(values)
        x, y = x[: len(y)][np.isfinite(y)], y[np.isfinite(y)]
        keep = style.thinned(len(x), BUDGET)
        if len(x) > most:
            shown, most = len(keep), len(x)
        color = style.LINES[index % len(style.LINES)]
        dash = style.DASHES[index // len(style.LINES) % len(style.DASHES)]
        fig.add_scatter(
            **dict(name=style.plain(name), x=x[keep], y=(100 if percent else 1) * y[keep]),
            **dict(mode="lines", line=dict(color=color, width=1.75, dash=dash)),
            hovertemplate="%{y:.2f} %" if percent else "%{y:.4g}",
        )
    fig.update_layout(showlegend=True)
    if not percent:
        fig.update_yaxes(type="log", nticks=6, exponentformat="power")
    words = cut_below(fig) if percent else ""
    return style.caption(fig, words, style.thinned_words(shown, most, "recorded numbers"))

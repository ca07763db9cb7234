"""Softmax step by step: numbers over a temperature, exponentials, probabilities, their surprise."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.figures import style
from core.figures.sliders import add_slider

BUDGET = 40  # classes
TEMPERATURES = np.unique(np.round(np.geomspace(0.1, 10, 57), 2)).tolist()
ROWS = ("x ÷ T", "exp(x ÷ T − largest)", "÷ sum = p", "−ln p")
COLORS = (style.PRE_ACTIVATION, style.GATE, style.ACTIVATION, style.GRADIENT)
HEIGHT = 640  # pixels
SURPRISE = 40.0  # −ln p of a probability that is 0 in what is drawn


def softmax_steps(
    labels: Sequence[object],
    logits: style.Numbers,
    truth: int | None = None,
    temperature: float = 1.0,
) -> go.Figure:
    """Four rows of bars, one a class: each step from the logits (n,) to −ln p, the cross-entropy.

    `truth`: the place of the true class, drawn strongly in the last row. A slider sets the
    temperature T. exp is taken after subtracting the largest, which changes no probability.
    """
    if not len(style.finite(logits).ravel()):
        return style.figure("class", "probability", height=HEIGHT, legend=False)
    base = style.figure("", "", height=HEIGHT, legend=False)
    fig = make_subplots(rows=4, cols=1, shared_xaxes=True, vertical_spacing=0.09, figure=base)
    x = style.finite(logits).ravel()
    keep = style.thinned(len(x), BUDGET)
    names = [style.plain(labels[index]) for index in keep]
    strong = [0.35 if truth is not None and place != truth else 1.0 for place in keep]
    for row, (steps, color) in enumerate(zip(_steps(x, temperature), COLORS, strict=True), 1):
        fig.add_bar(
            **dict(row=row, col=1, x=names, y=steps[keep], name=ROWS[row - 1]),
            **dict(marker_color=color, marker_opacity=strong if row == 4 else 1.0),
            **dict(texttemplate="%{y:.2~g}", textposition="outside", cliponaxis=False),
            hovertemplate="%{x}: %{y:.4g}",
        )
        axis = f"y{row if row > 1 else ''} domain"
        fig.add_annotation(
            **dict(text=style.plain(ROWS[row - 1]), x=0, xref="paper", xanchor="left"),
            **dict(y=1, yref=axis, yanchor="bottom", yshift=14, showarrow=False),
            font=dict(size=style.TITLE),
        )
        fig.update_yaxes(row=row, col=1, nticks=4, showgrid=True, gridcolor=style.GRID)
    fig.update_xaxes(type="category", showgrid=False, tickfont=dict(size=style.TEXT), ticks="")
    fig.update_xaxes(row=4, col=1, title=dict(text="class", font=dict(size=style.TITLE)))
    fig.update_layout(margin_t=3 * style.LINE)
    add_slider(
        *(fig, "Temperature T", TEMPERATURES, temperature),
        lambda heat: [_told(steps[keep]) for steps in _steps(x, heat)],
        range(4),
    )
    return style.caption(fig, style.thinned_words(len(keep), len(x), "classes"))


def _steps(x: np.ndarray, temperature: float) -> tuple[np.ndarray, ...]:
    """Each step for logits x: (n,) four times."""
    with np.errstate(all="ignore"):
        heated = x / temperature
        powers = np.exp(heated - heated.max(initial=-np.inf))
        p = powers / powers.sum()
        return heated, powers, p, np.minimum(-np.log(p), SURPRISE)


def _told(values: np.ndarray) -> dict[str, Any]:
    return {"type": "bar", "y": [float(f"{v:.6g}") if np.isfinite(v) else None for v in values]}

"""A forecast: what the network was given, what came then, and what it said would come."""

import numpy as np
import plotly.graph_objects as go

from core.figures import style

BUDGET = 1000  # points a line


def forecast(
    past: style.Numbers,
    future: style.Numbers,
    predicted: style.Numbers,
    *,
    quantity: str = "value",
    unit: str = "",
) -> go.Figure:
    """Three lines over the steps; the last value that was given is step 0.

    `past`: (time,), `future` and `predicted`: (steps ahead,), all in `unit`; `future` may be empty
    where it is not known.
    """
    title = f"{quantity} ({unit})" if unit else quantity
    fig = style.figure("steps from the last given one", title, hovermode="x unified")
    before, true, said = (style.finite(v).ravel() for v in (past, future, predicted))
    left, drawn, every = 1 - len(before), 0, 0
    # What comes goes on from the last given value; the prediction stands by itself.
    true = np.concatenate([before[-1:], true]) if len(true) else true
    for name, values, first, color, dash, symbol in (
        ("given", before, left, style.INPUT, "solid", "circle"),
        ("true", true, 0 if len(before) else 1, style.INPUT, "dot", "circle-open"),
        ("predicted", said, 1, style.ACTIVATION, "solid", "diamond"),
    ):
        keep = style.thinned(len(values), BUDGET)
        drawn, every = drawn + len(keep), every + len(values)
        few = len(keep) <= 60 and name != "given"
        fig.add_scatter(
            **dict(name=name, x=keep + first, y=values[keep], hovertemplate="%{y:.4g}"),
            **dict(mode="lines+markers" if few or len(keep) < 2 else "lines"),
            line=dict(color=color, width=2, dash=dash),
            marker=dict(size=6, symbol=symbol),
        )
    if len(before):
        fig.add_shape(
            **dict(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", layer="below"),
            line=dict(color=style.EDGE, width=1, dash="dot"),
        )
    return style.caption(
        fig, _error(future, said, unit), style.thinned_words(drawn, every, "values")
    )


def _error(future: style.Numbers, said: np.ndarray, unit: str) -> str:
    """The sentence about how far off the prediction is on average, or nothing."""
    true = style.finite(future).ravel()
    shared = min(len(true), len(said))
    if not shared:
        return ""
    off = np.abs(said[:shared] / 2 - true[:shared] / 2)
    off = off[np.isfinite(off)]
    if not off.size:
        return ""
    mean = 2 * (off / style.largest(off)).mean() * style.largest(off)
    return f"On average the prediction is {mean:.3g}{' ' if unit else ''}{unit} off."

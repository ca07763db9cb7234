"""An activation function at work: curve, derivative, and where pre-activations fall on it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style

BUDGET = 150  # dots laid on a curve
BINS = 60
ZONES = {"dead": style.DEAD, "saturated": style.SATURATED}


def activation_curve(
    x: style.Numbers,
    curves: Sequence[Mapping[str, Any]],
    zones: Sequence[tuple[str, float, float]] = (),
    *,
    points: style.Numbers | None = None,
    shares: Mapping[str, float] | None = None,
) -> go.Figure:
    """Curves over x, value solid and derivative dashed, with the zones shaded.

    A curve is {"name", "title", "value", "derivative"}, the last two of x's shape; the derivative
    may be None. A zone is (kind, low, high) with kind "dead" or "saturated"; its ends may be
    infinite. `points`: pre-activations of any shape, shown as a histogram and as dots on the first
    curve. `shares`: kind to share of the values (0 to 1) that lie in zones of that kind.
    """
    fig = style.figure("pre-activation x", "activation f(x)", hovermode="x unified")
    at = style.finite(x)
    known = at[np.isfinite(at)]
    low, high = (float(known.min()), float(known.max())) if known.size else (-1.0, 1.0)
    high = high if high > low else low + 1.0
    fig.update_xaxes(range=[low, high])
    for index, curve in enumerate(curves):
        _draw(fig, at, curve, style.LINES[index % len(style.LINES)] if index else style.ACTIVATION)
    _shade(fig, zones, low, high, shares or {})
    words = _lay_on(fig, at, curves, style.finite(points).ravel(), low, high)
    return style.caption(fig, *words)


def _draw(fig: go.Figure, x: np.ndarray, curve: Mapping[str, Any], color: str) -> None:
    name = style.plain(curve.get("title") or curve["name"])
    fig.add_scatter(
        **dict(name=name, x=x, y=style.finite(curve["value"]), mode="lines"),
        **dict(line=dict(color=color, width=2.5), hovertemplate="%{y:.4g}"),
    )
    if curve.get("derivative") is not None:
        fig.add_scatter(
            **dict(name=f"{name}, derivative", x=x, y=style.finite(curve["derivative"])),
            mode="lines",
            **dict(line=dict(color=color, width=1.75, dash="dash"), hovertemplate="%{y:.4g}"),
        )


def _shade(
    fig: go.Figure,
    zones: Sequence[tuple[str, float, float]],
    low: float,
    high: float,
    shares: Mapping[str, float],
) -> None:
    """Zones as upright bands, named once a kind with the share of the values counted in it."""
    named = set()
    for kind, start, end in zones:
        left, right = max(float(start), low), min(float(end), high)
        if not left < right:
            continue
        fig.add_shape(
            **dict(type="rect", x0=left, x1=right, y0=0, y1=1, yref="paper", layer="below"),
            **dict(line_width=0, fillcolor=style.faded(ZONES.get(kind, style.DEAD), 0.18)),
        )
        if kind in named:
            continue
        named.add(kind)
        share = shares.get(kind)
        counted = (
            f": {100 * float(share):.1f} %" if share is not None and np.isfinite(share) else ""
        )
        fig.add_annotation(
            name="zone",
            text=f"<b>{style.plain(kind)}{counted}</b>",
            **dict(x=left if left == low else right, xanchor="left" if left == low else "right"),
            **dict(y=1, yref="paper", yanchor="top", xshift=4 if left == low else -4),
            **dict(showarrow=False, font=dict(size=style.TEXT)),
        )


def _lay_on(
    fig: go.Figure,
    x: np.ndarray,
    curves: Sequence[Mapping[str, Any]],
    points: np.ndarray,
    low: float,
    high: float,
) -> tuple[str, ...]:
    """The points as a histogram and as dots on the first curve; gives words to say with them."""
    known = points[np.isfinite(points)]
    inside = known[(known >= low) & (known <= high)]
    if not known.size:
        return ()
    counts, edges = np.histogram(inside, bins=BINS, range=(low, high))
    share = 100 * counts / known.size
    fig.add_bar(
        **dict(name="pre-activations", x=edges[:-1] / 2 + edges[1:] / 2, y=share, yaxis="y2"),
        width=np.diff(edges),
        marker=dict(color=style.faded(style.PRE_ACTIVATION, 0.35), line_width=0),
        hovertemplate="%{y:.2f} % of the values",
    )
    fig.update_layout(
        yaxis2=dict(overlaying="y", side="right", visible=False, fixedrange=True),
        bargap=0,
    )
    fig.update_layout(yaxis2_range=[0, 3 * style.largest(share)])
    keep = style.thinned(inside.size, BUDGET)
    dots = np.sort(inside)[keep]
    order = np.isfinite(x)
    if curves and order.any() and dots.size:
        fig.add_scatter(
            **dict(
                name="on the curve",
                x=dots,
                y=np.interp(dots, x[order], style.finite(curves[0]["value"])[order]),
            ),
            **dict(mode="markers", hoverinfo="skip"),
            marker=dict(color=style.PRE_ACTIVATION, size=6, opacity=0.35),
        )
    beyond = known.size - inside.size
    return (
        f"{known.size:,} pre-activations, {len(keep):,} of them as dots.",
        f"Outside the part shown: {beyond:,}." if beyond else "",
    )

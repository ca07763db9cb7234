"""Activation functions: curves and derivatives, with the zones where nothing is learned shaded."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.figures.sliders import add_slider

ZONES = {"dead": style.DEAD, "saturated": style.SATURATED}
DIGITS = 5
BUDGET = 801  # points of a curve


def activation_curve(
    x: style.Numbers,
    curves: Sequence[Mapping[str, Any]],
    zones: Sequence[tuple[str, float, float]] = (),
    *,
    sliders: Sequence[Mapping[str, Any]] = (),
) -> go.Figure:
    """Curves over x, value solid and derivative dashed, with the zones shaded.

    A curve is {"name", "title", "value", "derivative"}, the last two of x's shape; the derivative
    may be None. Where it jumps, x has the two floats around it: it is drawn upright, and the
    pointer reads the derivative at the place itself, before it and behind it. A zone is (kind, low,
    high) with kind "dead" or "saturated"; its ends may be infinite. A slider is {"title", "curve":
    its place, "values" (m,), "at", "value" and "derivative" (m, len(x)), "zones": m lists of zones,
    or None where they are not shown}.
    """
    fig = style.figure("pre-activation x", "activation f(x)", hovermode="x unified")
    at = style.finite(x)
    known = at[np.isfinite(at)]
    low, high = (float(known.min()), float(known.max())) if known.size else (-1.0, 1.0)
    high = high if high > low else low + 1.0
    fig.update_xaxes(range=[low, high], hoverformat=".4~f")
    keep = style.thinned(len(at), BUDGET)
    for index, curve in enumerate(curves):
        alone = len(curves) == 1
        _draw(
            fig,
            at,
            keep,
            curve,
            style.ACTIVATION if alone else style.LINES[index % len(style.LINES)],
        )
    fig.update_layout(**_shaded(zones, low, high))
    for slider in sliders:
        _slide(fig, at, keep, slider, low, high)
    words = style.thinned_words(len(keep), len(at), "points")
    return style.caption(fig, words)


def _draw(
    fig: go.Figure, x: np.ndarray, keep: np.ndarray, curve: Mapping[str, Any], color: str
) -> None:
    name = style.plain(curve.get("title") or curve["name"])
    fig.add_scatter(
        **dict(name=name, x=x[keep], y=style.finite(curve["value"])[keep], mode="lines"),
        **dict(line=dict(color=color, width=2.5), hovertemplate="%{y:.4g}"),
    )
    slope = curve.get("derivative")
    y = np.zeros(0) if slope is None else style.finite(slope)[keep]
    fig.add_scatter(
        **dict(name=f"{name}, derivative", x=x[keep], y=y, visible=slope is not None),
        **dict(mode="lines", line=dict(color=color, width=1.75, dash="dash")),
        **dict(hovertext=_read(x[keep], y), hovertemplate="%{hovertext}"),
    )


def _read(x: np.ndarray, derivative: np.ndarray) -> list[str]:
    """What a pointer reads of a derivative at each x; all of a jump at the two floats around it."""
    words = [f"{number:z.4g}" for number in derivative]
    for at in range(len(words) - 1):
        before, behind = words[at : at + 2]
        if np.nextafter(x[at], np.inf) == x[at + 1] and before != behind:
            here = before if x[at] == np.round(x[at], 9) else behind
            words[at : at + 2] = [f"{here} (jumps from {before} to {behind})"] * 2
    return words


def _shaded(
    zones: Sequence[tuple[str, float, float]], low: float, high: float
) -> dict[str, list[dict[str, Any]]]:
    """Zones as upright bands, named once a kind: the layout's shapes and annotations."""
    shapes: list[dict[str, Any]] = []
    names: dict[str, dict[str, Any]] = {}
    for kind, start, end in zones:
        left, right = max(float(start), low), min(float(end), high)
        if not left < right:
            continue
        shapes.append(
            dict(type="rect", x0=left, x1=right, y0=0, y1=1, yref="paper", layer="below")
            | dict(line_width=0, fillcolor=style.faded(ZONES.get(kind, style.DEAD), 0.18))
        )
        first = left == low
        names.setdefault(
            kind,
            dict(name="zone", text=f"<b>{style.plain(kind)}</b>", x=left if first else right)
            | dict(xanchor="left" if first else "right", y=1, yref="paper", yanchor="top")
            | dict(xshift=4 if first else -4, showarrow=False, font=dict(size=style.TEXT)),
        )
    return {"shapes": shapes, "annotations": list(names.values())}


def _slide(
    fig: go.Figure,
    x: np.ndarray,
    keep: np.ndarray,
    slider: Mapping[str, Any],
    low: float,
    high: float,
) -> None:
    values = list(map(float, slider["values"]))
    pair = [style.finite(slider[name]) for name in ("value", "derivative")]
    first = 2 * slider["curve"]

    def data(value: float) -> list[dict[str, Any]]:
        of, slope = (lines[values.index(value)][keep] for lines in pair)
        drawn = [{"type": "scatter", "y": _told(line)} for line in (of, slope)]
        return [drawn[0], drawn[1] | {"hovertext": _read(x[keep], slope)}]

    def layout(value: float) -> dict[str, Any]:
        zones = slider.get("zones")
        return {} if zones is None else _shaded(zones[values.index(value)], low, high)

    add_slider(fig, slider["title"], values, slider["at"], data, [first, first + 1], layout)


def _told(values: np.ndarray) -> list[float | None]:
    return [float(f"{v:.{DIGITS}g}") if np.isfinite(v) else None for v in values]

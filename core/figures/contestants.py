"""How a contestant looks in every figure of a race, and axes whose labels fit a phone."""

from collections.abc import Iterable
from textwrap import wrap
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style

APART = 0.16  # of an axis between two labels: a phone has room for so many
ROOM = 0.06  # of an axis beyond the outermost values


def race_figure(x_title: str, quantity: str, names: Iterable[object], **layout: Any) -> go.Figure:
    """An empty figure of a score in percent, higher where there are more names in its legend."""
    rows = sum(folded(name).count("<br>") + 1 for name in names)
    height = style.CURVE + style.LINE * max(0, rows - 3)
    return style.figure(x_title, f"{quantity} (%)", height=height, hovermode="closest", **layout)


def folded(text: object, width: int = 28) -> str:
    """A long name in short lines, so that it fits a phone; shown literally."""
    return "<br>".join(map(style.plain, wrap(str(text), width)))


def color(index: int) -> str:
    """The colour of the contestant with this place."""
    return style.LINES[index % len(style.LINES)]


def dash(index: int) -> str:
    """The dash of its line: after the last colour it changes."""
    return style.DASHES[index // len(style.LINES) % len(style.DASHES)]


def marker(index: int, **more: Any) -> dict[str, Any]:
    """The mark of its points: filled, and open after the last colour."""
    open_ = "-open" * (index // len(style.LINES) % 2)
    symbol = style.SYMBOLS[index % len(style.SYMBOLS)] + open_
    return dict(symbol=symbol, color=color(index), **more)


def band(
    name: object, index: int, x: np.ndarray, low: np.ndarray, high: np.ndarray
) -> list[dict[str, Any]]:
    """Two lines that cannot be seen, the quartiles, and what lies between them in a pale colour."""
    edge = dict(x=x, mode="lines", line=dict(width=0, color=color(index)), showlegend=False)
    edge |= dict(legendgroup=f"{index}", hoverinfo="skip")
    return [
        dict(edge, name=f"{style.plain(name)}, lower quartile", y=low),
        dict(edge, name=f"{style.plain(name)}, upper quartile", y=high)
        | dict(fill="tonexty", fillcolor=style.faded(color(index), 0.18)),
    ]


def place_axis(fig: go.Figure, values: np.ndarray, log: bool, ticks: np.ndarray) -> None:
    """An x axis with room around the values, labelled at those of the ticks that fit."""
    fig.update_xaxes(type="log" if log else "linear")
    if not len(values):
        return
    ends = np.array([values.min(), values.max()])
    low, high = (float(end) for end in (np.log10(ends) if log else ends))
    span = (high - low) or (1.0 if log else max(abs(low), 1.0))
    ticks = np.sort(ticks)[::-1]
    at = np.log10(ticks) if log else ticks
    kept: list[int] = []
    for n in range(len(ticks)):  # the largest has a label in any case
        if not kept or at[kept[-1]] - at[n] >= APART * span:
            kept.append(n)
    labels = [number_word(ticks[n]) for n in kept]
    fig.update_xaxes(range=[low - ROOM * span, high + ROOM * span])
    fig.update_xaxes(tickmode="array", tickvals=ticks[kept], ticktext=labels)


def round_numbers(values: np.ndarray) -> np.ndarray:
    """Ticks of a logarithmic axis with all of these: 1, 2, 5, 10 …, or 1, 10 … where it is long."""
    if not len(values):
        return np.zeros(0)
    low, high = np.log10(values.min()) - 1e-9, np.log10(values.max()) + 1e-9
    powers = np.arange(np.floor(low), np.ceil(high) + 1)
    steps = np.log10((1, 2, 5) if high - low < 1.8 else (1,))
    found = (powers[:, None] + steps).ravel()
    found = found[(found >= low) & (found <= high)]
    return 10**found if len(found) > 1 else np.unique([values.min(), values.max()])


def number_word(number: float) -> str:
    """A number as a short label: "60,000", "1.2 M"."""
    if 1e6 <= abs(number) < 1e9:
        return f"{number / 1e6:,.3g} M"
    whole = float(number).is_integer() and abs(number) < 1e6
    return f"{number:,.0f}" if whole else f"{number:.3g}"

"""How a contestant looks in every figure of a race: its name, its colour, its band."""

from collections.abc import Iterable
from textwrap import wrap
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style


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

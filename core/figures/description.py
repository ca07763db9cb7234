"""Descriptions: what a figure shows, in sentences with its numbers, for who cannot see it."""

import html
import re
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style

MOST_TRACES, MOST_BARS, LONGEST = 4, 3, 500
NOTHING = "Nothing to show yet."


def sentence(fig: go.Figure) -> str:
    """What a figure shows in at most 500 letters: its axes, and each trace with its numbers.

    A line is told by its ends and extremes, bars and points in rows by the largest, a picture by
    its range. Numbers have three digits. "Nothing to show yet." where no trace holds a finite
    number.
    """
    told = [words for trace in fig.data if trace.visible is not False and (words := _told(trace))]
    if not told:
        return NOTHING
    axes = [unmarked(axis.title.text) for axis in (fig.layout.yaxis, fig.layout.xaxis)]
    first = [f"{axes[0].capitalize()} over {axes[1]}."] if all(axes) else []
    more = [f"And {len(told) - MOST_TRACES} more."] if len(told) > MOST_TRACES else []
    whole = " ".join([*first, *told[:MOST_TRACES], *more])
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 2].rsplit(' ', 1)[0]} …"


def _told(trace: Any) -> str:
    """A trace in a sentence; "" where it holds no finite number."""
    name = f"{unmarked(trace.name)}: " if trace.name else ""
    if trace.type == "heatmap":
        values = style.finite(trace.z)
        known = values[np.isfinite(values)]
        if not known.size or values.ndim < 2:
            return ""
        size = f"{values.shape[0]:,} by {values.shape[1]:,} values"
        return f"{name}{size} from {_number(known.min())} to {_number(known.max())}."
    if trace.type not in ("scatter", "bar"):
        return ""
    flat = trace.orientation == "h"
    places, values = (trace.y, trace.x) if flat else (trace.x, trace.y)
    numbers = style.finite(values).ravel()
    known = np.flatnonzero(np.isfinite(numbers))
    if not known.size:
        return ""
    labels = list(range(len(numbers))) if places is None else list(places)
    at = [f"{_number(numbers[n])} at {_place(labels[n])}" for n in known]
    if trace.type == "bar" or flat:
        things = "bars" if trace.type == "bar" else "points"
        order = np.argsort(-np.abs(numbers[known]), kind="stable")[:MOST_BARS]
        largest = ", ".join(at[n] for n in order)
        return f"{name}{len(known):,} {things}, the largest {largest}."
    if "lines" not in (trace.mode or "lines"):
        low, high = (_number(edge(numbers[known])) for edge in (np.min, np.max))
        return f"{name}{len(known):,} points from {low} to {high}."
    low, high = at[np.argmin(numbers[known])], at[np.argmax(numbers[known])]
    return f"{name}from {at[0]} to {at[-1]}; lowest {low}, highest {high}."


def _number(value: float) -> str:
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:.3g}"


def _place(label: Any) -> str:
    return unmarked(label) if isinstance(label, str) else _number(float(label))


def unmarked(text: Any) -> str:
    """A label as it is read: without markup, and with what was escaped for Plotly."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", str(text or ""))).split())

"""How a score grew while the networks of a race trained: each seed, their median, its quartiles."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.figures.contestants import (
    band,
    color,
    dash,
    folded,
    place_axis,
    race_figure,
    round_numbers,
)
from core.figures.scores import cut_below

BUDGET = 100  # points a line: there may be more than a hundred lines
FAR = 0.9  # of the way of the longest: what has come so far is in the median
Line = tuple[style.Numbers, style.Numbers, str]
Cleaned = tuple[np.ndarray, np.ndarray, str]


def race_curves(
    lines: Mapping[str, Sequence[Line]],
    *,
    x_title: str,
    quantity: str = "accuracy",
    log: bool = False,
) -> go.Figure:
    """A thin line a seed, over examples or seconds; scores from 0 to 1 are drawn in percent.

    Thick is the median over the seeds, pale the band between their quartiles: from where all of
    them have begun to where the first of them ends, straight between what was measured. A seed that
    is not yet, or ended before, nine tenths of the way of the longest is drawn, but in no median;
    the caption counts those. What is not finite is left out. `log`: a logarithmic x axis.
    `lines`: by name (x, y, id of the run); the id, where there is one, is the line's `meta`.
    """
    fig = race_figure(x_title, quantity, lines, xaxis_tickformat=",")
    bands, seeds, counts = [], [], []
    early = shown = most = 0
    for index, (name, given) in enumerate(lines.items()):
        one: dict[str, Any] = dict(legendgroup=f"{index}", hovertemplate="%{x:,}: %{y:.2f} %")
        known = [line for each in given if len((line := _clean(each, log))[0])]
        for number, (x, y, run) in enumerate(known):
            keep = style.thinned(len(x), BUDGET)
            if len(x) > most:
                shown, most = len(keep), len(x)
            seeds.append(
                dict(one, name=f"{style.plain(name)}, run {number + 1}", x=x[keep], y=y[keep])
                | dict(line=dict(color=style.faded(color(index), 0.4), width=1), showlegend=False)
                | dict(mode="lines" if len(x) > 1 else "markers", marker_size=4, meta=run or None)
            )
        longest = max((x[-1] for x, *_ in known), default=0.0)
        counted = [line for line in known if line[0][-1] >= FAR * longest]
        early += len(known) - len(counted)
        counts += [len(counted)] if counted else []
        x, (low, median, high) = _quartiles(counted)
        fig.add_scatter(
            **dict(one, name=folded(name), x=x, y=median, showlegend=True, zorder=2),
            mode="lines" if len(x) > 1 else "lines+markers",
            line=dict(color=color(index), width=2.5, dash=dash(index)),
            meta=(counted[0][2] or None) if len(counted) == 1 else None,
        )
        if len(counted) > 1:
            bands += band(name, index, x, low, high)
    fig.add_traces([go.Scatter(**trace) for trace in (*bands, *seeds)])
    drawn = np.concatenate([np.zeros(0), *(line["x"] for line in seeds)])
    if len(drawn) and drawn.min() >= 0 and drawn.max() > 0:
        fig.update_xaxes(range=(0, 1.04 * drawn.max()))
    if log:
        place_axis(fig, drawn, log, round_numbers(drawn))
    thinned = style.thinned_words(shown, most, "measured points")
    return style.caption(fig, _words(counts, early), cut_below(fig), thinned)


def _clean(line: Line, log: bool) -> Cleaned:
    """What is finite of a line, in percent and from left to right, and its run."""
    x, y = (style.finite(side).ravel() for side in line[:2])
    count = min(len(x), len(y))
    x, y = x[:count], 100 * y[:count]
    fits = np.isfinite(x) & np.isfinite(y) & ((x > 0) | (not log))
    order = np.argsort(x[fits], kind="stable")
    return x[fits][order], y[fits][order], line[2]


def _quartiles(lines: Sequence[Cleaned]) -> tuple[np.ndarray, np.ndarray]:
    """Places that all lines have, and the three quartiles of the lines at each."""
    if not lines:
        return np.zeros(0), np.zeros((3, 0))
    low, high = max(x[0] for x, *_ in lines), min(x[-1] for x, *_ in lines)
    places = np.unique(np.concatenate([x for x, *_ in lines]))
    places = places[(places >= low) & (places <= high)]
    places = places[style.thinned(len(places), 2 * BUDGET)]
    there = np.array([np.interp(places, x, y) for x, y, _ in lines])
    return places, np.quantile(there, (0.25, 0.5, 0.75), axis=0)


def _words(counts: Sequence[int], early: int) -> str:
    if not counts or (max(counts) == 1 and not early):
        return ""
    few, many = min(counts), max(counts)
    over = f"{few} to {many} seeds" if few < many else f"{many} seed{'s' * (many > 1)}"
    words = f"Thick: the median over {over}; pale: between its quartiles."
    if early:
        runs = "1 run is" if early == 1 else f"{early} runs are"
        words += f" {runs} not that far and in no median."
    return words

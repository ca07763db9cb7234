"""How well networks did over the steps of a comparison: one colour a network, one line a seed."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.figures.scores import cut_below

BUDGET = 500  # points a line


def score_curves(
    steps: style.Steps,
    scores: Mapping[str, Mapping[int, style.Numbers]],
    *,
    quantity: str = "accuracy",
) -> go.Figure:
    """Scores by network and seed over the steps, drawn in percent; 1 is the best one.

    A line belongs to the first of the steps. One that ends before the last of them was good enough
    early: a large open mark says where. `quantity` names the score.
    """
    fig = style.figure("step", f"{quantity} (%)", hovermode="closest", xaxis_tickformat=",")
    x, shown, longest, stopped = np.asarray(steps), 0, 0, False
    for index, (name, seeds) in enumerate(scores.items()):
        known = {seed: 100 * style.finite(values)[: len(x)] for seed, values in seeds.items()}
        ends = [len(y) - 1 for y in known.values() if 0 < len(y) < len(x)]
        reached = [y[-1] for y in known.values() if 0 < len(y) < len(x)]
        color = style.LINES[index % len(style.LINES)]
        dash = style.DASHES[index // len(style.LINES) % len(style.DASHES)]
        one: dict[str, Any] = dict(name=style.plain(name), legendgroup=f"{index}")
        for place, (seed, y) in enumerate(known.items()):
            keep = style.thinned(len(y), BUDGET)
            fig.add_scatter(
                **dict(one, showlegend=place == 0, x=x[keep], y=y[keep], marker_size=4),
                **dict(line=dict(color=color, width=1.25, dash=dash)),
                mode="lines+markers" if len(keep) <= 60 else "lines",
                hovertemplate=f"seed {seed}, step %{{x:,}}: %{{y:.2f}} %",
            )
            shown, longest = max(shown, len(keep)), max(longest, len(y))
        if ends:
            stopped, symbol = True, style.SYMBOLS[index % len(style.SYMBOLS)]
            fig.add_scatter(
                **dict(one, showlegend=False, x=x[ends], y=np.array(reached), mode="markers"),
                marker=dict(symbol=f"{symbol}-open", size=12, color=color, line_width=2),
                hovertemplate="step %{x:,}: %{y:.2f} %, trained no further",
            )
    every = np.concatenate([[0.0, 100.0], *(trace.y for trace in fig.data)])
    low, high = np.nanmin(every), np.nanmax(every)
    room = 0.04 * (high - low)  # for the marks at both ends
    fig.update_yaxes(range=(low - room, high + room))
    if len(x):
        fig.update_xaxes(range=(0, 1.03 * max(float(x[-1]), 1.0)))
    words = "A large open mark: good enough, trained no further." if stopped else ""
    return style.caption(
        fig, words, cut_below(fig), style.thinned_words(shown, longest, "measured steps")
    )

"""Who looks at whom: how much each step of a sequence takes from every other one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style

SIDE = 160  # steps
LETTERS = 26  # of the names on the axis below, all together; more are told on hover
LINES = 24  # names on the axis at the side


def attention_map(
    values: np.ndarray,
    *,
    labels: Sequence[object] | None = None,
    scale: float | None = None,
) -> go.Figure:
    """A heat map of shares (time, time) from 0 to 1: a row looks at the columns and sums to 1.

    `labels` names the steps. The full colour stands for `scale`, by default the largest share of
    this map; pass another map's to compare the two.
    """
    fig = style.figure("looked at", "the step that looks", height=style.MATRIX, legend=False)
    fig.update_yaxes(autorange="reversed", showgrid=False)
    share = style.finite(values)
    share = share.reshape(len(share), -1) if share.size else np.zeros((0, 0))
    rows, columns = style.thinned(share.shape[0], SIDE), style.thinned(share.shape[1], SIDE)
    shown = 100 * share[np.ix_(rows, columns)]
    end = 100 * style.end(scale, share)
    where: dict[str, Any] = dict(x=columns, y=rows)
    across = style.called(labels, columns)
    fig.add_heatmap(
        **dict(z=style.light(shown), **where, zmin=0, zmax=end),
        **dict(colorscale=style.shades(style.GATE), colorbar=style.colorbar("share (%)")),
        text=[
            [f"{row}{one} at {i}{two}" for i, two in zip(columns, across, strict=True)]
            for row, one in zip(rows, style.called(labels, rows), strict=True)
        ],
        hovertemplate="%{text}: %{z:.2f} %<extra></extra>",
    )
    fig.add_traces(style.blanks(shown, **where))
    ticks = style.named_ticks(labels, columns, LETTERS)
    fig.update_xaxes(**ticks)
    fig.update_yaxes(**style.named_ticks(labels, rows, 4 * LINES) if len(rows) <= LINES else {})
    return style.caption(
        fig,
        "" if ticks or not labels else "Point at a cell to see the names of its steps.",
        style.thinned_words(len(rows), share.shape[0], "rows"),
        style.thinned_words(len(columns), share.shape[1], "columns"),
        style.not_finite_words(share),
    )

"""How a layer's values are distributed at a few moments: a hill each, the later the darker."""

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.figures.distribution_over_time import shares

BUDGET = 24  # ridges
OVERLAP = 3.0  # height of the highest hill, in distances between two ridges


def ridges(
    steps: style.Steps,
    edges: np.ndarray,
    counts: np.ndarray,
    *,
    quantity: str = "weight",
    role: str = "weight",
) -> go.Figure:
    """A ridge a moment, last one in front; arguments as in `distribution_over_time`."""
    fig = style.figure(quantity, "step", height=style.MATRIX, legend=False, hovermode="closest")
    share, edge = shares(counts), style.finite(edges)
    keep = style.thinned(len(share), BUDGET)
    top = style.largest(share[keep])
    centres = edge[:-1] / 2 + edge[1:] / 2
    at = np.concatenate([edge[:1], centres, edge[-1:]])
    for place, index in enumerate(keep):
        floor = len(keep) - 1 - place
        hill = floor + OVERLAP * share[index] / top
        strength = 0.2 + 0.7 * place / max(len(keep) - 1, 1)
        fig.add_scatter(
            name=f"step {np.asarray(steps)[index]:,}",
            x=at,
            y=np.concatenate([[floor], hill, [floor]]),
            customdata=100 * np.concatenate([[0], share[index], [0]]),
            **dict(mode="lines", fill="toself", fillcolor=style.faded(style.ROLES[role], strength)),
            line=dict(color=style.ROLES[role], width=1),
            hovertemplate="%{x:.3g}: %{customdata:.2f} %",
        )
    ticks = style.thinned(len(keep), 9)
    fig.update_yaxes(
        tickvals=len(keep) - 1 - ticks,
        ticktext=[f"{step:,}" for step in np.asarray(steps)[keep[ticks]]],
        **dict(showgrid=False, zeroline=False),
    )
    return style.caption(fig, style.thinned_words(len(keep), len(share), "moments"))

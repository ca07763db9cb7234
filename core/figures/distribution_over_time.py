"""How a layer's values are distributed at every recorded moment: one heat map for the whole run."""

import numpy as np
import plotly.graph_objects as go

from core.figures import style

BUDGET = 300  # moments


def distribution_over_time(
    steps: style.Steps,
    edges: np.ndarray,
    counts: np.ndarray,
    *,
    quantity: str = "weight",
    role: str = "weight",
) -> go.Figure:
    """The share of values in each bin at each recorded moment, moments equally far apart.

    `edges`: (bins + 1,) the same for the whole run; `counts`: (steps, bins). `quantity` titles the
    value axis; `role` (a key of `style.ROLES`) gives the colour.
    """
    fig = style.figure("step (recorded moments)", quantity, height=style.MATRIX, legend=False)
    share = shares(counts)
    keep = style.thinned(len(share), BUDGET)
    shown = share[keep]
    fig.update_xaxes(type="category", nticks=5)
    fig.add_heatmap(
        x=[f"{step:,}" for step in np.asarray(steps)[keep]],
        y=style.finite(edges),
        z=100 * shown.T.astype(np.float32),
        **dict(zmin=0, zmax=100 * style.largest(shown), colorscale=style.shades(style.ROLES[role])),
        colorbar=style.colorbar("% of values"),
        hovertemplate="step %{x}<br>"
        + style.plain(quantity)
        + " about %{y:.3g}: %{z:.2f} %<extra></extra>",
    )
    return style.caption(fig, style.thinned_words(len(keep), len(share), "moments"))


def shares(counts: np.ndarray) -> np.ndarray:
    """Counts (steps, bins) as shares of each step's sum; zeros for a step without values."""
    table = np.nan_to_num(style.finite(counts))
    table = table.reshape(len(table), -1) if table.size else np.zeros((0, 0))
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1.0)

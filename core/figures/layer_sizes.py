"""A number a layer as dots from the first layer to the last, on a logarithmic axis.

Dots, because a bar's length says how many times larger one is, which a logarithmic axis does not.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures import style

BUDGET = 60  # layers
ROW = 22  # pixels a layer


def layer_sizes(
    layers: Sequence[object], sizes: style.Numbers, *, quantity: str = "size", role: str = "weight"
) -> go.Figure:
    """One dot a layer; a size that is zero or no number has none. `role` names the colour."""
    keep = style.thinned(len(layers), BUDGET)
    height = max(style.STRIP, style.AXIS_ROOM + style.PLAIN_ROOM + ROW * len(keep))
    fig = style.figure(quantity, "layer", height=height, legend=False)
    values = style.finite(sizes).ravel()[keep] if len(layers) else np.zeros(0)
    shown = np.where(values > 0, values, np.nan)
    fig.add_scatter(
        **dict(orientation="h", x=shown, y=[style.plain(layers[i]) for i in keep]),
        **dict(mode="markers+text", marker=dict(color=style.ROLES[role], size=11)),
        **dict(hovertemplate="%{y}: %{x:.4g}<extra></extra>", cliponaxis=False),
        **dict(text=[f"{v:.2g}" for v in shown], textposition="middle right"),
    )
    fig.update_xaxes(type="log", nticks=6, exponentformat="power", showgrid=True)
    fig.update_yaxes(type="category", autorange="reversed", showgrid=True, nticks=0, dtick=1)
    if (known := shown[np.isfinite(shown)]).size:  # room for the numbers beside the dots
        low, high = np.log10(known.min()), np.log10(known.max())
        fig.update_xaxes(range=[low - 0.15, high + max(0.3, 0.15 * (high - low))])
    zero = int(np.count_nonzero(values == 0))
    words = f"{zero} of {len(values)} are 0 and have no dot." if zero else ""
    return style.caption(fig, words, style.thinned_words(len(keep), len(layers), "layers"))

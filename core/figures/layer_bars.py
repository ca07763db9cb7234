"""A number a layer as bars from the first layer to the last, on a logarithmic axis."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures import style

BUDGET = 60  # layers
ROW = 22  # pixels a bar


def layer_bars(
    layers: Sequence[object], sizes: style.Numbers, *, quantity: str = "size", role: str = "weight"
) -> go.Figure:
    """One bar a layer; a size that is zero or no number has none. `role` names the colour."""
    keep = style.thinned(len(layers), BUDGET)
    height = max(style.STRIP, style.AXIS_ROOM + style.PLAIN_ROOM + ROW * len(keep))
    fig = style.figure(quantity, "layer", height=height, legend=False)
    values = style.finite(sizes).ravel()[keep] if len(layers) else np.zeros(0)
    shown = np.where(values > 0, values, np.nan)
    fig.add_bar(
        **dict(orientation="h", x=shown, y=[style.plain(layers[i]) for i in keep]),
        **dict(marker_color=style.ROLES[role], hovertemplate="%{y}: %{x:.4g}<extra></extra>"),
        **dict(text=[f"{v:.2g}" if v == v else "0" for v in shown], textposition="auto"),
    )
    fig.update_xaxes(type="log", nticks=6, exponentformat="power", showgrid=True)
    fig.update_yaxes(type="category", autorange="reversed", showgrid=False, nticks=0, dtick=1)
    return style.caption(fig, style.thinned_words(len(keep), len(layers), "layers"))

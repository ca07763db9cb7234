"""How much of something comes from where: a bar for each named share."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures import style

BUDGET = 40  # bars
LINE = 26  # pixels a bar
ROOM = 1.28  # how far the axis reaches beyond the longest bar, for its number


def shares(
    names: Sequence[object],
    values: style.Numbers,
    *,
    of: str = "share",
    kind: str = "part",
) -> go.Figure:
    """A bar a name, from shares 0 to 1: what comes through skip and block, through each branch.

    `of` says what they are shares of, `kind` what the names are.
    """
    fig = style.figure(f"{of} (%)", kind, legend=False)
    share = 100 * style.finite(values).ravel()
    keep = style.thinned(len(share), BUDGET)
    shown = share[keep]
    fig.add_bar(
        **dict(orientation="h", x=shown, y=keep, width=0.7, marker_color=style.GATE),
        text=["not a number" if np.isnan(value) else f"{value:.1f} %" for value in shown],
        **dict(textposition="outside", textfont_size=style.TEXT, cliponaxis=False),
        hovertemplate="%{text}<extra></extra>",
    )
    ticks = [style.symbol(names[i]) if i < len(names) else str(i) for i in keep]
    fig.update_yaxes(tickvals=keep, ticktext=ticks, autorange="reversed", showgrid=False)
    end = style.largest(np.append(np.maximum(shown, 0), 25.0))
    fig.update_xaxes(range=[0, min(end, 100 * style.LARGEST) * ROOM], nticks=6, showgrid=True)
    height = LINE * len(keep) + fig.layout.margin.t + fig.layout.margin.b + style.LINE
    fig.update_layout(height=max(style.STRIP, height))
    return style.caption(fig, style.thinned_words(len(keep), len(share), "shares"))

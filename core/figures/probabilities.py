"""The network's answer to one input: the probability of every class, with the true one marked."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures import style

BUDGET, LIKELIEST = 40, 12
"""Classes that have room; of more the likeliest are shown."""


def probabilities(
    labels: Sequence[object], values: style.Numbers, *, true_class: int | None = None
) -> go.Figure:
    """A bar a class, from shares 0 to 1; the likeliest in full colour, the true one outlined.

    Of more classes than there is room for, the likeliest, and the true one.
    """
    fig = style.figure("probability (%)", "class", legend=False)
    share = style.finite(values).ravel()
    keep: np.ndarray = np.arange(len(share))
    if len(share) > BUDGET:
        keep = np.argsort(np.nan_to_num(-share, nan=0.0), kind="stable")[:LIKELIEST]
    if true_class is not None and 0 <= true_class < len(share):
        keep = keep if true_class in keep else np.append(keep, true_class)
    shown = 100 * share[keep]
    best = int(keep[np.nanargmax(shown)]) if np.isfinite(shown).any() else None
    names = [
        f"<b>{style.plain(labels[i])}</b> (true)" if i == true_class else style.plain(labels[i])
        for i in keep
    ]
    fig.add_bar(
        **dict(orientation="h", x=shown, y=names),
        text=["not a number" if np.isnan(value) else f"{value:.1f} %" for value in shown],
        **dict(textposition="outside", textfont_size=style.TEXT, cliponaxis=False),
        marker=dict(
            color=[style.faded(style.ACTIVATION, 1 if i == best else 0.45) for i in keep],
            line=dict(color=style.EDGE, width=[2 if i == true_class else 0 for i in keep]),
        ),
        hovertemplate="%{y}: %{x:.3f} %<extra></extra>",
    )
    fig.update_xaxes(range=[0, 112], tickvals=[0, 25, 50, 75, 100], showgrid=True)
    fig.update_yaxes(type="category", autorange="reversed", showgrid=False, nticks=0, dtick=1)
    if len(keep) == len(share):
        return fig
    return style.caption(fig, f"The likeliest of {len(share):,} classes.")

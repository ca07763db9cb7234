"""What the temperature does to softmax: the probabilities at 1 and at another temperature."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.figures import style

BUDGET = 40  # classes


def softmax_bars(
    labels: Sequence[object],
    at_one: style.Numbers,
    at_temperature: style.Numbers,
    temperature: float,
) -> go.Figure:
    """Two bars a class: its probability (0 to 1) at temperature 1, and at the given one."""
    fig = style.figure("probability (%)", "class", barmode="group")
    keep = style.thinned(len(labels), BUDGET)
    names = [style.plain(labels[index]) for index in keep]
    pairs = ((1.0, at_one, style.DEAD), (temperature, at_temperature, style.ACTIVATION))
    for heat, values, color in pairs:
        fig.add_bar(
            name=f"temperature {heat:g}",
            orientation="h",
            x=100 * style.finite(values)[keep] if names else [],
            y=names,
            **dict(marker_color=color, hovertemplate="%{y}: %{x:.2f} %"),
        )
    fig.update_xaxes(range=[0, 100], showgrid=True)
    fig.update_yaxes(type="category", autorange="reversed", showgrid=False, nticks=0, dtick=1)
    return style.caption(fig, style.thinned_words(len(keep), len(labels), "classes"))

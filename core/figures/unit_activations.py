"""What one layer makes of one input: every unit's pre-activation and activation."""

import plotly.graph_objects as go

from core.figures import style
from core.figures.feature_maps import feature_maps

BUDGET = 256  # units
FEW = 20  # units, each of which is named on the axis


def unit_activations(
    pre_activation: style.Numbers | None, activation: style.Numbers | None = None
) -> go.Figure:
    """Two bars a unit, before and after the activation function; either may be missing.

    Both are (units,). Feature maps, (channels, height, width), are drawn as pictures: the
    activation if there is one, else the pre-activation.
    """
    maps = style.finite(activation if activation is not None else pre_activation)
    if maps.ndim == 3:
        named = "activation" if activation is not None else "pre-activation"
        return feature_maps(maps, quantity=named)
    fig = style.figure("unit", "value", barmode="group", bargap=0.1, bargroupgap=0)
    size, drawn = 0, 0
    for name, values, color in (
        ("pre-activation", pre_activation, style.PRE_ACTIVATION),
        ("activation", activation, style.ACTIVATION),
    ):
        if values is None:
            continue
        every = style.finite(values).ravel()
        keep = style.thinned(len(every), BUDGET)
        size, drawn = max(size, len(every)), max(drawn, len(keep))
        fig.add_bar(
            **dict(name=name, x=keep, y=every[keep], marker=dict(color=color, line_width=0)),
            hovertemplate="unit %{x}: %{y:.4g}",
        )
    fig.update_yaxes(zeroline=True, zerolinecolor=style.EDGE, zerolinewidth=1)
    if size <= FEW:
        fig.update_xaxes(dtick=1)  # there is no unit 0.4
    return style.caption(fig, style.thinned_words(drawn, size, "units"))

"""Numbers of layers (norms, sizes of updates, shares of dead units) over the steps of a run."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from core.figures import style

BUDGET = 1000  # points a line


def numbers_over_time(
    steps: style.Steps,
    series: Mapping[str, style.Numbers],
    *,
    x_title: str = "step",
    y_title: str = "value",
    log: bool = False,
    percent: bool = False,
) -> go.Figure:
    """One line a name, each of `steps`' length; None and NaN are gaps.

    `log`: a logarithmic axis, on which zero and below are gaps. `percent`: the values are shares
    from 0 to 1 and are drawn as 0 to 100 %.
    """
    title = f"{y_title} (%)" if percent else y_title
    fig = style.figure(x_title, title, hovermode="x unified", xaxis_tickformat=",")
    x = np.asarray(steps)
    keep = style.thinned(len(x), BUDGET)
    mode = "lines+markers" if len(keep) <= 60 else "lines"
    for index, (name, values) in enumerate(series.items()):
        color = style.LINES[index % len(style.LINES)]
        dash = style.DASHES[index // len(style.LINES) % len(style.DASHES)]
        y = style.finite(values)[keep] if len(x) else np.zeros(0)
        fig.add_scatter(
            **dict(name=style.plain(name), x=x[keep], y=100 * y if percent else y, mode=mode),
            **dict(line=dict(color=color, width=1.75, dash=dash), marker_size=4),
            hovertemplate="%{y:.2f} %" if percent else "%{y:.4g}",
        )
    fig.update_layout(showlegend=True)
    if log:
        fig.update_yaxes(type="log", exponentformat="power", **_whole_powers(series))
    elif percent:
        fig.update_yaxes(rangemode="tozero")
    return style.caption(fig, style.thinned_words(len(keep), len(x), "recorded moments"))


def _whole_powers(series: Mapping[str, style.Numbers]) -> dict[str, int]:
    """Ticks at powers of ten alone, where there are enough of them."""
    values = np.concatenate([style.finite(one) for one in series.values()] or [np.zeros(0)])
    values = values[values > 0]
    powers = np.ptp(np.log10(values)) if len(values) else 0.0
    return {"dtick": int(np.ceil(powers / 6))} if powers > 2 else {"nticks": 6}

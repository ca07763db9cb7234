"""What a normalisation layer does: how its numbers are spread before it and after it."""

import numpy as np
import plotly.graph_objects as go

from core.figures import style

BINS = 80
OUTSIDE = 0.001  # the share of the values that each end of the axis may leave out


def before_after(
    before: style.Numbers, after: style.Numbers, *, quantity: str = "value"
) -> go.Figure:
    """Two histograms in the same bins, of arrays of any shape, with mean and spread told below."""
    fig = style.figure(quantity, "values in a bin (%)", barmode="overlay", bargap=0)
    fig.update_layout(hovermode="x unified")
    sides = {"before": style.finite(before).ravel(), "after": style.finite(after).ravel()}
    known = {name: values[np.isfinite(values)] for name, values in sides.items()}
    ends = [np.quantile(v, [OUTSIDE, 1 - OUTSIDE]) for v in known.values() if v.size]
    words: list[str] = []
    beyond = 0
    if ends:
        low, high = float(np.min(ends)), float(np.max(ends))
        if not high > low:
            low, high = low - (abs(low) / 2 or 1), high + (abs(high) / 2 or 1)
        fig.update_xaxes(range=[low, high])
        edges = np.linspace(low, high, BINS + 1)
    for name, color in (("before", style.INPUT), ("after", style.PRE_ACTIVATION)):
        values = known[name]
        if not values.size:
            continue
        counts = np.histogram(values, edges)[0]
        fig.add_bar(
            **dict(name=name, x=edges[:-1] / 2 + edges[1:] / 2, y=100 * counts / values.size),
            **dict(width=np.diff(edges), hovertemplate="%{y:.2f} %"),
            marker=dict(color=style.faded(color, 0.6), line_width=0),
        )
        mean, spread = moments(values)
        mean = 0.0 if abs(mean) < 1e-6 * spread else mean
        words.append(f"{name.capitalize()}: mean {mean:.3g}, spread {spread:.3g}.")
        beyond += values.size - int(counts.sum())
    every = np.concatenate(list(sides.values()))
    lost = int(np.count_nonzero(~np.isfinite(every)))
    words.append(f"{beyond:,} of {every.size:,} values lie further out." if beyond else "")
    verb = "is not a finite number" if lost == 1 else "are not finite numbers"
    words.append(f"{lost:,} of {every.size:,} values {verb}." if lost else "")
    return style.caption(fig, *words)


def moments(values: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation (dividing by n), without overflow."""
    unit = style.largest(values)
    return float((values / unit).mean()) * unit, float((values / unit).std()) * unit

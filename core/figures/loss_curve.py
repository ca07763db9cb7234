"""The loss over a run, training against held-out; also the frame that accuracy is drawn in."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style

BUDGET = 2000  # points a line
FLATTENS = 1000.0  # times the median: a loss so large leaves nothing to see of the others


def loss_curve(
    steps: style.Steps,
    loss: style.Numbers,
    held_out_steps: style.Steps = (),
    held_out_loss: style.Numbers = (),
    *,
    epochs: style.Numbers | None = None,
    marks: Sequence[tuple[float, str]] = (),
    log: bool = False,
) -> go.Figure:
    """Training loss and held-out loss over steps.

    `epochs`: the epoch at each of `steps`, told on hover. `marks`: (step, text) of events, drawn as
    dotted lines. `log`: a logarithmic loss axis, on which losses of zero and below are gaps; it is
    taken by itself, and said, where one loss would flatten all others.
    """

    def fit(fig: go.Figure) -> str:
        values = np.concatenate([style.finite(trace.y) for trace in fig.data])
        values = values[values > 0]
        flattens = values.size and values.max() > FLATTENS * np.median(values)
        if log or flattens:
            fig.update_yaxes(type="log", nticks=6, exponentformat="power")
        if not flattens:
            return ""
        return f"Logarithmic axis: the largest loss is {values.max():.2g}."

    return learning_curve(
        *("loss", ".4g", steps, loss, held_out_steps, held_out_loss, epochs, marks), fit=fit
    )


def learning_curve(
    quantity: str,
    number: str,
    steps: style.Steps,
    training: style.Numbers,
    held_out_steps: style.Steps,
    held_out: style.Numbers,
    epochs: style.Numbers | None,
    marks: Sequence[tuple[float, str]],
    fit: Callable[[go.Figure], str] = lambda _: "",
) -> go.Figure:
    """A quantity of training and of held-out data over steps; `number` is its format on hover.

    `fit` fits the axis of the drawn figure, and gives what is said of it.
    """
    fig = style.figure("step", quantity, hovermode="x unified", xaxis_tickformat=",")
    x, y = np.asarray(steps), style.finite(training)
    keep = style.thinned(len(x), BUDGET)
    when: dict[str, Any] = {}
    if epochs is not None and len(x):
        when = dict(customdata=style.finite(epochs)[keep])
    suffix = "  (epoch %{customdata:.2f})" if when else ""
    fig.add_scatter(
        name="training",
        x=x[keep],
        y=y[keep],
        **dict(
            mode=_mode(y[keep]),
            line=dict(color=style.TRAINING, width=1.75 if len(keep) < 500 else 1.25),
            marker_size=5,
        ),
        hovertemplate=f"%{{y:{number}}}{suffix}",
        **when,
    )
    held_x, held_y = np.asarray(held_out_steps), style.finite(held_out)
    held_keep = style.thinned(len(held_x), BUDGET)
    few = len(held_keep) <= 60
    fig.add_scatter(
        name="held-out",
        x=held_x[held_keep],
        y=held_y[held_keep],
        **dict(mode="lines+markers" if few else "lines", marker=dict(size=6, symbol="circle")),
        **dict(line=dict(color=style.HELD_OUT, width=2), hovertemplate=f"%{{y:{number}}}"),
    )
    everywhere = np.concatenate([x, held_x, [step for step, _ in marks]]).astype(float)
    if everywhere.size:
        _mark(fig, marks, everywhere.min(), everywhere.max())
    return style.caption(fig, fit(fig), style.thinned_words(len(keep), len(x), "steps"))


def _mode(values: np.ndarray) -> str:
    """Lines, with markers where single points would otherwise not be seen."""
    known = np.isfinite(values)
    lonely = known & ~np.append(known[1:], False) & ~np.append([False], known[:-1])
    return "lines+markers" if lonely.any() else "lines"


def _mark(fig: go.Figure, marks: Sequence[tuple[float, str]], low: float, high: float) -> go.Figure:
    """Dotted lines at events; a text that finds no room in three rows is told on hover."""
    span = (high - low) or 1.0
    ends = [0.0, 0.0, 0.0]
    for step, text in sorted(marks, key=lambda mark: mark[0]):
        place, width = (step - low) / span, 0.02 + 0.018 * len(str(text))
        to_left = place + width > 1
        start = max(place - width, 0.0) if to_left else place
        row = next((i for i, end in enumerate(ends) if start >= end), None)
        fig.add_shape(
            **dict(type="line", x0=step, x1=step, y0=0, y1=1, yref="paper", layer="below"),
            line=dict(color=style.EDGE, width=1, dash="dot"),
        )
        if row is not None:
            ends[row] = start + width
        fig.add_annotation(
            name="mark",
            text=style.plain(text) if row is not None else "·",
            hovertext=f"step {step:,}: {style.plain(text)}",
            **dict(x=step, xanchor="right" if to_left else "left", xshift=-2 if to_left else 2),
            **dict(y=1, yref="paper", yanchor="top", yshift=-style.LINE * (row or 0)),
            **dict(showarrow=False, font=dict(size=style.TEXT)),
        )
    return fig

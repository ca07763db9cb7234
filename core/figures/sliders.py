"""Sliders: what a figure looks like at other values of a number, to be drawn in the browser."""

from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go


def add_slider(
    fig: go.Figure,
    title: str,
    values: Sequence[float],
    at: float,
    data: Callable[[float], Sequence[dict[str, Any]]],
    traces: Sequence[int],
    layout: Callable[[float], dict[str, Any]] = lambda _: {},
) -> go.Figure:
    """The figure with a slider under this title, which stands at the value nearest to `at`.

    `data(value)` gives what changes in each of the `traces`, such as {"y": numbers}: plain lists;
    `layout(value)` what changes in the layout. The page hands all of it over at once;
    moving the slider asks the server nothing.
    """
    frames = [
        go.Frame(
            **dict(group=title, name=f"{value:g}", data=list(data(value)), traces=list(traces)),
            layout=layout(value),
        )
        for value in values
    ]
    nearest = min(values, key=lambda value: abs(value - at))
    sliders = {**(fig.layout.meta or {}).get("sliders", {}), title: f"{nearest:g}"}
    fig.update_layout(meta={"sliders": sliders})
    fig.frames = [*fig.frames, *frames]
    return fig

"""Formulas: the activation functions as curves, in LaTeX and in one table."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from core.activation import Activation
from core.activations import ACTIVATIONS
from core.figures.activation_curve import activation_curve
from pages.shared.chart import live_chart

X = np.linspace(-6.0, 6.0, 241)
MOST_VALUES = 51
"""Values of a parameter for which a curve is handed to the browser."""


def draw_curves(names: Sequence[str]) -> None:
    """The functions on one another, with a slider for each one's parameter."""
    curves, sliders, x = [], [], X
    for name in names:
        function, shape = ACTIVATIONS[name], ACTIVATIONS[name].parameter
        for one in [shape.low, shape.default, shape.high] if shape else [None]:
            x = function.sampled(x, one)
    for place, name in enumerate(names):
        function = ACTIVATIONS[name]
        curve = {"name": name, "title": function.title, "value": function.value(x)}
        curves.append(curve | {"derivative": function.derivative(x)})
        if function.parameter is not None:
            sliders.append(_slider(function, x, place, len(names) == 1))
    zones = _zones(ACTIVATIONS[names[0]]) if len(names) == 1 else ()
    live_chart(activation_curve(x, curves, zones, sliders=sliders), "-".join(["curves", *names]))
    if len(names) == 1:
        st.caption("Shaded: where a unit learns nothing (dead) or hardly anything (saturated).")


def _zones(function: Activation, parameter: float | None = None) -> list[tuple[str, float, float]]:
    return [(zone.kind, zone.low, zone.high) for zone in function.zones(parameter)]


def _slider(function: Activation, x: np.ndarray, place: int, alone: bool) -> dict:
    given = function.parameter
    assert given is not None
    count = round((given.high - given.low) / given.step) + 1
    every = math.ceil(count / MOST_VALUES)
    values = np.round(given.low + given.step * np.arange(0, count, every), 6)
    values = np.unique([*values, given.default, given.high])
    told = {"title": f"{given.title} {given.name} of {function.title}", "curve": place}
    told |= {"values": values, "at": given.default}
    told |= {"zones": [_zones(function, one) for one in values] if alone else None}
    pair = {"value": function.value, "derivative": function.derivative}
    return told | {word: np.stack([of(x, one) for one in values]) for word, of in pair.items()}


def draw_formulas(names: Sequence[str]) -> None:
    """Formula, derivative, range and a sentence of each function."""
    for name in names:
        function = ACTIVATIONS[name]
        st.subheader(function.title)
        st.write(function.sentence)
        left, right = st.columns(2)
        left.latex(function.formula)
        right.latex(function.derivative_formula)


def table_of_functions() -> None:
    """Every function in a row: its curve and derivative, its range, where it stops learning."""
    rows = [
        {
            "Function": function.title,
            "Curve, −6 to 6": function.value(X).tolist(),
            "Derivative, −6 to 6": function.derivative(X).tolist(),
            "Range": function.range,
            "Derivative is 0": _where(function, "dead"),
            "Derivative under 5 % of its largest": _where(function, "saturated"),
        }
        for function in ACTIVATIONS.values()
    ]
    lines = {name: st.column_config.LineChartColumn(name) for name in rows[0] if "−6" in name}
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content",
        column_config=lines,
        alt="Every activation function with its range and where its derivative dies.",
    )


def _where(function: Activation, kind: str) -> str:
    told = []
    for zone in function.zones():
        if zone.kind != kind:
            continue
        if math.isinf(zone.low):
            told.append(f"x ≤ {zone.high:.3g}")
        elif math.isinf(zone.high):
            told.append(f"x ≥ {zone.low:.3g}")
        else:
            told.append(f"{zone.low:.3g} to {zone.high:.3g}")
    return ", ".join(told).replace("-", "−") or "nowhere"

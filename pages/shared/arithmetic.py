"""Arithmetic: one unit of a Linear layer in one training step, number by number."""

import numpy as np
import pandas as pd
import streamlit as st

from core.activations import ACTIVATIONS
from core.architectures.bricks import Activation
from core.one_step import Walk
from core.pictures.inside_views import bent_by
from core.settings import Settings
from pages.shared.choose import choose, number_chosen

SHOWN = 8
"""Terms of a sum that a table shows one by one."""


def draw_unit(settings: Settings, walk: Walk) -> None:
    """One unit's arithmetic: inputs × weights + bias → pre-activation → activation → gradient."""
    st.subheader("6 · One unit")
    layers = {
        layer.name: layer
        for layer in settings.layers
        if layer.kind == "linear" and walk.outputs[layer.name].ndim == 1
    }
    if not layers:
        st.caption("This network has no Linear layer that gives one number a unit.")
        return
    name = choose("Linear layer", list(layers), "linear")
    weights = walk.before[name, "weight"]
    unit = number_chosen("Unit", "unit", min(len(weights), len(walk.outputs[name])) - 1)
    terms = unit_terms(walk, name, unit)
    st.dataframe(
        terms,
        hide_index=True,
        column_config={
            column: st.column_config.NumberColumn(format="%.6g") for column in terms.columns[1:]
        },
    )
    st.write(unit_words(settings, walk, name, unit))


def unit_terms(walk: Walk, name: str, unit: int) -> pd.DataFrame:
    """The largest products of a unit of a Linear layer one by one, the others as one row, the bias.

    The products sum to the pre-activation within float32 rounding.
    """
    x = walk.given[name].astype(np.float64)
    w = walk.before[name, "weight"][unit].astype(np.float64)
    slope = float(walk.slopes[name][unit])
    products = x * w
    order = np.argsort(-np.abs(products), kind="stable")
    rows = [
        {"Input": str(n), "x": x[n], "w": w[n], "x × w": products[n]}
        | {"this example's part of ∂loss ÷ ∂w": slope * x[n]}
        for n in order[:SHOWN]
    ]
    rest = order[SHOWN:]
    if len(rest):
        rows.append({"Input": f"the other {len(rest):,}", "x × w": products[rest].sum()})
    if (name, "bias") in walk.before:
        rows.append({"Input": "bias", "x × w": float(walk.before[name, "bias"][unit])})
    rows.append({"Input": "sum", "x × w": sum(row["x × w"] for row in rows)})
    return pd.DataFrame(rows)


def unit_words(settings: Settings, walk: Walk, name: str, unit: int) -> str:
    """What becomes of the sum: the activation function, its derivative, and the gradient."""
    layer = next(layer for layer in settings.layers if layer.name == name)
    z, slope = float(walk.outputs[name][unit]), float(walk.slopes[name][unit])
    told = f"PyTorch's pre-activation is **{z:.6g}**."
    bent = bent_by(layer, settings.layers)
    if bent is not None and bent.sources == (name,) and isinstance(bent.brick, Activation):
        learned = walk.before.get((bent.name, "weight"))
        parameter = None if learned is None else float(learned.ravel()[0])
        function = ACTIVATIONS[bent.brick.function]
        came, steep = float(walk.slopes[bent.name][unit]), float(function.derivative(z, parameter))
        told += (
            f" {function.title} makes {float(walk.outputs[bent.name][unit]):.6g} of it; its "
            f"derivative there is {steep:.6g}. The gradient that comes back is {came:.6g}; times "
            f"the derivative that is {came * steep:.6g},"
        )
    return f"{told} so ∂loss ÷ ∂sum = **{slope:.6g}**; times each x, that is the change asked of w."

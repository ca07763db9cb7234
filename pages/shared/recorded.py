"""Recorded numbers: what a scope shows at the chosen moment, as tables behind a button."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from core.pictures import told_weights
from core.records import Array, ArrayKey
from core.runs import Run
from pages.shared.chart import numbers_button
from pages.shared.saving import csv_button, file_name

LOOKED_AT = 3
"""Moments, from the last one back, in which a gradient is looked for."""


def last_with_gradient(run: Run, steps: Sequence[int], layer: str) -> int:
    """The last of a run's moments at which a layer has a gradient; the last of all if none has.

    No step follows the end of a run, so that its last moment has none.
    """
    for step in reversed(steps):
        for moment in run.moments([step], layer=layer, kinds=()):
            if moment.numbers.get(layer, {}).get("gradient_norm") is not None:
                return step
        if step <= steps[-min(len(steps), LOOKED_AT)]:
            break
    return steps[-1]


def draw_recorded(
    run: Run, layers: Sequence[str], step: int, probe: int, key: str, learned: bool = False
) -> None:
    """A table of one array of these layers, as it was recorded nearest to a step.

    Of outputs those for the probe input with this number; `learned` leaves them out. Nothing is
    read before it is opened.
    """
    place = numbers_button(key)
    if not place.open:
        return
    with place:
        steps = run.steps()
        nearest = min(steps, key=lambda kept: abs(kept - step))
        found = run.moments([nearest], layer=tuple(layers))
        arrays = found[0].arrays if found else {}  # a full run lets go of moments while it trains
        order = {name: at for at, name in enumerate(layers)}
        options = sorted(arrays, key=lambda known: (order[known[0]], known[1] != "output"))
        if learned:
            options = [one for one in options if one[1].startswith(("weight", "bias"))]
        if not options:
            st.caption("Of these layers nothing was recorded here.")
            return
        chosen = st.selectbox("Numbers of", options, format_func=told, key=f"{key}-array")
        array = arrays[chosen]
        output = chosen[1] == "output"
        table = tabled(array, probe if output else None)
        _table(table, chosen, f"{key}-numbers", f"step-{nearest}")
        st.caption(_words(array, chosen, nearest, probe))


def draw_numbers(arrays: Mapping[ArrayKey, np.ndarray], key: str) -> None:
    """A table of one of these arrays, of all of its numbers, behind a button."""
    place = numbers_button(key)
    if not place.open:
        return
    with place:
        chosen = st.selectbox("Numbers of", list(arrays), format_func=told, key=f"{key}-array")
        _table(tabled_numbers(_in_lines(arrays[chosen])), chosen, f"{key}-numbers")
        st.caption(" × ".join(map(str, arrays[chosen].shape)))


def _table(table: pd.DataFrame, of: ArrayKey, key: str, *more: str) -> None:
    csv_button(table, file_name(*of, *more), key, "row")
    st.dataframe(table, key=key, height=320)


def told(key: ArrayKey) -> str:
    """What an array is called: "linear1 · gradient of the bias"."""
    layer, kind = key
    array, gradient, _ = kind.partition("_gradient")
    word = told_weights(array) if array.startswith("weight") else array.replace("_", " ")
    return f"{layer} · {'gradient of the ' if gradient else ''}{word}"


def tabled(array: Array, probe: int | None = None) -> pd.DataFrame:
    """An array's numbers: a row a unit, or of an output (`probe`) a row a line of its picture.

    What else tells a number apart stands in the columns' names: "1, 0, 2".
    """
    values = array.numbers()
    if probe is not None:
        values = values[min(probe, len(values) - 1)]
        values = _in_lines(values)
    return tabled_numbers(values)


def _in_lines(values: np.ndarray) -> np.ndarray:
    return values.reshape(-1, values.shape[-1]) if values.ndim > 1 else values


def tabled_numbers(values: np.ndarray) -> pd.DataFrame:
    """Numbers of any shape as a table: a row for each of the first axis."""
    rows = values.reshape(len(values), -1) if values.ndim else values.reshape(1, 1)
    inner = values.shape[1:]
    names = [", ".join(map(str, np.unravel_index(n, inner))) for n in range(rows.shape[1])]
    return pd.DataFrame(rows, columns=names if inner else ["value"])


def _words(array: Array, key: ArrayKey, step: int, probe: int) -> str:
    output = key[1] == "output"
    shape = array.values.shape[1:] if output else array.values.shape
    whole = f" The first of {array.units} units." if array.units else ""
    whose = f", for input {probe}" if output else ""
    lines = " A row is a line of one of its pictures." if len(shape) > 2 and output else ""
    sizes = " × ".join(map(str, shape)) or "1"
    return f"Step {step:,}{whose}: {sizes}, recorded with 16 bits a number.{whole}{lines}"

"""Arithmetic: one number of any layer in one training step, term by term."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from core.architectures.layers import comes_from
from core.architectures.plans import Layer
from core.arithmetic import Made, Place, made, named, way
from core.one_step import Walk
from core.pictures import place_at
from core.pictures.walk_views import Cell
from core.runs import Run
from core.settings import Settings
from pages.shared.choose import (
    choose,
    keep_number,
    number_chosen,
    number_in_link,
    option_chosen,
    put,
)
from pages.shared.presenting import carried
from pages.shared.scope import Seen

SHOWN = 9
"""Terms that a table shows one by one."""
AXES = {1: ("unit",), 2: ("time", "unit"), 3: ("map", "row", "column")}
"""What a place of an output is called in the link, by how many numbers it takes."""
WORDS = {"unit": "Unit", "time": "Step of the sequence", "map": "Map"}


def place_in_link(layers: Sequence[Layer]) -> tuple[Layer, Place]:
    """The layer whose number is followed, and the number's place, as the link has them."""
    by_name = {layer.name: layer for layer in layers}
    first = next((layer for layer in layers if layer.weights), layers[0])
    layer = by_name.get(option_chosen("layer"), first)
    place = tuple(
        min(side - 1, number_in_link(0, axis))
        for axis, side in zip(AXES[len(layer.output_shape)], layer.output_shape, strict=True)
    )
    return layer, place


def choose_place(layers: Sequence[Layer]) -> tuple[Layer, Place]:
    """Let a person choose a number of a layer's output; it is in the link."""
    by_name = {layer.name: layer for layer in layers}
    first = next((n for n, layer in enumerate(layers) if layer.weights), 0)
    layer = by_name[choose("Layer", list(by_name), "layer", default=first)]
    axes = AXES[len(layer.output_shape)]
    with st.container(horizontal=True):
        place = tuple(
            number_chosen(WORDS.get(axis, axis.title()), axis, side - 1)
            for axis, side in zip(axes, layer.output_shape, strict=True)
        )
    return layer, place


def open_unit(run: Run, layers: Sequence[Layer], seen: Seen) -> None:
    """Show the arithmetic of what was clicked in a scope just now, on the page of one step."""
    if found := _clicked(layers, seen.unit):
        open_place(run, *found, _moment(seen))


def open_given(run: Run, layers: Sequence[Layer], seen: Seen) -> None:
    """The same of a number that an activation function was given: what was clicked names it.

    `layers` are all of the network. Where the number was laid out anew before the function, its
    place is that in the layer that gave it.
    """
    by_name = {layer.name: layer for layer in layers}
    if seen.unit and (layer := by_name.get(seen.unit[0])):
        before = by_name.get(comes_from(layer, layers), layer)
        same = before.output_shape == layer.output_shape
        open_unit(run, layers, seen if same else replace(seen, unit=(before.name, seen.unit[1])))


def _moment(seen: Seen) -> dict[str, int]:
    return {} if seen.at is None else dict(zip(("step", "probe"), seen.at, strict=True))


def open_place(run: Run, layer: Layer, place: Place, moment: Mapping[str, int]) -> None:
    """Show how the number at a place of a layer's output is made, on the page of one step.

    `moment` says which number: `step`, and `probe` or, of any test input, `image`. Where it is
    empty, it is one of a training step.
    """
    put("layer", layer.name)  # a page with a field for it may not set it in the link
    told = dict(zip(AXES[len(place)], place, strict=True)) | dict(moment)
    link = {name: str(number) for name, number in told.items()}
    st.switch_page("step.py", query_params={"run": run.id, **link, **carried()})


def open_number(
    run: Run,
    layer: Layer,
    outputs: np.ndarray,
    moment: Mapping[str, int],
    unit: int | None = None,
) -> None:
    """A button that leads to how a layer's largest number is made; or to a unit pressed just now.

    `outputs` has the layer's output shape, or the first units of it; `moment` as in `open_place`.
    """
    if layer.watched:
        return
    pressed = st.button(
        "How a number here is made",
        key=f"made-{layer.name}",
        type="tertiary",
        icon=":material/calculate:",
        help="For this input and at this moment, term by term: a pressed bar, or the largest "
        "number.",
    )
    if unit is not None:
        open_place(run, layer, (unit,), moment)
    if pressed:
        largest = np.unravel_index(np.abs(outputs).argmax(), outputs.shape)
        open_place(run, layer, tuple(int(side) for side in largest), moment)


def follow(layers: Sequence[Layer], clicked: tuple[str, Cell] | None) -> None:
    """Choose what was clicked in the scope of this page just now."""
    if found := _clicked(layers, clicked):
        layer, place = found
        put("layer", layer.name)
        for axis, number in zip(AXES[len(place)], place, strict=True):
            keep_number(number, axis)
        st.rerun()


def _clicked(
    layers: Sequence[Layer], clicked: tuple[str, Cell] | None
) -> tuple[Layer, Place] | None:
    layer = next((one for one in layers if clicked and one.name == clicked[0]), None)
    place = place_at(layer, clicked[1]) if layer and clicked else None
    return (layer, place) if layer and not layer.watched and place is not None else None


def draw_number(settings: Settings, walk: Walk, layer: Layer, place: Place) -> None:
    """How a number is made: from the sum it begins with to what an activation makes of it."""
    for stage in way(settings.layers, layer.name):
        try:
            found = made(settings, walk, stage.name, place)
        except (IndexError, ValueError):
            _head(stage, place)
            st.caption("This layer has too many weights to be all here: choose a unit further up.")
            continue
        draw_stage(walk, stage, place, found)


def draw_stage(walk: Walk, stage: Layer, place: Place, found: Made) -> None:
    """How one layer made the number at a place."""
    _head(stage, place)
    if found.columns:
        columns = {name: st.column_config.NumberColumn(format="%.6g") for name in found.columns}
        st.dataframe(
            terms(found),
            hide_index=True,
            column_config=columns,
            height="content",
            placeholder="",
        )
    gave = float(walk.outputs[stage.name][place])
    st.write(f"{found.words} {_came_to(found, gave)}{_gradient(walk, stage, place)}")


def _head(stage: Layer, place: Place) -> None:
    st.markdown(f"**{stage.name}** · {stage.formula} · {named(place)}")


def terms(found: Made) -> pd.DataFrame:
    """The largest terms one by one, in their order of size; what adds up of the others as one row.

    Of what does not add up all rows are given in their own order.
    """
    table = pd.DataFrame({"Number": found.names, **found.columns})
    if not found.adds or len(table) <= SHOWN:
        return table if not found.adds else _with_sum(table, found)
    sizes = table[found.adds].abs().to_numpy()
    bias = np.array([name == "bias" for name in found.names])
    order = np.argsort(-np.where(bias, -1.0, sizes), kind="stable")[:SHOWN]
    rest = ~np.isin(np.arange(len(table)), order) & ~bias
    others = {"Number": f"the other {rest.sum():,}", found.adds: table[found.adds][rest].sum()}
    return _with_sum(pd.concat([table.iloc[order], pd.DataFrame([others]), table[bias]]), found)


def _with_sum(table: pd.DataFrame, found: Made) -> pd.DataFrame:
    total = pd.DataFrame([{"Number": "sum", found.adds: found.result}])
    return pd.concat([table, total], ignore_index=True)


def _came_to(found: Made, gave: float) -> str:
    return f"That is {found.result:.6g}; PyTorch gave **{gave:.6g}**."


def _gradient(walk: Walk, layer: Layer, place: Place) -> str:
    slopes = walk.slopes.get(layer.name)
    if slopes is None:
        return ""
    return f" ∂loss ÷ ∂ it = **{float(slopes[place]):.6g}**."

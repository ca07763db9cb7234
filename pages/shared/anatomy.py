"""Anatomy: what one layer does with one input, each kind in the way that shows it best."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from core.architectures.plans import Layer
from core.data.dataset import Dataset
from core.figures.before_after import before_after
from core.figures.embedding_plane import embedding_plane
from core.figures.feature_maps import feature_maps
from core.figures.numbers_over_time import numbers_over_time
from core.figures.shares import shares
from core.figures.states_over_time import states_over_time
from core.figures.unit_activations import unit_activations
from core.figures.weight_matrix import weight_matrix
from core.pictures import given_to
from core.records import Array, Moment
from core.runs import Run
from core.settings import Settings
from pages.shared.chart import still_chart
from pages.shared.inputs import Chosen, answer
from pages.shared.windows import draw_window


class Here(NamedTuple):
    """All that a drawer needs: the layer, what it was given and what it gave for one input."""

    run: Run
    settings: Settings
    dataset: Dataset
    layer: Layer
    moment: Moment
    given: np.ndarray | None
    gave: np.ndarray
    chosen: Chosen


def facts(layer: Layer) -> str:
    """A layer's formula, its sizes, what it costs and how much of the input it sees."""
    told = [layer.formula, layer.sizes]
    if layer.parameters:
        told.append(f"{layer.parameters:,} learned numbers")
    if layer.multiply_adds:
        told.append(f"{layer.multiply_adds:,} multiply-adds an input")
    if len(layer.output_shape) > 1 and layer.kind not in ("embedding", "positions"):
        seen = "all of the input" if layer.sees is None else f"{layer.sees} of the input's side"
        told.append(f"one output sees {seen}")
    return " · ".join(told)


def draw_anatomy(run: Run, settings: Settings, layer: Layer, step: int, chosen: Chosen) -> None:
    """Draw what a layer does with an input at a recorded moment."""
    found = answer(run.id, step, chosen.probe, chosen.inputs, run)
    moment = next(iter(run.moments([step])))
    gave = found.outputs[layer.name]
    given = _given(settings, layer, chosen, found.outputs)
    here = Here(run, settings, settings.dataset, layer, moment, given, gave, chosen)
    DRAWERS.get(layer.kind, _plain)(here)
    st.caption(found.note)


def _given(
    settings: Settings, layer: Layer, chosen: Chosen, outputs: dict[str, Any]
) -> np.ndarray | None:
    """What the layer was given for the chosen input; None where it was recorded in part only."""
    mine = {
        (name, "output"): Array(values[np.newaxis], units=_units(settings, name, values))
        for name, values in outputs.items()
    }
    one = Moment(0, 0, None, mine)  # of the chosen input alone
    try:
        return given_to(layer, settings.layers, one, chosen.probes(settings.dataset))[0]
    except (KeyError, ValueError):
        return None


def _units(settings: Settings, name: str, values: np.ndarray) -> int | None:
    """How many units a layer has where only some of them are here; else None."""
    shape = next(layer.output_shape for layer in settings.layers if layer.name == name)
    return None if values.shape == shape else shape[0]


def _given_for_what_it_gave(here: Here) -> np.ndarray | None:
    """What was given at the places of which the output was recorded, of the same shape."""
    if here.given is None or here.given.ndim != here.gave.ndim:
        return here.given
    return here.given[tuple(slice(side) for side in here.gave.shape)]


def _plain(here: Here) -> None:
    role = "pre-activation" if here.layer.gives_pre_activations else "activation"
    if here.gave.ndim == 2:
        still_chart(states_over_time(here.gave, quantity="value", role=role), "output")
    elif here.gave.ndim == 3:
        still_chart(feature_maps(here.gave, quantity="value"), "output")
    else:
        given = _given_for_what_it_gave(here) if here.layer.kind == "activation" else None
        pair = (here.gave, None) if role == "pre-activation" else (given, here.gave)
        still_chart(unit_activations(*pair), "output")


def _norm(here: Here) -> None:
    given = _given_for_what_it_gave(here)
    if given is not None:
        still_chart(before_after(given, here.gave, quantity="value"), "norm")
    arrays = {
        kind: array.numbers()
        for (name, kind), array in here.moment.arrays.items()
        if name == here.layer.name and kind in ("weight", "bias", "running_mean", "running_var")
    }
    titles = {"weight": "γ", "bias": "β", "running_mean": "running mean"}
    titles |= {"running_var": "running variance"}
    columns = {titles[kind]: values.ravel() for kind, values in arrays.items()}
    if here.layer.kind == "batchnorm" and here.given is not None and here.given.ndim > 1:
        axes = (1, 2) if here.given.ndim == 3 else (0,)
        columns["mean of this input"] = here.given.mean(axis=axes)
        columns["variance of this input"] = here.given.var(axis=axes)
    recorded = min(map(len, columns.values()), default=0)
    st.dataframe({name: values[:recorded] for name, values in columns.items()}, height=240)
    if here.layer.kind == "batchnorm":
        st.caption(
            "While training, each batch is shifted by its own mean and variance; the running ones, "
            "kept meanwhile, are used in evaluation and for these pictures."
        )


def _dropout(here: Here) -> None:
    share = here.layer.brick.share  # type: ignore[union-attr]
    st.write(
        f"While training, each number is set to zero with a probability of {share:.0%}, anew at "
        f"every step, and what stays is divided by {1 - share:g}."
    )
    array = here.moment.arrays.get((here.layer.name, "mask"))
    if array is not None:
        kept = array.values.reshape(len(array.values), -1)
        titles = {"x_title": "number", "y_title": "input of the batch"}
        still_chart(weight_matrix(kept, quantity="kept", scale=1.0, **titles), "mask")
        st.caption(
            f"The mask of this very step, for the first {len(kept)} inputs of its batch: coloured "
            f"numbers were kept, {kept.mean():.0%} of all."
        )
    st.write("In evaluation nothing is left out: what goes in comes out.")
    _plain(here)


def _embedding(here: Here) -> None:
    array = here.moment.arrays[here.layer.name, "weight"]
    symbols = here.dataset.alphabet[: len(array.values)]
    named = ["space" if symbol == " " else symbol for symbol in symbols]
    still_chart(embedding_plane(array.numbers(), named), "embedding")
    _plain(here)


def _container(here: Here) -> None:
    moments = here.run.moments(layer=here.layer.name, kinds=())
    mine = [m.numbers.get(here.layer.name, {}) for m in moments]
    names = [name for name in mine[-1] if name.endswith("_share")] if mine else []
    now = here.moment.numbers.get(here.layer.name, {})
    if here.layer.kind == "residual":
        skip = now.get("skip_share")
        if skip is not None:
            still_chart(shares(["skip", "block"], [skip, 1 - skip], kind="way"), "shares")
    elif names:
        titles = [name.removesuffix("_share") for name in names]
        still_chart(shares(titles, [now.get(name, np.nan) for name in names]), "shares")
    series = {name.removesuffix("_share"): [one.get(name) for one in mine] for name in names}
    if series:
        st.caption("The size of what comes through each, as a share of all, over the run:")
        still_chart(numbers_over_time([m.step for m in moments], series), "shares-over-time")
    _plain(here)


def _window(here: Here) -> None:
    draw_window(here.layer, here.moment, here.given, here.gave, here.chosen.inputs)
    _plain(here)


DRAWERS: dict[str, Callable[[Here], None]] = {
    "conv2d": _window,
    "maxpool2d": _window,
    "avgpool2d": _window,
    "batchnorm": _norm,
    "layernorm": _norm,
    "groupnorm": _norm,
    "dropout": _dropout,
    "embedding": _embedding,
    "residual": _container,
    "branches": _container,
}

"""Anatomy: what there is to be seen of one kind of layer alone."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from core.architectures.plans import PASSING, Layer
from core.architectures.seen import sees_words
from core.data.dataset import Dataset
from core.figures.before_after import before_after
from core.figures.embedding_plane import embedding_plane
from core.figures.numbers_over_time import numbers_over_time
from core.figures.shares import shares
from core.figures.weight_matrix import weight_matrix
from core.given import NotKnown, given_to
from core.records import Array, ArrayKey, Moment
from core.runs import Run
from core.settings import Settings
from pages.shared.asking import NoAnswer, weights_of
from pages.shared.backward import draw_reach
from pages.shared.chart import still_chart
from pages.shared.faults import part_told
from pages.shared.inputs import Chosen, answer
from pages.shared.windows import draw_window

NORM_COLUMNS = {
    **{"weight": "γ", "bias": "β", "running_mean": "running mean"},
    **{"batch_mean": "this batch's mean", "running_var": "running variance"},
    "batch_var": "this batch's variance",
}
"""The columns of a norm's table, by the array that each holds."""


class Here(NamedTuple):
    """All that a drawer needs: the layer, what it was given and what it gave for one input.

    `weights` are those that made it so; `why` says in a sentence why what it was given is not here.
    """

    run: Run
    settings: Settings
    dataset: Dataset
    layer: Layer
    moment: Moment
    given: np.ndarray | None
    gave: np.ndarray
    chosen: Chosen
    weights: dict[ArrayKey, Array]
    why: str


def facts(layer: Layer, kind: str) -> str:
    """A layer's formula, its sizes, what it costs and how much of an input of a kind it sees."""
    told = [layer.formula, layer.sizes]
    if layer.parameters:
        told.append(f"{layer.parameters:,} learned numbers")
    if layer.multiply_adds:
        told.append(f"{layer.multiply_adds:,} multiply-adds an input")
    if layer.kind not in PASSING and (seen := sees_words(layer, kind)):
        told.append(f"one output sees {seen}")
    return " · ".join(told)


def draw_kind(run: Run, settings: Settings, layer: Layer, step: int, chosen: Chosen) -> None:
    """Draw what is to be seen of this kind of layer alone, at a recorded moment.

    Where what the layer was given was recorded in part only, a worker computes it anew. Raises
    NoAnswer where the moment was thinned out just now.
    """
    if layer.kind not in DRAWERS:
        return
    found = answer(run.id, step, chosen.probe, chosen.inputs, run)
    moment = next(iter(run.moments([step])))
    weights = moment.arrays
    given, why = _given(settings, layer, moment, chosen, found.outputs)
    in_part = given is None or any(weights[layer.name, k].units is not None for k in layer.weights)
    if in_part and layer.kind in FROM_WHAT_IS_GIVEN and not (chosen.blank or layer.watched):
        try:
            whole = answer(run.id, step, None, chosen.inputs, run)
            weights = weights_of(run, step, whole.basis)
            found = whole
            given, why = _given(settings, layer, moment, chosen, whole.outputs)
        except NoAnswer as fault:
            st.caption(f"What this layer was given was recorded in part only. {fault}")
    gave = found.outputs.get(layer.name)
    if gave is None:  # of a watched network's layer that no pass reached, or that is another now
        st.caption("What this layer gave was not recorded at this moment.")
        return
    dataset = settings.dataset
    here = Here(run, settings, dataset, layer, moment, given, gave, chosen, weights, why)
    with part_told(layer.name):
        DRAWERS[layer.kind](here)
    st.caption(found.note)


def _given(
    settings: Settings, layer: Layer, moment: Moment, chosen: Chosen, outputs: dict[str, Any]
) -> tuple[np.ndarray | None, str]:
    """What the layer was given for the chosen input; None, and why, where it is not here."""
    mine = {
        (name, "output"): Array(values[np.newaxis], units=_units(settings, name, values))
        for name, values in outputs.items()
    }
    one = Moment(0, 0, None, mine, moment.numbers)  # of the chosen input alone
    inputs = None if chosen.blank else chosen.inputs[np.newaxis]
    try:
        return given_to(layer, settings.layers, one, inputs)[0], ""
    except NotKnown as fault:
        return None, str(fault)
    except (KeyError, ValueError):
        return None, "What this layer was given is not all here."


def _units(settings: Settings, name: str, values: np.ndarray) -> int | None:
    """How many units a layer has where only some of them are here; else None."""
    shape = next(layer.output_shape for layer in settings.layers if layer.name == name)
    return None if values.shape == shape else shape[0]


def _given_for_what_it_gave(here: Here) -> np.ndarray | None:
    """What was given at the places of which the output was recorded, of the same shape."""
    if here.given is None or here.given.ndim != here.gave.ndim:
        return here.given
    return here.given[tuple(slice(side) for side in here.gave.shape)]


def _norm(here: Here) -> None:
    given = _given_for_what_it_gave(here)
    if given is not None:
        still_chart(before_after(given, here.gave, quantity="value"), "norm")
    elif here.layer.watched:
        st.caption(here.why)
    arrays = {
        kind: array.numbers()
        for (name, kind), array in here.moment.arrays.items()
        if name == here.layer.name and kind in NORM_COLUMNS
    }
    columns = {told: arrays[k].ravel() for k, told in NORM_COLUMNS.items() if k in arrays}
    recorded = min(map(len, columns.values()), default=0)
    st.dataframe({name: values[:recorded] for name, values in columns.items()}, height=240)
    if here.layer.kind == "batchnorm":
        st.caption(
            "While training, each batch is shifted by its own mean and variance; the running ones, "
            "which take in a tenth of each batch's, are used in evaluation and in these pictures."
            + ("" if "batch_mean" in arrays else " No batch follows this moment, so it has none.")
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
        titles: dict[str, Any] = {"x_title": "number", "y_title": "input of the batch"}
        still_chart(weight_matrix(kept, quantity="kept", role="gate", **titles), "mask")
        st.caption(
            f"The mask of this very step, for the first {len(kept)} inputs of its batch: coloured "
            f"numbers were kept, {kept.mean():.0%} of all."
        )
    st.write("In evaluation nothing is left out: what goes in comes out.")


def _embedding(here: Here) -> None:
    array = here.moment.arrays[here.layer.name, "weight"]
    symbols = here.dataset.alphabet[: len(array.values)]
    named = ["space" if symbol == " " else symbol for symbol in symbols]
    still_chart(embedding_plane(array.numbers(), named), "embedding")


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


def _window(here: Here) -> None:
    if here.given is None and here.layer.field is None:
        if here.layer.watched:
            st.caption(here.why)
        return
    draw_window(here.layer, here.weights, here.given, here.gave, here.chosen.inputs, here.why)


def _recurrent(here: Here) -> None:
    if not here.layer.watched:
        draw_reach(here.run, here.settings, here.layer, here.moment.step, here.chosen.probe or 0)


FROM_WHAT_IS_GIVEN = ("conv2d", "maxpool2d", "avgpool2d", "batchnorm", "layernorm", "groupnorm")
"""Kinds whose figures need all that the layer was given."""
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
    **dict.fromkeys(("rnn", "lstm", "gru"), _recurrent),
}

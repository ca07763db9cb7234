"""Inputs: which image is looked at, and what every layer answers to it at a recorded moment."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from core.data import DATASETS, as_fed
from core.engine import engine
from core.runs import Run
from core.settings import Settings
from core.softmax import softmax


class NoAnswer(Exception):
    """What a layer gave for an image cannot be had; the text is a sentence that says why."""


class Answer(NamedTuple):
    """Every layer's output for one image, and the probabilities; `note` says how exact it is."""

    outputs: dict[str, np.ndarray]
    probabilities: np.ndarray
    note: str


def choose_image(settings: Settings) -> tuple[np.ndarray, int, int | None]:
    """Let a person choose a test image: one of each class, or any by its number.

    Gives the image (C, H, W) between 0 and 1, its class, and its place among the probe inputs.
    Raises DataError where the data set is not here.
    """
    dataset = DATASETS[settings.data]
    split = dataset.load_test()
    probes = dataset.probes(split)
    names = [dataset.classes[split.test_targets[place]] for place in probes]
    other = "any image"
    name = st.segmented_control(
        "Input",
        [*names, other],
        key="input",
        default=names[0],
        required=True,
        bind="query-params",
    )
    if name == other:
        last = len(split.test_targets) - 1
        place = st.number_input(
            f"Test image, 0 to {last:,}", 0, last, 0, key="image", bind="query-params", width=220
        )
        probe = probes.index(place) if place in probes else None
    else:
        probe = names.index(name) if name in names else 0
        place = probes[probe]
    return as_fed(split.test_inputs[place]), int(split.test_targets[place]), probe


@st.cache_data(max_entries=64, show_spinner="Asking a worker …")
def answer(run_id: str, step: int, place: int | None, image: np.ndarray, _run: Run) -> Answer:
    """What every layer gave for an image at a step: as recorded for a probe, else computed anew.

    Raises NoAnswer where it can be neither read nor computed.
    """
    settings, moments = _run.settings(), _run.moments([step])
    if not moments:
        raise NoAnswer("This moment was thinned out of the run just now. Choose another.")
    moment = moments[0]
    if place is not None:
        outputs = {
            layer: array.numbers()[place]
            for (layer, kind), array in moment.arrays.items()
            if kind == "output"
        }
        chances = softmax(outputs[settings.layers[-1].name])
        return Answer(outputs, chances, "As recorded, with 16 bits a number.")
    arrays, note = moment.arrays, "Computed by PyTorch from this moment's weights of 16 bits."
    if any(array.units is not None for (_, kind), array in arrays.items() if kind == "weight"):
        checkpoint = min(_run.steps(exact=True), key=lambda s: abs(s - step), default=None)
        if checkpoint is None:
            raise NoAnswer(
                "Only some units of this run's layers were recorded, and no exact weights were "
                "kept, so other images cannot be computed. Choose one of the recorded inputs."
            )
        arrays = _run.checkpoint(checkpoint).arrays
        note = (
            f"Computed by PyTorch from the exact weights of step {checkpoint:,}, the nearest kept."
        )
    weights = {
        key: array
        for key, array in arrays.items()
        if key[1] != "output" and not key[1].endswith("_gradient")
    }
    try:
        found = engine().outputs(settings, weights, image[np.newaxis])
    except Exception as fault:
        raise NoAnswer(
            f"No worker could compute this ({type(fault).__name__}). Try again in a moment, or "
            "choose one of the recorded inputs."
        ) from fault
    chances = found.pop("softmax")[0]
    return Answer({name: values[0] for name, values in found.items()}, chances, note)


def enlarged(image: np.ndarray, room: int = 252) -> np.ndarray:
    """An image (C, H, W) as a picture with hard pixels, dark on light, at most `room` wide."""
    side = max(1, room // image.shape[2])
    return 1 - np.kron(image.mean(axis=0), np.ones((side, side), np.float32))

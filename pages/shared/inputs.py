"""Inputs: which input is looked at, and what every layer answers to it at a recorded moment."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st

from core.answers import outputs
from core.architectures.layers import Layer
from core.data import as_fed
from core.data.dataset import Dataset
from core.given import NotKnown, source_of
from core.pictures import Probes, gives_probability, shares_of
from core.records import Moment
from core.runs import Run
from core.settings import Settings
from pages.shared import packed
from pages.shared.asking import Basis, NoAnswer, asked

BLANK = "The inputs are blank: the data of this run is not on this machine."


def told_outer(settings: Settings) -> str:
    """Which layers are shown where there are too many for all."""
    return (
        f"The outer {len(settings.cards)} of {len(settings.drawn_layers)} layers; every one can be "
        "seen under Inside a layer."
    )


class Answer(NamedTuple):
    """Every layer's output for one input, and its softmax; `basis` says how exact it is."""

    outputs: dict[str, np.ndarray]
    probabilities: np.ndarray
    basis: Basis
    numbers: dict[str, dict[str, float]] = {}
    """Of a recorded moment, by layer."""

    def before(self, layer: Layer, layers: Sequence[Layer]) -> np.ndarray | None:
        """What a layer's source gave, where that is what the layer was given and it is here."""
        try:
            source_of(layer, layers, Moment(0, 0.0, None, {}, self.numbers))
        except NotKnown:
            return None
        return self.outputs.get(layer.sources[0])

    @property
    def note(self) -> str:
        """A sentence on how exact it is."""
        return self.basis.note


class Chosen(NamedTuple):
    """One test input as a network is fed (no batch), its target, and its place among the probes."""

    inputs: np.ndarray
    target: np.ndarray
    probe: int | None
    blank: bool = False

    def probes(self, dataset: Dataset) -> Probes:
        """The input as a batch of one."""
        target = np.asarray(self.target)[np.newaxis]
        return Probes(dataset, self.inputs[np.newaxis], target, self.blank)


def choose_input(settings: Settings) -> Chosen:
    """Let a person choose a test input: one of those of every moment, or any by its number.

    Raises DataError where the data set is not here.
    """
    dataset = settings.dataset
    split = dataset.load_test()
    probes = dataset.probes(split)
    known = Probes(dataset, as_fed(split.test_inputs[list(probes)]), split.test_targets[[*probes]])
    labels = dict(enumerate(known.labels))
    names = [
        label if dataset.task == "classify" else f"{place + 1}: {label}"
        for place, label in labels.items()
    ]
    other = "any image" if dataset.kind == "image" else "any input"
    others = [] if dataset.watched else [other]
    name = st.segmented_control(
        "Input",
        [*names, *others],
        key="input",
        default=names[0],
        required=True,
        bind="query-params",
    )
    probe: int | None
    if name == other:
        last = len(split.test_targets) - 1
        word = "image" if dataset.kind == "image" else "input"
        place = st.number_input(
            f"Test {word}, 0 to {last:,}", 0, last, 0, key="image", bind="query-params", width=220
        )
        probe = probes.index(place) if place in probes else None
    else:
        probe = names.index(name) if name in names else 0
        place = probes[probe]
    return Chosen(as_fed(split.test_inputs[place]), split.test_targets[place], probe)


def probe_input(settings: Settings, number: int) -> Chosen:
    """One of the inputs that every moment looks at, by its number; the last where there are fewer.

    It is blank where the data set is not here.
    """
    known = packed.probe_inputs(settings)
    place = min(number, len(known) - 1)
    return Chosen(known.inputs[place], known.targets[place], place, known.blank)


@st.cache_data(max_entries=64, show_spinner="Asking a worker …")
def answer(run_id: str, step: int, place: int | None, image: np.ndarray, _run: Run) -> Answer:
    """What every layer gave for an input at a step: as recorded for a probe, else computed anew.

    Raises NoAnswer where it can be neither read nor computed.
    """
    settings, moments = _run.settings(), _run.moments([step])
    if not moments:
        raise NoAnswer("This moment was thinned out of the run just now. Choose another.")
    moment = moments[0]
    if place is not None:
        recorded = {
            layer: array.numbers()[place]
            for (layer, kind), array in moment.arrays.items()
            if kind == "output"
        }
        last = settings.layers[-1]
        if last.name not in recorded:
            raise NoAnswer("What the network gave was not recorded at this moment. Choose another.")
        said = moment.arrays[last.name, "output"].numbers()
        known = shares_of(settings.dataset, said, gives_probability(last))[place]
        basis = Basis(None, "As recorded, with 16 bits a number.")
        return Answer(recorded, known, basis, moment.numbers)
    found, basis = asked(_run, step, outputs, image[np.newaxis])
    shares = found.pop("softmax")[0]
    return Answer({name: values[0] for name, values in found.items()}, shares, basis)


def enlarged(image: np.ndarray, room: int = 252) -> np.ndarray:
    """An image (C, H, W) as a picture with hard pixels, at most `room` wide, if it can be.

    One of three channels is in colour, others are dark on light. Pixels are from 0 to 1; where they
    are not, the smallest and the largest become so, see `reach`.
    """
    side = max(1, room // image.shape[2])
    low, high = reach(image)
    image = (np.nan_to_num(image, nan=low, posinf=high, neginf=low) - low) / (high - low)
    if len(image) == 3:
        return image.transpose(1, 2, 0).repeat(side, axis=0).repeat(side, axis=1)
    return 1 - np.kron(image.mean(axis=0), np.ones((side, side), np.float32))


def reach(image: np.ndarray) -> tuple[float, float]:
    """The numbers that are drawn as 0 and as 1: those, or the smallest and largest finite ones."""
    finite = image[np.isfinite(image)].astype(np.float64)
    return float(finite.min(initial=0.0)), float(finite.max(initial=1.0))


def told_reach(image: np.ndarray) -> str:
    """A sentence on the colours of an image whose numbers are no pixels from 0 to 1, else ""."""
    low, high = reach(image)
    ends = ("dark", "bright") if len(image) == 3 else ("light", "dark")
    told = (
        []
        if (low, high) == (0.0, 1.0)
        else [f"from {low:.3g}, {ends[0]}, to {high:.3g}, {ends[1]}"]
    )
    told += [] if len(image) in (1, 3) else [f"the mean of its {len(image)} channels"]
    lost = np.count_nonzero(~np.isfinite(image))
    told += [f"{lost:,} of its numbers are not finite"] if lost else []
    return f"As it is fed: {'; '.join(told)}.".replace("-", "−") if told else ""

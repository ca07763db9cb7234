"""Probe inputs: what is looked at in every moment, and what a network says of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.activation import Reals
from core.architectures.plans import Layer
from core.data.dataset import MOST_CLASSES as MOST_PROBED
from core.data.dataset import PROBES, DataError, Dataset, as_fed
from core.pictures.guarded import Faults
from core.pictures.panels import Panel
from core.pictures.planes import (
    arranged,
    display_scale,
    neat_scale,
    not_finite,
    signed_bytes,
    unsigned_bytes,
)
from core.records import Array
from core.softmax import chances, softmax, two_logits

MOST_CLASSES = 1_000


@dataclass(frozen=True)
class Probes:
    """Some inputs of a data set, as a network is fed, and their targets (both batch first).

    `blank`: they stand for inputs that are not on this machine, and nothing follows from them.
    """

    dataset: Dataset
    inputs: np.ndarray
    targets: np.ndarray
    blank: bool = False

    def __len__(self) -> int:
        """How many inputs there are."""
        return len(self.inputs)

    @property
    def labels(self) -> list[str]:
        """What each input is, in a word: its class, its true number, or its text."""
        return [self._label(place) for place in range(len(self))]

    def _label(self, place: int) -> str:
        dataset, target = self.dataset, self.targets[place]
        if dataset.watched and target < 0:
            return f"input {place + 1}"
        if dataset.task == "classify":
            return dataset.classes[int(target)]
        if dataset.task == "next":
            return self.text(place)[:16]
        return told_number(in_unit(dataset, target)[0], dataset)

    def text(self, place: int) -> str:
        """The symbols of an input, one after another; empty where it has none."""
        if not self.dataset.alphabet:
            return ""
        return "".join(self.dataset.alphabet[symbol] for symbol in self.inputs[place])

    def told(self) -> dict:
        """The header's part: the task, what is told apart or predicted, and each input's truth."""
        dataset, quantity = self.dataset, self.dataset.quantity
        names = dataset.alphabet if dataset.task == "next" else dataset.classes
        probes = []
        for place, label in enumerate(self.labels):
            target = self.targets[place]
            one: dict = {"label": label, "text": self.text(place)}
            if dataset.kind == "sequence":
                lines = dataset.lines(np.asarray(self.inputs[place], np.float64))
                one |= {"lines": [[_finite(float(f"{v:.3g}")) for v in line] for line in lines]}
            if dataset.task == "regress":
                one |= {"truth": [_finite(round(float(v), 4)) for v in in_unit(dataset, target)]}
                if dataset.kind == "sequence" and dataset.shape[1] == 1:
                    past = in_unit(dataset, self.inputs[place, :, 0])
                    one |= {"past": [_finite(round(float(v), 4)) for v in past]}
            elif dataset.task != "other" and (not dataset.watched or target >= 0):
                one |= {"class": int(target if dataset.task == "classify" else target[-1])}
            probes.append(one)
        unit = ", ".join(filter(None, (quantity.name, quantity.unit))) if quantity else ""
        return {"task": dataset.task, "classes": list(names), "quantity": unit, "probes": probes}

    def panel(self) -> Panel | None:
        """The picture of the input; None of symbols, which are text, and of sequences: lines."""
        if self.dataset.kind in ("symbols", "sequence"):
            return None
        shape, images = self.dataset.shape, self.dataset.kind == "image"
        if images:
            pictures = channels_first(self.inputs) if self.dataset.watched else self.inputs
            shape = pictures.shape[1:]
            looks_at, cell, numbers = (1, *shape[1:]), "pixel", pictures
        else:
            looks_at, cell, numbers = (shape[0],), "unit", self.inputs
        panel = Panel("input/image", "input", "", ("input", ""), looks_at, len(self), 1, "", cell)
        panel.tiles, panel.histogram = shape[0] if images else 1, False
        panel.fixed = Array(numbers)
        panel.place(0)
        panel.planes[0] |= {"signed": not self._bright, "columns": 1}
        panel.planes[0] |= {"colour": self._bright and shape[0] == 3}
        return panel

    @property
    def _bright(self) -> bool:
        """Whether they are images of pixels from 0 to 1; a watched network may be given others."""
        if self.dataset.kind != "image" or not self.dataset.watched:
            return self.dataset.kind == "image"
        return bool(self.inputs.min() >= 0 and self.inputs.max() <= 1)

    def picture(self, panel: Panel) -> tuple[np.ndarray, dict[str, float]]:
        """The bytes of the input's plane, and what a frame's "scales" say of it: see `Panel.paint`.

        Its scale is the number that its strongest colour stands for.
        """
        assert panel.fixed is not None
        numbers = panel.fixed.values
        if self._bright:
            return unsigned_bytes(numbers, 1.0), {panel.id: 1.0}
        scale = neat_scale(display_scale(numbers))
        tiles = signed_bytes(numbers.reshape(len(self) * panel.tiles, -1), scale)
        marks = not_finite(panel.id, tiles, len(self))
        return arranged(tiles, panel.looks_at), {panel.id: scale} | marks


def input_card(
    probes: Probes, entries: Sequence[dict], faults: Faults, size: str = ""
) -> tuple[dict, list[np.ndarray], dict]:
    """The card of the inputs, its still planes, and its part of the header.

    What the "scales" of a frame say of it is added to the `entries`, and stands in the header for
    the live frames, which do not bring it.
    """
    told: dict = {"id": "input", "kind": "input", "title": "input", "formula": "", "note": ""}
    told |= {"link": None, "planes": [], "sizes": size}
    with faults.noted("input"):
        panel = probes.panel()
        if panel is None:
            return told, [], {}
        picture, scales = probes.picture(panel)
        if panel.planes[0]["signed"] and panel.cell == "pixel":
            told["note"] = f"colours reach ±{scales[panel.id]:g}"
        for entry in entries:
            entry["scales"] |= scales
        return told | {"planes": panel.planes}, [picture], {"still_scales": scales}
    return told, [], {}


def channels_first(images: np.ndarray) -> np.ndarray:
    """Images (n, channels, height, width); of (n, height, width, channels) with up to four channels
    the same, so that they can be seen.
    """
    *sides, last = images.shape[1:]
    return images.transpose(0, 3, 1, 2) if last <= 4 < min(sides) else images


def _finite(value: float) -> float | None:
    """A number that JSON knows; None for NaN and infinities."""
    return value if math.isfinite(value) else None


def says(
    dataset: Dataset, output: np.ndarray, softmaxed: bool = False
) -> list[list[float] | None] | None:
    """What a network says of each input: probabilities, or numbers in the quantity's unit.

    `output` is the last layer's, (n, …), `softmaxed` that it holds probabilities for sure; of a
    watched network it may. One logit tells two classes apart. Of symbols: the one after the last.
    None where there are too many to be shown, and for an input of which that is no finite number.
    """
    if dataset.task == "other":
        return None
    if dataset.task == "regress":
        values = in_unit(dataset, output).reshape(len(output), -1)
        return [
            [float(f"{value:.6g}") for value in row] if np.isfinite(row).all() else None
            for row in values
        ]
    logits = output[:, -1] if dataset.task == "next" and output.ndim == 3 else output
    if logits.ndim != 2 or logits.shape[1] > MOST_CLASSES:
        return None
    return [
        [round(float(share), 4) for share in row] if np.isfinite(row).all() else None
        for row in shares_of(dataset, logits, softmaxed)
    ]


def gives_probability(last: Layer) -> bool:
    """Whether the last layer gives the probability of the second of two classes: by a sigmoid."""
    return last.output_shape == (1,) and last.bends is not None and last.bends.name == "sigmoid"


def shares_of(dataset: Dataset, logits: np.ndarray, softmaxed: bool = False) -> Reals:
    """The probability of each class by what a network gave, (n, classes) or one logit of two."""
    if logits.shape[-1] == 1 and len(dataset.classes) == 2:
        already = np.concatenate([1 - logits, logits], axis=-1, dtype=np.float64)
        return already if softmaxed else softmax(two_logits(logits))
    return np.asarray(logits, np.float64) if softmaxed else chances(logits, dataset.watched)


def last_words(dataset: Dataset) -> str:
    """What the outputs of a network's last layer are."""
    return "outputs" if dataset.task in ("regress", "other") else "outputs before softmax"


def in_unit(dataset: Dataset, standardised: np.ndarray) -> np.ndarray:
    """Standardised numbers in the unit of the data set's quantity, float64."""
    quantity, numbers = dataset.quantity, np.asarray(standardised, np.float64)
    return numbers * quantity.spread + quantity.mean if quantity else numbers


def told_number(number: float, dataset: Dataset) -> str:
    """A predicted number with its unit, "9.5 thousand"."""
    quantity = dataset.quantity
    digits = max(0, 2 - math.floor(math.log10(abs(quantity.spread)))) if quantity else 3
    shown = f"{number:,.{digits}f}" if digits <= 6 and abs(number) < 1e15 else f"{number:.4g}"
    return shown + (f" {quantity.unit}" if quantity else "")


def probes_of(dataset: Dataset) -> Probes:
    """What every moment of a run looks at: one input of each class, or ten from all over.

    Blank inputs where the data set is not on this machine, as with a run brought from elsewhere.
    """
    try:
        split = dataset.load_test()
    except DataError:
        return blank_probes(dataset, min(len(dataset.classes), MOST_PROBED) or PROBES)
    chosen = list(dataset.probes(split))
    return Probes(dataset, as_fed(split.test_inputs[chosen]), split.test_targets[chosen])


def blank_probes(dataset: Dataset, count: int) -> Probes:
    """Inputs of nothing, where the data set is not on this machine."""
    kind = np.int64 if dataset.kind == "symbols" else np.float32
    targets: Sequence[int] | np.ndarray = np.arange(count) % max(1, len(dataset.classes))
    if dataset.task == "regress":
        targets = np.zeros((count, *dataset.output_shape), np.float32)
    if dataset.task == "next":
        targets = np.zeros((count, *dataset.shape), np.int64)
    inputs = np.zeros((count, *dataset.shape), kind)
    return Probes(dataset, inputs, np.asarray(targets), blank=True)

"""Strips: the network from input to prediction, a card a layer, a frame a moment."""

import json
import math
from collections.abc import Iterator, Sequence
from typing import Literal
from zlib import crc32

import numpy as np

from core.architectures.bricks import sizes
from core.architectures.plans import Layer
from core.data.dataset import Dataset
from core.pictures.guarded import Faults, blank
from core.pictures.inputs import Probes, gives_probability, input_card, last_words, says
from core.pictures.packing import pack
from core.pictures.panels import Panel, output_panel, weight_panel
from core.pictures.planes import LEAST_SCALE, neat_scale
from core.records import Array, Moment
from core.zones import zones_at


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


NO_GRADIENT = "the last moment has none, no step follows it: go one moment back"
Role = Literal["weight", "gradient"]
NORMS: dict[str, tuple[Role, str, str]] = {
    "weight_norm": ("weight", "W", ".3g"),
    "gradient_norm": ("gradient", "∇W", ".2g"),
}
"""Recorded sizes of all of a layer's weights together: whose, of what, with how many digits."""
SHARES = {
    "skip_share": "through the skip",
    **{f"branch{n}_share": f"through branch {n}" for n in range(1, 17)},
}


def card(layer: Layer, panels: Sequence[Panel], **changes: str) -> dict:
    """The header's card of a layer with these (placed) panels."""
    notes = dict.fromkeys(panel.note for panel in panels if panel.note)
    told: dict = {"id": layer.name, "kind": layer.kind, "title": layer.name, "link": None}
    told |= {"formula": layer.formula, "sizes": layer.sizes, "note": "; ".join(notes)}
    return told | changes | {"planes": [plane for panel in panels for plane in panel.planes]}


def frame(
    moment: Moment,
    panels: Sequence[Panel],
    shared: dict[str, float],
    numbers: dict[str, dict],
    faults: Faults,
) -> tuple[dict, list[np.ndarray]]:
    """A moment's entry in the header and its planes; `shared` has scales by panel, else its own.

    What cannot be painted is blank and noted among the `faults`.
    """
    scales: dict[str, float] = {}
    planes: list[np.ndarray] = []
    for panel in panels:
        if panel.fixed is None:
            painted, array = blank(panel), moment.arrays.get(panel.source)
            scales[panel.id] = 0.0
            with faults.noted(panel.id):
                scale = shared.get(panel.id) or neat_scale(panel.reach(array) or 1.0)
                painted = panel.paint(array, scale, scales)
            planes += painted
    loss = moment.loss if moment.loss is not None and math.isfinite(moment.loss) else None
    epoch = round(moment.epoch, 4) if moment.epoch >= 0 else None
    told = {"step": moment.step, "epoch": epoch, "loss": loss, "bars": None}
    return told | {"numbers": numbers, "scales": scales}, planes


def shared_scales(
    panels: Sequence[Panel], moments: Sequence[Moment], faults: Faults
) -> dict[str, float]:
    """One scale a panel for all moments, so that a colour means the same at every step.

    A run that explodes must not pale its start: the scale is at most 8 times the median's.
    """
    shared = {}
    for panel in panels:
        arrays = [panel.fixed or moment.arrays.get(panel.source) for moment in moments]
        with faults.noted(panel.id):
            found = [panel.reach(array) for array in arrays if array is not None]
            if found and not panel.own_scale:
                most = min(max(found), 8 * max(np.median(found), LEAST_SCALE))
                shared[panel.id] = neat_scale(most)
    return shared


def learned_numbers(
    layer: Layer, moment: Moment, compared: bool = False
) -> dict[Role, dict[str, str]]:
    """How large a layer's weights and gradients are, as a person reads it.

    One layer's are norms, ‖W‖. Layers of different sizes are `compared` by the root mean square of
    one number, ‖W‖ ÷ √n: a norm grows with how many numbers there are.
    """
    recorded, told = moment.numbers.get(layer.name, {}), {}
    count = sum(math.prod(layer.weights[kind]) for kind in layer.pictured)
    for name, (role, symbol, form) in NORMS.items():
        if name in recorded:
            size = recorded[name] / math.sqrt(max(1, count)) if compared else recorded[name]
            told[role] = {f"RMS of {symbol}" if compared else f"‖{symbol}‖": f"{size:{form}}"}
    if "update_ratio" in recorded:
        told.setdefault("weight", {})["‖ΔW‖ ÷ ‖W‖"] = f"{recorded['update_ratio']:.2g}"
    return told


def passed_numbers(layer: Layer, layers: Sequence[Layer], moment: Moment) -> dict[str, str]:
    """What is counted of what passes a layer, as a person reads it: {"dead units": "0 of 6"}.

    One input cannot say that none reaches a unit: of it the share of values is told.
    """
    recorded = moment.numbers.get(layer.name, {})
    told = {word: _percent(recorded[name]) for name, word in SHARES.items() if name in recorded}
    if zones := zones_at(layer, layers, moment):
        if zones.dead is None:
            told["values in the dead zone"] = _percent(zones.in_dead_zone)
        else:
            told["dead units"] = f"{zones.dead:,} of {zones.units:,}"
        told["saturated values"] = _percent(zones.saturated)
    return told


def layer_numbers(layer: Layer, layers: Sequence[Layer], moment: Moment) -> dict[str, str]:
    """A layer's numbers at a moment, beside those of the other layers."""
    learned = learned_numbers(layer, moment, compared=True)
    sizes = {word: text for told in learned.values() for word, text in told.items()}
    return sizes | passed_numbers(layer, layers, moment)


def _said(
    dataset: Dataset, layers: Sequence[Layer], moment: Moment
) -> list[list[float] | None] | None:
    """What the network says of each probe input, (probes, …)."""
    array = moment.arrays.get((layers[-1].name, "output")) if layers else None
    if array is None:
        return None
    return says(dataset, array.numbers(), gives_probability(layers[-1]))


def _layer_panels(
    dataset: Dataset,
    layers: Sequence[Layer],
    moments: Sequence[Moment],
    probes: int,
    faults: Faults,
) -> list[list[Panel]]:
    """The placed panels of each layer, from the shapes that were recorded or else planned."""
    found: dict[tuple[str, str], Array] = {}
    for moment in reversed(moments):
        found |= moment.arrays
    offset, cards = 0, []
    for layer in layers:
        panels: list[Panel] = []
        with faults.noted(layer.name):
            last = layer is layers[-1]
            words = last_words(dataset) if last and layer.kind == "linear" else ""
            room = room_for(layer, len(moments))
            for panel in _panels_of(layer, found, probes, words, room):
                offset = panel.place(offset)
                panels.append(panel)
        cards.append(panels)
    return cards


def _panels_of(
    layer: Layer, found: dict[tuple[str, str], Array], probes: int, words: str, room: int
) -> Iterator[Panel]:
    """A layer's weights and its outputs."""
    for kind in layer.pictured:
        weight = found.get((layer.name, kind))
        shape = weight.values.shape if weight else layer.weights[kind]
        yield weight_panel(layer, shape, weight.units if weight else None, kind)
    output = found.get((layer.name, "output"))
    shape = output.values.shape if output else (probes, *layer.output_shape)
    if shape[0] and layer.watched != "weights":
        yield output_panel(layer, shape, output.units if output else None, words, room)


def room_for(layer: Layer, frames: int, most: int = 4) -> int:
    """How many times the usual numbers of a foreign layer are drawn: more where frames are few."""
    return max(1, most // max(1, frames)) if layer.watched else 1


def layout_of(cards: list[dict]) -> int:
    """A number that changes when any card or plane is laid out differently."""
    return crc32(json.dumps(cards).encode())


def _frames(
    dataset: Dataset,
    layers: Sequence[Layer],
    panels: Sequence[Panel],
    moments: Sequence[Moment],
    share: bool,
    faults: Faults,
) -> tuple[list[dict], list[list[np.ndarray]]]:
    shared = shared_scales(panels, moments, faults) if share else {}
    told, planes = [], []
    for moment in moments:
        numbers = {layer.name: layer_numbers(layer, layers, moment) for layer in layers}
        entry, painted = frame(moment, panels, shared, numbers, faults)
        with faults.noted("prediction"):
            entry["bars"] = _said(dataset, layers, moment)
        told.append(entry)
        planes.append(painted)
    return told, planes


def strip(
    run_id: str,
    settings_title: str,
    layers: Sequence[Layer],
    probes: Probes,
    moments: Sequence[Moment],
    *,
    live: bool,
    url: str | None,
    step: int | None = None,
    autoplay: bool = False,
    probe: int = 0,
    untrained: bool = False,
) -> bytes:
    """The layer strip from the input to the prediction, a frame for every moment.

    With a `url` the browser goes on with the live frames it gets there. `untrained`: what the
    network says at step 0 is that of random weights.
    """
    faults = Faults()
    panels = _layer_panels(probes.dataset, layers, moments, len(probes), faults)
    cards = [card(layer, of) for layer, of in zip(layers, panels, strict=True)]
    told = {"run": run_id, "title": settings_title, "live": live, "url": url, "step": step}
    told |= {"untrained": untrained, "autoplay": autoplay, "probe": probe}
    told |= {"opens": not probes.dataset.watched}
    placed = [panel for of in panels for panel in of]
    return pictured(probes, layers, cards, placed, moments, told, faults, share=not live)


def pictured(
    probes: Probes,
    layers: Sequence[Layer],
    cards: list[dict],
    panels: Sequence[Panel],
    moments: Sequence[Moment],
    told: dict,
    faults: Faults,
    share: bool = False,
) -> bytes:
    """A strip of these cards, from the input to the prediction; `told` is added to its header.

    With `share` a panel has one scale for all moments.
    """
    plain: dict = {"formula": "", "note": "", "link": None, "planes": []}
    frames, planes = _frames(probes.dataset, layers, panels, moments, share, faults)
    first, still, more = input_card(probes, frames, faults, sizes(probes.dataset.shape))
    last = [] if probes.dataset.task == "other" else [plain | _prediction(probes.dataset, layers)]
    faults.told([first, *cards, *last])
    header: dict = {"cards": [first, *cards, *last]}
    header |= {"view": "strip", "layout": layout_of(cards), "frames": frames}
    header |= {"live": False, "url": None, "step": None, "autoplay": False, "probe": 0}
    return pack(header | probes.told() | more | told, planes, still)


def _prediction(dataset: Dataset, layers: Sequence[Layer]) -> dict:
    told = {"id": "prediction", "kind": "prediction", "title": "prediction"}
    if dataset.task == "regress":
        return told | {"sizes": sizes(dataset.output_shape)}
    many = len(dataset.alphabet if dataset.task == "next" else dataset.classes)
    word = "symbols" if dataset.task == "next" else "classes"
    alone = layers[-1:] and layers[-1].output_shape == (1,)
    return told | {"formula": "σ(y)" if alone else "softmax(y)", "sizes": f"{many} {word}"}


def live_frame(dataset: Dataset, layers: Sequence[Layer], moment: Moment) -> bytes:
    """One moment for those who watch: the strip's layer planes, without the probe inputs.

    "layer_cards" describes the planes; who knows "layout" already need not look at them.
    """
    faults = Faults()
    panels = _layer_panels(dataset, layers, [moment], 0, faults)
    cards = [card(layer, of) for layer, of in zip(layers, panels, strict=True)]
    placed = [panel for of in panels for panel in of]
    told, planes = _frames(dataset, layers, placed, [moment], False, faults)
    faults.told(cards)
    return pack({"layer_cards": cards, "layout": layout_of(cards), "frames": told}, planes)

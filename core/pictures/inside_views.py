"""Inside views: what goes on in a layer with states, gates or attention, over all moments of a run.

Computed from the recorded weights and the recorded outputs of the layer before, for the probe
inputs. No torch here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.architectures.plans import PASSING, Layer
from core.attention import attention
from core.pictures.inputs import Probes
from core.pictures.packing import pack
from core.pictures.panels import Panel
from core.pictures.strips import card, frame, layout_of, shared_scales
from core.records import Array, Moment
from core.recurrent import PARTS, states

ROLES = {"gate": "gate", "state": "activation", "pre_activation": "pre-activation"}
KINDS = ("rnn", "lstm", "gru", "selfattention")


@dataclass(frozen=True)
class Part:
    """One thing to be seen inside: (probes, time, units), and how it is drawn."""

    name: str
    role: str
    values: np.ndarray
    between_0_and_1: bool
    told: str


def given_to(layer: Layer, layers: Sequence[Layer], moment: Moment, probes: Probes) -> np.ndarray:
    """What a layer was given for the probe inputs, (probes, …); KeyError where it is not recorded.

    Of what was recorded in part it cannot be told: ValueError.
    """
    by_name = {one.name: one for one in layers}
    source = layer.sources[0]
    if source == "":
        return probes.inputs
    before = by_name[source]
    if before.kind in PASSING:
        inputs = given_to(before, layers, moment, probes)
        if before.kind == "rows":
            inputs = inputs.swapaxes(1, 2)
        return inputs.reshape(len(inputs), *before.output_shape)
    array = moment.arrays[source, "output"]
    if array.units is not None:
        raise ValueError(f"only some units of {source} were recorded")
    return array.numbers()


def parts_of(layer: Layer, moment: Moment, inputs: np.ndarray) -> list[Part]:
    """Every gate and state of a recurrent layer, or every head's map, for inputs (n, time, …).

    Raises KeyError where a weight was not recorded, ValueError where only some units of it were.
    """
    arrays = {kind: moment.arrays[layer.name, kind] for kind in layer.weights}
    if any(array.units is not None for array in arrays.values()):
        raise ValueError(f"only some units of {layer.name} were recorded")
    weights = {kind: array.numbers() for kind, array in arrays.items()}
    brick = layer.brick
    if brick.kind == "selfattention":
        maps = attention(weights, inputs, brick.heads, brick.causal).maps.swapaxes(2, 3)
        told = "each row's step takes from each column's"
        return [
            Part(f"head {head + 1}", "gate", maps[:, head], True, told)
            for head in range(brick.heads)
        ]
    found = states(brick, weights, inputs)  # type: ignore[arg-type]
    roles = PARTS[brick.kind]
    many = len(found.places) > 1
    return [
        Part(
            f"{name} {place.replace('_', ' ')}" if many else name,
            ROLES[roles[name]],
            values,
            roles[name] == "gate",
            "time → × unit ↓",
        )
        for (place, name), values in found.parts.items()
    ]


def inside_view(
    run_id: str,
    layer: Layer,
    layers: Sequence[Layer],
    probes: Probes,
    moments: Sequence[Moment],
    *,
    step: int | None = None,
    probe: int = 0,
    url: str | None = None,
) -> bytes:
    """A card for each gate and state of a layer of `KINDS`, a frame for every moment.

    Gates and maps reach from 0 to 1 in every frame; each state has one scale for the whole run.
    Moments of which the layer's weights or inputs were not recorded whole are left out. With a
    `url` the browser goes on with the live frames it gets there.
    """
    seen: list[tuple[Moment, list[Part]]] = []
    for moment in moments:
        try:
            inputs = given_to(layer, layers, moment, probes)
            seen.append((moment, parts_of(layer, moment, inputs)))
        except (KeyError, ValueError):
            continue
    header: dict = {"view": "inside", "run": run_id, "title": layer.name}
    header |= {
        "live": url is not None,
        "url": url,
        "step": step,
        "autoplay": False,
        "probe": probe,
    } | probes.told()
    if not seen:
        return pack(header | {"cards": [], "frames": [], "layout": 0}, [])
    panels, drawn = _panels(seen[0][1]), [_drawn(moment, parts) for moment, parts in seen]
    scales = shared_scales(panels, drawn) | _gates_scales(seen[0][1])
    told, planes = [], []
    for moment in drawn:
        entry, painted = frame(moment, panels, scales, {})
        told.append(entry)
        planes.append(painted)
    first: dict = {"id": "input", "kind": "input", "title": "input", "formula": "", "note": ""}
    first |= {"link": None, "planes": [], "sizes": ""}
    inputs_panel, still = probes.panel(), []
    if inputs_panel is not None:
        picture, scale = probes.picture(inputs_panel)
        first["planes"], still = inputs_panel.planes, [picture]
        for entry in told:
            entry["scales"][inputs_panel.id] = scale
    cards = _cards(layer, panels)
    header |= {"cards": [first, *cards], "frames": told, "layout": layout_of(cards)}
    return pack(header, planes, still)


def live_inside(
    layer: Layer, layers: Sequence[Layer], probes: Probes, moment: Moment
) -> bytes | None:
    """One moment for those who watch a layer from inside; None where it was not recorded whole."""
    try:
        parts = parts_of(layer, moment, given_to(layer, layers, moment, probes))
    except (KeyError, ValueError):
        return None
    panels = _panels(parts)
    cards = _cards(layer, panels)
    entry, planes = frame(_drawn(moment, parts), panels, _gates_scales(parts), {})
    return pack({"layer_cards": cards, "layout": layout_of(cards), "frames": [entry]}, [planes])


def _panels(parts: Sequence[Part]) -> list[Panel]:
    panels, offset = [], 0
    for part in parts:
        shape = part.values.shape
        key = (part.name, "output")
        looks_at = (1, shape[2], shape[1])
        panel = Panel(part.name, part.role, part.told, key, looks_at, shape[0], 1, "", "step")
        offset = panel.place(offset)
        panels.append(panel)
    return panels


def _cards(layer: Layer, panels: Sequence[Panel]) -> list[dict]:
    return [card(layer, [one], id=one.id, title=one.id, formula="", sizes="") for one in panels]


def _drawn(moment: Moment, parts: Sequence[Part]) -> Moment:
    """The parts as a moment's arrays, so that they are painted like recorded ones."""
    arrays = {(part.name, "output"): Array(part.values) for part in parts}
    return Moment(moment.step, moment.epoch, moment.loss, arrays)


def _gates_scales(parts: Sequence[Part]) -> dict[str, float]:
    return {part.name: 1.0 for part in parts if part.between_0_and_1}

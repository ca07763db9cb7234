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
) -> bytes:
    """A card for each gate and state of a layer of `KINDS`, a frame for every moment.

    Gates and maps reach from 0 to 1 in every frame; each state has one scale for the whole run.
    Moments of which the layer's weights or inputs were not recorded whole are left out.
    """
    seen: list[tuple[Moment, list[Part]]] = []
    for moment in moments:
        try:
            inputs = given_to(layer, layers, moment, probes)
            seen.append((moment, parts_of(layer, moment, inputs)))
        except (KeyError, ValueError):
            continue
    header: dict = {"view": "inside", "run": run_id, "title": layer.name, "live": False}
    header |= {"url": None, "step": step, "autoplay": False, "probe": probe} | probes.told()
    if not seen:
        return pack(header | {"cards": [], "frames": [], "layout": 0}, [])
    panels, offset = [], 0
    for part in seen[0][1]:
        shape = part.values.shape
        key = (part.name, "output")
        looks_at = (1, shape[2], shape[1])
        panel = Panel(part.name, part.role, part.told, key, looks_at, shape[0], 1, "", "step")
        offset = panel.place(offset)
        panels.append(panel)
    drawn = [
        Moment(m.step, m.epoch, m.loss, {(p.name, "output"): Array(p.values) for p in parts})
        for m, parts in seen
    ]
    scales = shared_scales(panels, drawn)
    scales |= {part.name: 1.0 for part in seen[0][1] if part.between_0_and_1}
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
    cards = [
        card(layer, [panel], id=panel.id, title=panel.id, formula="", sizes="") for panel in panels
    ]
    header |= {"cards": [first, *cards], "frames": told, "layout": layout_of(cards)}
    return pack(header, planes, still)

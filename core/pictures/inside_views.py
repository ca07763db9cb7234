"""Inside views: one layer's whole anatomy, in the same order for every kind, over all moments.

Weights → gates and states → pre-activation → activation → gradient, a card each, for the probe
inputs. What a layer without weights was given stands where others have their weights.
"""

from collections.abc import Sequence
from typing import NamedTuple

from core.architectures.layers import comes_from
from core.architectures.plans import Layer
from core.pictures.inputs import Probes, input_card, last_words
from core.pictures.packing import pack
from core.pictures.panels import Panel, output_panel, told_weights, weight_panel
from core.pictures.parts import KINDS, Contradiction, Part, given_to, parts_of
from core.pictures.strips import (
    NO_GRADIENT,
    card,
    frame,
    layout_of,
    learned_numbers,
    passed_numbers,
    room_for,
    shared_scales,
)
from core.records import Array, ArrayKey, Moment
from core.recurrent import PARTS

NORMS = ("batchnorm", "layernorm", "groupnorm")
IN_PART = "what goes on inside needs all of its weights and of its input; some were recorded"


def bent_by(layer: Layer, layers: Sequence[Layer]) -> Layer | None:
    """The activation layer that a layer's outputs go through, maybe after a norm; else None."""
    followers = [one for one in layers if one.sources == (layer.name,)]
    if not layer.gives_pre_activations or len(followers) != 1:
        return None
    if followers[0].kind == "activation":
        return followers[0]
    return bent_by(followers[0], layers) if followers[0].kind in NORMS else None


def needed(layer: Layer, layers: Sequence[Layer]) -> tuple[str, ...]:
    """The layers whose arrays an inside view is made of, by name."""
    bent, before = bent_by(layer, layers), comes_from(layer, layers)
    return tuple(filter(None, dict.fromkeys((layer.name, before, bent.name if bent else ""))))


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
    """A card for each stage of a layer, a frame for every moment.

    Gates and maps reach from 0 to 1 in every frame, a gradient has its own scale at each; all
    others have one scale for the whole run. With a `url` the browser goes on with the live frames
    it gets there.
    """
    header: dict = {"view": "inside", "run": run_id, "title": layer.name}
    header |= {"live": url is not None, "url": url, "step": step, "autoplay": False}
    header |= {"probe": probe, "opens": not layer.watched} | probes.told()
    seen = [_seen(layer, layers, probes, moment) for moment in moments]
    stages = _stages(layer, layers, probes, seen)
    panels = [panel for _, panel in stages]
    scales = shared_scales(panels, [one.moment for one in seen]) | _gates_scales(seen)
    told, planes = [], []
    for one in seen:
        numbers = _numbers(layer, layers, panels, one.moment)
        entry, painted = frame(one.moment, panels, scales, numbers)
        told.append(entry)
        planes.append(painted)
    first, still, more = input_card(probes, told)
    cards = _cards(layer, stages)
    header |= {"cards": [first, *cards], "frames": told, "layout": layout_of(cards)} | more
    return pack(header, planes, still)


def live_inside(layer: Layer, layers: Sequence[Layer], probes: Probes, moment: Moment) -> bytes:
    """One moment for those who watch a layer from inside."""
    seen = [_seen(layer, layers, probes, moment)]
    stages = _stages(layer, layers, probes, seen)
    panels, cards = [panel for _, panel in stages], _cards(layer, stages)
    numbers = _numbers(layer, layers, panels, moment)
    entry, planes = frame(seen[0].moment, panels, _gates_scales(seen), numbers)
    return pack({"layer_cards": cards, "layout": layout_of(cards), "frames": [entry]}, [planes])


class _Seen(NamedTuple):
    """A moment with a layer's gates and states among its arrays, and these by themselves."""

    moment: Moment
    parts: list[Part]
    """None where they cannot be computed."""
    why: str = ""
    """Why they cannot, in a sentence."""


def _seen(layer: Layer, layers: Sequence[Layer], probes: Probes, moment: Moment) -> _Seen:
    parts: list[Part] = []
    why = ""
    if layer.kind in KINDS:
        try:
            parts = parts_of(layer, moment, given_to(layer, layers, moment, probes))
        except Contradiction as fault:
            why = str(fault)
        except (KeyError, ValueError):
            why = IN_PART
    arrays = moment.arrays | {(part.name, "output"): Array(part.values) for part in parts}
    whole = Moment(moment.step, moment.epoch, moment.loss, arrays, moment.numbers)
    return _Seen(whole, parts, why)


def _gates_scales(seen: Sequence[_Seen]) -> dict[str, float]:
    return {part.name: 1.0 for one in seen for part in one.parts if part.between_0_and_1}


def _stages(
    layer: Layer,
    layers: Sequence[Layer],
    probes: Probes,
    seen: Sequence[_Seen],
) -> list[tuple[str, Panel]]:
    """The placed panel of each card, after the card's title."""
    found: dict[ArrayKey, Array] = {}
    for one in reversed(seen):
        found |= one.moment.arrays
    parts = next((one.parts for one in seen if one.parts), [])
    why = next((one.why for one in seen if one.why), "")
    by_name = {one.name: one for one in layers}
    bent, before = bent_by(layer, layers), by_name.get(comes_from(layer, layers))
    stages: list[tuple[str, Panel]] = []
    if before and (not layer.pictured or layer.kind in NORMS):
        stages.append((f"from {before.name}", _output(before, layers, found, probes, len(seen))))
    for kind in layer.pictured:
        title = "weights γ" if layer.kind in NORMS else told_weights(kind)
        stages.append((title, _weights(layer, found, kind)))
    stages += [(part.name, _part(part)) for part in parts]
    if why or not (parts and layer.kind in PARTS):  # else the hidden state is the output
        panel = _output(layer, layers, found, probes, len(seen))
        if why and not probes.blank:
            told = f"at some moments: {why}" if parts else why
            panel.note = "; ".join(filter(None, (panel.note, told)))
        stages.append(("output" if panel.caption.startswith("output") else panel.role, panel))
    if bent:
        stages.append((f"activation, {bent.name}", _output(bent, layers, found, probes, len(seen))))
    for kind in layer.pictured:
        if layer.watched and (layer.name, f"{kind}_gradient") not in found:
            continue
        panel = _weights(layer, found, kind, "_gradient")
        if seen and (layer.name, f"{kind}_gradient") not in seen[-1].moment.arrays:
            panel.note = "; ".join(filter(None, (panel.note, NO_GRADIENT)))
        many = f" of {told_weights(kind)}" if len(layer.pictured) > 1 else ""
        stages.append((f"gradient{many}", panel))
    offset = 0
    for _, panel in stages:
        offset = panel.place(offset)
    return stages


def _weights(layer: Layer, found: dict[ArrayKey, Array], kind: str, which: str = "") -> Panel:
    array = found.get((layer.name, kind + which)) or found.get((layer.name, kind))
    shape = array.values.shape if array else layer.weights[kind]
    panel = weight_panel(layer, shape, array.units if array else None, kind)
    if which:
        panel.id, panel.source = f"{panel.id}{which}", (layer.name, kind + which)
        panel.role, panel.caption, panel.own_scale = "gradient", "∂loss ÷ ∂W", True
    return panel


def _output(
    layer: Layer,
    layers: Sequence[Layer],
    found: dict[ArrayKey, Array],
    probes: Probes,
    frames: int,
) -> Panel:
    array = found.get((layer.name, "output"))
    shape = array.values.shape if array else (len(probes), *layer.output_shape)
    last = layer.name == layers[-1].name and layer.kind == "linear"
    words = last_words(probes.dataset) if last else ""
    units = array.units if array else None
    return output_panel(layer, shape, units, words, room_for(layer, frames, 16))


def _part(part: Part) -> Panel:
    count, time, units = part.values.shape
    key, looks_at = (part.name, "output"), (1, units, time)
    return Panel(part.name, part.role, part.told, key, looks_at, count, 1, "", "step")


def _cards(layer: Layer, stages: Sequence[tuple[str, Panel]]) -> list[dict]:
    return [
        card(layer, [panel], id=panel.id, title=title, formula="", sizes="")
        for title, panel in stages
    ]


def _numbers(
    layer: Layer, layers: Sequence[Layer], panels: Sequence[Panel], moment: Moment
) -> dict[str, dict[str, str]]:
    """A layer's numbers by the card that they belong to."""
    roles, output = {panel.role: panel.id for panel in reversed(panels)}, f"{layer.name}/output"
    numbers: dict[str, dict[str, str]] = {output: passed_numbers(layer, layers, moment)}
    for role, told in learned_numbers(layer, moment).items():
        numbers.setdefault(roles.get(role, output), {}).update(told)
    if bent := bent_by(layer, layers):
        numbers[f"{bent.name}/output"] = passed_numbers(bent, layers, moment)
    return numbers

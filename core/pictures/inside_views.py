"""Inside views: one layer's whole anatomy, in the same order for every kind, over all moments.

Weights → gates and states → pre-activation → activation → gradient, a card each, for the probe
inputs. What a layer without weights was given stands where others have their weights.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from core.architectures.layers import comes_from
from core.architectures.plans import Layer
from core.given import NotKnown, given_to, source_of
from core.pictures.guarded import Faults, blank
from core.pictures.inputs import Probes, input_card, last_words
from core.pictures.packing import pack
from core.pictures.panels import PLAIN, Panel, output_panel, told_weights, weight_panel
from core.pictures.parts import KINDS, Contradiction, Part, parts_of
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
NOT_KNOWN = "what goes on inside is not known here: what it was given is not what was recorded"


def bent_by(layer: Layer, layers: Sequence[Layer]) -> Layer | None:
    """The activation layer that a layer's outputs go through, maybe after a norm; else None."""
    followers = [one for one in layers if one.sources == (layer.name,)]
    if not layer.gives_pre_activations or len(followers) != 1 or followers[0].watched == "moved":
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
    faults = Faults()
    seen = [_seen(layer, layers, probes, moment) for moment in moments]
    stages = _stages(layer, layers, probes, seen, faults)
    panels = [panel for _, panel in stages]
    scales = shared_scales(panels, [one.moment for one in seen], faults) | _gates_scales(seen)
    told, planes = [], []
    for one in seen:
        numbers = _numbers(layer, layers, panels, one.moment)
        entry, painted = frame(one.moment, panels, scales, numbers, faults)
        told.append(entry)
        planes.append(painted)
    first, still, more = input_card(probes, told, faults)
    cards = _cards(layer, stages, faults)
    faults.told([first, *cards])
    header |= {"cards": [first, *cards], "frames": told, "layout": layout_of(cards)} | more
    return pack(header, planes, still)


def live_inside(layer: Layer, layers: Sequence[Layer], probes: Probes, moment: Moment) -> bytes:
    """One moment for those who watch a layer from inside."""
    faults, seen = Faults(), [_seen(layer, layers, probes, moment)]
    stages = _stages(layer, layers, probes, seen, faults)
    panels, cards = [panel for _, panel in stages], _cards(layer, stages, faults)
    numbers = _numbers(layer, layers, panels, moment)
    entry, planes = frame(seen[0].moment, panels, _gates_scales(seen), numbers, faults)
    faults.told(cards)
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
            inputs = None if probes.blank else probes.inputs
            parts = parts_of(layer, moment, given_to(layer, layers, moment, inputs))
        except Contradiction as fault:
            why = str(fault)
        except NotKnown:
            why = NOT_KNOWN
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
    faults: Faults,
) -> list[tuple[str, Panel]]:
    """The placed panel of each card that can be drawn, after the card's title."""
    found: dict[ArrayKey, Array] = {}
    for one in reversed(seen):
        found |= one.moment.arrays
    parts = next((one.parts for one in seen if one.parts), [])
    why = next((one.why for one in seen if one.why), "")
    by_name = {one.name: one for one in layers}
    bent, before = bent_by(layer, layers), by_name.get(_known_source(layer, layers, seen) or "")
    stages: list[tuple[str, Panel]] = []

    def add(title: str, of: Callable[[], Panel]) -> None:
        with faults.noted(title):
            panel = of()
            panel.place(sum(len(plane) for _, one in stages for plane in blank(one)))
            stages.append((title, panel))

    def output(of: Layer) -> Callable[[], Panel]:
        return partial(_output, of, layers, found, probes, len(seen))

    if before and (not layer.pictured or layer.kind in NORMS):
        add(f"from {before.name}", output(before))
    for kind in layer.pictured:
        title = "weights γ" if layer.kind in NORMS else told_weights(kind)
        add(title, partial(_weights, layer, found, kind))
    for part in parts:
        add(part.name, partial(_part, part))
    if why or not (parts and layer.kind in PARTS):  # else the hidden state is the output
        note = f"at some moments: {why}" if why and parts else why
        plain = layer.kind in PLAIN or layer.name == layers[-1].name and layer.kind == "linear"
        role = "pre-activation" if layer.gives_pre_activations else "activation"
        told = "" if probes.blank else note
        add("output" if plain else role, partial(_noted, output(layer), told))
    if bent:
        add(f"activation, {bent.name}", output(bent))
    for kind in layer.pictured:
        if layer.watched and (layer.name, f"{kind}_gradient") not in found:
            continue
        none = seen and (layer.name, f"{kind}_gradient") not in seen[-1].moment.arrays
        many = f" of {told_weights(kind)}" if len(layer.pictured) > 1 else ""
        slopes = partial(_weights, layer, found, kind, "_gradient")
        add(f"gradient{many}", partial(_absent, slopes) if none else slopes)
    return stages


def _absent(of: Callable[[], Panel]) -> Panel:
    """A gradient's panel that says why the last moment has none."""
    panel = of()
    panel.absent = NO_GRADIENT
    return panel


def _noted(of: Callable[[], Panel], note: str) -> Panel:
    """A panel with one more thing to say."""
    panel = of()
    panel.note = "; ".join(filter(None, (panel.note, note)))
    return panel


def _known_source(layer: Layer, layers: Sequence[Layer], seen: Sequence[_Seen]) -> str | None:
    """The layer whose outputs this one is given, "" for the input; None where it is not known."""
    try:
        return source_of(layer, layers, seen[-1].moment if seen else Moment(0, 0, None))
    except NotKnown:
        return None


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


def _cards(layer: Layer, stages: Sequence[tuple[str, Panel]], faults: Faults) -> list[dict]:
    plain = {"formula": "", "sizes": ""}
    cards = [card(layer, [panel], id=panel.id, title=title, **plain) for title, panel in stages]
    lost = faults.keys() - {panel.id for _, panel in stages} - {"input"}
    return [*cards, *(card(layer, [], id=name, title=name, **plain) for name in lost)]


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

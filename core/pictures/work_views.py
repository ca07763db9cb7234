"""Work views: the numbers that reach each activation function of a network, laid on its curve.

A card for every activation layer, with its pre-activations for the probe inputs, and one that says
how much of a gradient the functions' derivatives leave; a frame for every moment.
"""

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from core.activation import Function
from core.architectures.plans import Layer
from core.elementwise import by_unit
from core.given import NotKnown, source_of
from core.pictures.curves import curve_of, curves_of, grid_of, key_of, rounded, zones_of
from core.pictures.guarded import NOT_DRAWN, Faults
from core.pictures.inputs import Probes, input_card
from core.pictures.packing import pack
from core.pictures.panels import Panel, output_panel
from core.pictures.strips import card, frame, layout_of, learned_numbers, shared_scales
from core.records import Array, ArrayKey, Moment
from core.zones import zones_at

AT_WORK = "@work"
"""The name under which those who watch the functions of a run listen, beside its layers'."""
NOT_KNOWN = "Which numbers reach this function is not known here: the network changes them before."
LEFT = "passed"
"""The id of the card that says what is left of a gradient."""


def work_view(
    run_id: str,
    layers: Sequence[Layer],
    probes: Probes,
    moments: Sequence[Moment],
    *,
    step: int | None = None,
    probe: int = 0,
    url: str | None = None,
) -> bytes:
    """Every activation function at work, a frame for every moment.

    Every frame tells the shares of the zones as counted when it was recorded, over all inputs that
    were looked at; and from the probe inputs' numbers as recorded (16 bits) each probe's mean
    |derivative|, and what the product of the means leaves of a gradient on its way from the last
    function down to here. With a `url` the browser goes on with the live
    frames it gets there.
    """
    faults = Faults()
    panels = _panels(layers, moments, len(probes), faults)
    scales = shared_scales([panel for _, panel in panels if panel], moments, faults)
    told, planes = _frames(layers, panels, moments, scales, faults)
    header: dict = {"view": "work", "run": run_id, "title": "", "live": url is not None}
    header |= {"url": url, "step": step, "autoplay": False, "probe": probe} | probes.told()
    header |= {"opens": not probes.dataset.watched}
    first, still, more = input_card(probes, told, faults)
    grid = grid_of(layers)
    cards = _cards(panels, grid, faults)
    faults.told([first])
    header |= {"cards": [first, *cards], "frames": told, "layout": layout_of(cards)} | more
    header |= {"grid": grid.tolist(), "curves": curves_of(layers, grid)}
    return pack(header, planes, still)


def live_work(layers: Sequence[Layer], probes: int, moment: Moment) -> bytes:
    """One moment for those who watch the functions of a network."""
    faults = Faults()
    panels = _panels(layers, [moment], probes, faults)
    told, planes = _frames(layers, panels, [moment], {}, faults)
    cards = _cards(panels, grid_of(layers), faults)
    return pack({"layer_cards": cards, "layout": layout_of(cards), "frames": told}, planes)


def mean_slopes(
    before: np.ndarray, function: Function, parameter: ArrayLike | None = None
) -> np.ndarray:
    """The mean |derivative| of a function at pre-activations (probes, …), one number a probe."""
    slopes = np.abs(function.derivative(before, parameter))
    return slopes.reshape(len(before), -1).mean(axis=1)


def left_of_a_gradient(layers: Sequence[Layer], slopes: dict[str, float]) -> dict[str, float]:
    """What the derivatives leave of a gradient from the output down to each layer, itself with it.

    `slopes` has the mean |derivative| of the layers with a function. Where the network forks, the
    way that leaves most counts: through a skip, a gradient passes by its block's functions.
    """
    reached = dict.fromkeys((layer.name for layer in layers), 0.0)
    reached[layers[-1].name] = 1.0
    for layer in reversed(layers):
        reached[layer.name] *= slopes.get(layer.name, 1.0)
        for source in filter(None, layer.sources):
            reached[source] = max(reached[source], reached[layer.name])
    return {name: reached[name] for name in slopes}


def functions(layers: Sequence[Layer]) -> dict[str, Function]:
    """The activation layers of a network, and the function of each."""
    return {layer.name: layer.bends for layer in layers if layer.bends}


def bent(layers: Sequence[Layer]) -> list[str]:
    """The activation layers of a network, each behind what it is given, in their order."""
    at_work = functions(layers)
    pairs = [(*layer.sources, layer.name) for layer in layers if layer.name in at_work]
    return [name for pair in pairs for name in pair if name]


def _panels(
    layers: Sequence[Layer], moments: Sequence[Moment], probes: int, faults: Faults
) -> list[tuple[Layer, Panel | None]]:
    """Each activation layer with the placed panel of what it is given; None where that is not known
    at all of these moments.
    """
    found: dict[ArrayKey, Array] = {}
    for moment in reversed(moments):
        found |= moment.arrays
    by_name, offset = {layer.name: layer for layer in layers}, 0
    placed: list[tuple[Layer, Panel | None]] = []
    for name in functions(layers):
        layer = by_name[name]
        try:
            sources = {source_of(layer, layers, moment) for moment in moments}
        except NotKnown:
            placed.append((layer, None))
            continue
        before = by_name.get(sources.pop() if sources else "")
        if before is None:
            continue
        panel = None
        with faults.noted(name):
            array = found.get((before.name, "output"))
            shape = array.values.shape if array else (probes, *before.output_shape)
            panel = output_panel(before, shape, array.units if array else None)
            panel.id, panel.role, panel.histogram = f"{name}/given", "pre-activation", True
            panel.caption = f"from {before.name}"
            offset = panel.place(offset)
        placed.append((layer, panel))
    return placed


def _frames(
    layers: Sequence[Layer],
    panels: list[tuple[Layer, Panel | None]],
    moments: Sequence[Moment],
    scales: dict[str, float],
    faults: Faults,
) -> tuple[list[dict], list[list[np.ndarray]]]:
    told, planes, grid = [], [], grid_of(layers)
    drawn = [panel for _, panel in panels if panel]
    sources = {layer.name: panel.source[0] for layer, panel in panels if panel}
    for moment in moments:
        work: dict[str, dict | None] = {}
        for layer, panel in panels:
            with faults.noted(layer.name):
                if panel:
                    work[layer.name] = _work(layer, panel, moment, grid)
        slopes = {name: one["slope"] if one else 1.0 for name, one in work.items()}
        for name, share in left_of_a_gradient(layers, slopes).items():
            if one := work.get(name):
                one["left"] = float(f"{share:.4g}")
        numbers = {
            layer.name: _numbers(one, moment, layer, layers, sources[layer.name])
            for layer, _ in panels
            if (one := work.get(layer.name))
        }
        unknown = [layer for layer, panel in panels if not panel]
        numbers |= {layer.name: _counted(layer, layers, moment) for layer in unknown}
        entry, painted = frame(moment, drawn, scales, numbers, faults)
        told.append(entry | {"work": work})
        planes.append(painted)
    return told, planes


def _work(layer: Layer, panel: Panel, moment: Moment, grid: np.ndarray) -> dict | None:
    """What a frame tells of one function; None where its numbers were not recorded."""
    array, function = moment.arrays.get(panel.source), layer.bends
    if array is None or not array.values.size or function is None:
        return None
    before = array.numbers().astype(np.float64)
    learned = moment.arrays.get((layer.name, "weight"))
    if learned is not None and learned.values.size > 1:
        return _of_each_unit(function, before, learned.numbers())
    parameter = None if learned is None else float(learned.numbers().ravel()[0])
    told: dict = {"slope": _mean(mean_slopes(before, function, parameter)), "parameter": parameter}
    if parameter is not None:
        told |= {"curve": curve_of(function, grid, parameter)}
    return told


def _of_each_unit(function: Function, before: np.ndarray, slopes: np.ndarray) -> dict:
    """The same of a function whose units have learned a slope each, as a PReLU's."""
    mine = by_unit(slopes, before)
    told: dict = {"slope": _mean(mean_slopes(before, function, mine)), "parameter": None}
    return told | {"slopes": rounded(slopes)}


def _mean(slopes: np.ndarray) -> float:
    finite = slopes[np.isfinite(slopes)]
    return float(f"{finite.mean():.4g}") if finite.size else 0.0


def _counted(layer: Layer, layers: Sequence[Layer], moment: Moment) -> dict[str, str]:
    """What was counted of a function while it ran, as a person reads it."""
    told: dict[str, str] = {}
    if zones := zones_at(layer, layers, moment):
        if zones.dead is not None:
            told["dead units"] = f"{zones.dead:,} of {zones.units:,}"
        if zones.in_dead_zone:
            told["values in the dead zone"] = f"{zones.in_dead_zone:.1%}"
        told["saturated values"] = f"{zones.saturated:.1%}"
        told["values elsewhere"] = f"{zones.elsewhere:.1%}"
    return told


def _numbers(
    work: dict, moment: Moment, layer: Layer, layers: Sequence[Layer], source: str
) -> dict[str, str]:
    """A function's numbers at a moment as a person reads them, with the gradient that it let pass
    to the weights of the layer before it.
    """
    told = _counted(layer, layers, moment)
    if work["parameter"] is not None:
        told["learned slope a"] = f"{work['parameter']:.3g}"
    if slopes := work.get("slopes"):
        told["learned slopes a"] = f"{min(slopes):.3g} to {max(slopes):.3g}"
    told["mean |f′|"] = f"{work['slope']:.3g}"
    by_name = {one.name: one for one in layers}
    passed = learned_numbers(by_name[source], moment, compared=True).get("gradient", {})
    return told | {f"{word} of {source}": text for word, text in passed.items()}


def _cards(
    panels: list[tuple[Layer, Panel | None]], grid: np.ndarray, faults: Faults
) -> list[dict]:
    cards = []
    for layer, panel in panels:
        function = layer.bends
        assert function is not None
        words = ", ".join(filter(None, (function.title, function.arguments)))
        if panel is None or faults.keys() & {layer.name, panel.id}:
            note = NOT_DRAWN if layer.name in faults or panel else NOT_KNOWN
            cards.append(card(layer, [], formula=words, sizes="", note=note))
            continue
        told = card(layer, [panel], kind="work", sizes=panel.caption, formula=words)
        told |= {"function": key_of(function), "zones": zones_of(function)}
        if prod(layer.weights.get("weight", ())) > 1:
            told |= {"zones": [], "at_slope_1": curve_of(function, grid, 1.0)}
        cards.append(told)
    titled: dict = {"id": LEFT, "kind": LEFT, "title": "what is left of a gradient", "link": None}
    without = [layer.name for layer, panel in panels if panel is None]
    note = f"without {', '.join(without)}, of which it is not known" if without else ""
    return [*cards, titled | {"formula": "", "sizes": "", "note": note, "planes": []}]

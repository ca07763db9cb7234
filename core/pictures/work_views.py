"""Work views: the numbers that reach each activation function of a network, laid on its curve.

A card for every activation layer, with its pre-activations for the probe inputs, and one that says
how much of a gradient the functions' derivatives leave; a frame for every moment.
"""

import math
from collections.abc import Sequence

import numpy as np

from core.activations import ACTIVATIONS
from core.architectures.layers import comes_from
from core.architectures.plans import Layer
from core.pictures.inputs import Probes, input_card
from core.pictures.packing import pack
from core.pictures.panels import Panel, output_panel
from core.pictures.strips import card, frame, layout_of, learned_numbers, shared_scales
from core.records import Array, ArrayKey, Moment
from core.zones import activation_layers, zones_at

AT_WORK = "@work"
"""The name under which those who watch the functions of a run listen, beside its layers'."""
GRID = np.sinh(np.linspace(-6.0, 6.0, 241))
"""Where curves are handed to the browser, beside their kinks: closely around 0, to ±200. Between
two such places it takes the cubic that has the values and the derivatives of both."""
DIGITS = 9
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
    panels = _panels(layers, moments, len(probes))
    scales = shared_scales([panel for _, panel in panels], moments)
    told, planes = _frames(layers, panels, moments, scales)
    header: dict = {"view": "work", "run": run_id, "title": "", "live": url is not None}
    header |= {"url": url, "step": step, "autoplay": False, "probe": probe} | probes.told()
    header |= {"opens": not probes.dataset.watched}
    first, still, more = input_card(probes, told)
    cards = _cards(panels)
    header |= {"cards": [first, *cards], "frames": told, "layout": layout_of(cards)} | more
    grid = _grid(layers)
    header |= {"grid": grid.tolist(), "curves": _curves(layers, grid)}
    return pack(header, planes, still)


def live_work(layers: Sequence[Layer], probes: int, moment: Moment) -> bytes:
    """One moment for those who watch the functions of a network."""
    panels = _panels(layers, [moment], probes)
    told, planes = _frames(layers, panels, [moment], {})
    cards = _cards(panels)
    return pack({"layer_cards": cards, "layout": layout_of(cards), "frames": told}, planes)


def mean_slopes(before: np.ndarray, function: str, parameter: float | None = None) -> np.ndarray:
    """The mean |derivative| of a function at pre-activations (probes, …), one number a probe."""
    slopes = np.abs(ACTIVATIONS[function].derivative(before, parameter))
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


def functions(layers: Sequence[Layer]) -> dict[str, str]:
    """The activation layers of a network, and the function of each."""
    return {x.name: x.brick.function for x in activation_layers(layers)}  # type: ignore[union-attr]


def bent(layers: Sequence[Layer]) -> list[str]:
    """The activation layers of a network, each behind what it is given, in their order."""
    at_work = functions(layers)
    pairs = [(*layer.sources, layer.name) for layer in layers if layer.name in at_work]
    return [name for pair in pairs for name in pair if name]


def _panels(
    layers: Sequence[Layer], moments: Sequence[Moment], probes: int
) -> list[tuple[Layer, Panel]]:
    """Each activation layer with the placed panel of what it is given."""
    found: dict[ArrayKey, Array] = {}
    for moment in reversed(moments):
        found |= moment.arrays
    by_name, placed, offset = {layer.name: layer for layer in layers}, [], 0
    for name in functions(layers):
        layer = by_name[name]
        before = by_name.get(comes_from(layer, layers))
        if before is None:
            continue
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
    panels: list[tuple[Layer, Panel]],
    moments: Sequence[Moment],
    scales: dict[str, float],
) -> tuple[list[dict], list[list[np.ndarray]]]:
    told, planes, grid = [], [], _grid(layers)
    for moment in moments:
        work = {layer.name: _work(layer, panel, moment, grid) for layer, panel in panels}
        slopes = {name: one["slope"] if one else 1.0 for name, one in work.items()}
        for name, share in left_of_a_gradient(layers, slopes).items():
            if one := work.get(name):
                one["left"] = float(f"{share:.4g}")
        sources = {layer.name: panel.source[0] for layer, panel in panels}
        numbers = {
            layer.name: _numbers(one, moment, layer, layers, sources[layer.name])
            for layer, _ in panels
            if (one := work[layer.name])
        }
        entry, painted = frame(moment, [panel for _, panel in panels], scales, numbers)
        told.append(entry | {"work": work})
        planes.append(painted)
    return told, planes


def _work(layer: Layer, panel: Panel, moment: Moment, grid: np.ndarray) -> dict | None:
    """What a frame tells of one function; None where its numbers were not recorded."""
    array = moment.arrays.get(panel.source)
    if array is None or not array.values.size:
        return None
    function = layer.brick.function  # type: ignore[union-attr]
    learned = moment.arrays.get((layer.name, "weight"))
    parameter = None if learned is None else float(learned.numbers().ravel()[0])
    before = array.numbers().astype(np.float64)
    slopes = mean_slopes(before, function, parameter)
    slope = float(slopes[np.isfinite(slopes)].mean()) if np.isfinite(slopes).any() else 0.0
    told: dict = {"slope": float(f"{slope:.4g}"), "parameter": parameter}
    if parameter is not None:
        told |= {"curve": _curve(function, grid, parameter)}
    return told


def _numbers(
    work: dict, moment: Moment, layer: Layer, layers: Sequence[Layer], source: str
) -> dict[str, str]:
    """A function's numbers at a moment as a person reads them, with the gradient that it let pass
    to the weights of the layer before it.
    """
    told: dict[str, str] = {}
    if zones := zones_at(layer, layers, moment):
        if zones.dead is not None:
            told["dead units"] = f"{zones.dead:,} of {zones.units:,}"
        if zones.in_dead_zone:
            told["values in the dead zone"] = f"{zones.in_dead_zone:.1%}"
        told["saturated values"] = f"{zones.saturated:.1%}"
        told["values elsewhere"] = f"{zones.elsewhere:.1%}"
    if work["parameter"] is not None:
        told["learned slope a"] = f"{work['parameter']:.3g}"
    told["mean |f′|"] = f"{work['slope']:.3g}"
    by_name = {one.name: one for one in layers}
    passed = learned_numbers(by_name[source], moment, compared=True).get("gradient", {})
    return told | {f"{word} of {source}": text for word, text in passed.items()}


def _cards(panels: list[tuple[Layer, Panel]]) -> list[dict]:
    cards = []
    for layer, panel in panels:
        function = ACTIVATIONS[layer.brick.function]  # type: ignore[union-attr]
        cards.append(
            card(layer, [panel], kind="work", sizes=panel.caption, formula=function.title)
            | {"function": function.name, "zones": _zones(function.name)}
        )
    titled: dict = {"id": LEFT, "kind": LEFT, "title": "what is left of a gradient", "link": None}
    return [*cards, titled | {"formula": "", "sizes": "", "note": "", "planes": []}]


def _zones(name: str) -> list[list]:
    """(kind, low, high) of each zone; an end without a bound is beyond the grid."""
    ends = float(GRID[0]), float(GRID[-1])
    return [
        [zone.kind, *(end if math.isfinite(end) else math.copysign(ends[1], end) for end in pair)]
        for zone in ACTIVATIONS[name].zones()
        for pair in [(zone.low, zone.high)]
    ]


def _grid(layers: Sequence[Layer]) -> np.ndarray:
    """The places at which a network's functions are told, the kinks of all of them with it."""
    grid = GRID
    for name in sorted(set(functions(layers).values())):
        grid = ACTIVATIONS[name].sampled(grid)
    return grid


def _curves(layers: Sequence[Layer], grid: np.ndarray) -> dict[str, dict[str, list[float]]]:
    return {name: _curve(name, grid) for name in sorted(set(functions(layers).values()))}


def _curve(name: str, grid: np.ndarray, parameter: float | None = None) -> dict[str, list[float]]:
    """A function and its derivative on the grid."""
    function = ACTIVATIONS[name]
    value, slope = function.value(grid, parameter), function.derivative(grid, parameter)
    return {"value": _rounded(value), "slope": _rounded(slope)}


def _rounded(values: np.ndarray) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values]

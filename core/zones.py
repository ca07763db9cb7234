"""Zones at work: how many units of an activation layer are dead, how many values in flat zones.

Counted here alone, while a network is recorded and of what was recorded before, so that cards,
curves, comparisons and exported pages say the same. No torch here.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from core.activation import Function
from core.activations import ACTIVATIONS
from core.architectures.plans import Layer
from core.given import NotKnown, source_of
from core.records import Moment


class Zones(NamedTuple):
    """What was counted of one activation layer at one moment."""

    dead: int | None
    """Units that no place of any input reaches; None where that was not counted."""
    units: int
    """Units that were looked at: channels of an image, features of a sequence, else numbers."""
    inputs: int | None
    """Inputs that were looked at; None where an earlier version did not write it down."""
    in_dead_zone: float
    """Share of all values, 0 to 1."""
    saturated: float
    """Share of all values, 0 to 1."""

    @property
    def dead_share(self) -> float | None:
        """The share of the units that are dead, 0 to 1."""
        return None if self.dead is None else self.dead / max(1, self.units)

    @property
    def elsewhere(self) -> float:
        """The share of all values that lie in no zone, 0 to 1."""
        return max(0.0, 1 - self.in_dead_zone - self.saturated)


def zone_numbers(
    before: np.ndarray, axis: int, function: str | Function, parameter: float | None = None
) -> dict[str, float]:
    """What a moment holds of an activation layer's input `before` (inputs, …), as plain numbers.

    `function` is one, or a key of ACTIVATIONS. The units are along `axis`. A unit is dead where
    every value of it, at every place and for every input, lies in a dead zone. "dead" is the share
    of the units, "in_dead_zone" and "saturated" are shares of all values; "units" and "inputs" say
    of how many. NaN lies in no zone.
    """
    dead, saturated = np.zeros(before.shape, bool), 0
    function = ACTIVATIONS[function] if isinstance(function, str) else function
    for zone in function.zones(parameter):
        inside = before <= zone.high
        if zone.low > -math.inf:
            inside &= before >= zone.low
        if zone.kind == "dead":
            dead |= inside
        else:
            saturated += int(np.count_nonzero(inside))
    others = tuple(one for one in range(before.ndim) if one != axis)
    units, size = before.shape[axis], max(1, before.size)
    return {
        "dead": np.count_nonzero(dead.all(axis=others)) / max(1, units),
        "units": units,
        "inputs": len(before),
        "in_dead_zone": np.count_nonzero(dead) / size,
        "saturated": saturated / size,
    }


def activation_layers(layers: Sequence[Layer]) -> list[Layer]:
    """The layers that are an activation function, in their order."""
    return [layer for layer in layers if layer.bends is not None]


def zones_at(layer: Layer, layers: Sequence[Layer], moment: Moment) -> Zones | None:
    """What was counted of an activation layer at a moment; None where nothing was.

    Earlier versions recorded the share of dead *places* as "dead". Of a vector that is the share of
    its units; of images and sequences, and of a watched network, the units are counted anew in what
    was recorded of the layer's input, where the moment's arrays are here. A share over one input
    would be one of values: then `dead` is None.
    """
    numbers = moment.numbers.get(layer.name, {})
    if not _holds(numbers, "dead", "in_dead_zone", "saturated"):
        return None
    shares = numbers["in_dead_zone"], numbers["saturated"]
    whole = layer.output_shape[layer.units_axis]
    if "units" not in numbers and len(layer.output_shape) == 1 and not layer.watched:
        return Zones(round(numbers["dead"] * whole), whole, None, *shares)
    if not _holds(numbers, "units", "inputs"):
        numbers = _counted_anew(layer, layers, moment)
    if not numbers:
        return Zones(None, whole, None, *shares)
    units, inputs = int(numbers["units"]), int(numbers["inputs"])
    dead = min(units, max(0, round(numbers["dead"] * units))) if inputs > 1 else None
    return Zones(dead, units, inputs, *shares)


def _holds(numbers: dict[str, float], *names: str) -> bool:
    """Whether these are there; a file from elsewhere may hold what is no number."""
    return all(math.isfinite(numbers.get(name, math.nan)) for name in names)


def counted_by_unit(moment: Moment, layers: Sequence[Layer]) -> bool:
    """Whether a moment holds how many units are dead; an earlier version's holds places."""
    mine = [moment.numbers.get(layer.name, {}) for layer in activation_layers(layers)]
    return all("units" in numbers or "dead" not in numbers for numbers in mine)


def _counted_anew(layer: Layer, layers: Sequence[Layer], moment: Moment) -> dict[str, float]:
    """The same from what was recorded of the layer's input; empty where nothing was."""
    try:
        before = source_of(layer, layers, moment)
    except (KeyError, NotKnown):  # `layers` may be some of a large network's
        return {}
    array = moment.arrays.get((before, "output"))
    learned = moment.arrays.get((layer.name, "weight"))
    if array is None or not array.values.size or layer.bends is None:
        return {}
    if learned is not None and learned.values.size != 1:  # an earlier version knew one slope only
        return {}
    parameter = None if learned is None else float(learned.numbers().ravel()[0])
    values = array.numbers()
    return zone_numbers(values, 2 if values.ndim == 3 else 1, layer.bends, parameter)


def dead_units(layers: Sequence[Layer], moment: Moment) -> tuple[int, int] | None:
    """How many units of all activation layers together are dead, and of how many; None: unknown."""
    counted = [zones_at(layer, layers, moment) for layer in activation_layers(layers)]
    known = [zones for zones in counted if zones is not None and zones.dead is not None]
    if not known:
        return None
    return sum(zones.dead or 0 for zones in known), sum(zones.units for zones in known)

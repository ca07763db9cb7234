"""Curves: activation functions on a grid, as the browser is handed them."""

import math
from collections.abc import Sequence
from math import prod

import numpy as np

from core.activation import Function
from core.architectures.plans import Layer

GRID = np.sinh(np.linspace(-6.0, 6.0, 241))
"""Where curves are handed to the browser, beside their kinks: closely around 0, to ±200. Between
two such places it takes the cubic that has the values and the derivatives of both."""
DIGITS = 9


def key_of(function: Function) -> str:
    """What a function is called among the curves: its name, and its arguments if it has any."""
    return f"{function.name}({function.arguments})" if function.arguments else function.name


def zones_of(function: Function) -> list[list]:
    """(kind, low, high) of each zone; an end without a bound is beyond the grid."""
    ends = float(GRID[0]), float(GRID[-1])
    return [
        [zone.kind, *(end if math.isfinite(end) else math.copysign(ends[1], end) for end in pair)]
        for zone in function.zones()
        for pair in [(zone.low, zone.high)]
    ]


def grid_of(layers: Sequence[Layer]) -> np.ndarray:
    """The places at which a network's functions are told, the kinks of all of them with it."""
    grid = GRID
    for function in {key_of(one.bends): one.bends for one in layers if one.bends}.values():
        grid = function.sampled(grid)
    return grid


def curves_of(layers: Sequence[Layer], grid: np.ndarray) -> dict[str, dict[str, list[float]]]:
    """Each function's curve; of one with a slope for each unit the curve where that is 0."""
    found = {}
    for layer in layers:
        if function := layer.bends:
            each = prod(layer.weights.get("weight", ())) > 1
            found[key_of(function)] = curve_of(function, grid, 0.0 if each else None)
    return dict(sorted(found.items()))


def curve_of(
    function: Function, grid: np.ndarray, parameter: float | None = None
) -> dict[str, list[float]]:
    """A function and its derivative on the grid."""
    value, slope = function.value(grid, parameter), function.derivative(grid, parameter)
    return {"value": rounded(value), "slope": rounded(slope)}


def rounded(values: np.ndarray) -> list[float]:
    """Numbers as they are sent."""
    return [float(f"{value:.{DIGITS}g}") for value in values]

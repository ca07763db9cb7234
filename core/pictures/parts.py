"""Parts: the gates, states and maps of a layer for the probe inputs, from what was recorded.

Computed from the recorded weights and the recorded outputs of the layer before. No torch here.
"""

from dataclasses import dataclass

import numpy as np

from core.architectures.plans import Layer
from core.attention import attention
from core.records import Moment
from core.recurrent import PARTS, states

ROLES = {"gate": "gate", "state": "activation", "pre_activation": "pre-activation"}
KINDS = ("rnn", "lstm", "gru", "selfattention")
"""Kinds of layers that have such parts."""


NEAR, MOST_OFF, LEAST_OUTPUT = 0.01, 0.05, 0.02
"""How far, as a share of the largest number that a layer gave (or of the least), what is computed
again may be from it before its recorded states are taken, and at all: rounding is well within."""


@dataclass(frozen=True)
class Part:
    """One thing to be seen inside: (probes, time, units), and how it is drawn."""

    name: str
    role: str
    values: np.ndarray
    between_0_and_1: bool
    told: str


class Contradiction(ValueError):
    """What was computed again is not what the layer gave; the text says by how much."""


def parts_of(layer: Layer, moment: Moment, inputs: np.ndarray) -> list[Part]:
    """Every gate and state of a recurrent layer, or every head's map, for inputs (n, time, …).

    From the recorded weights. Where rounding has grown from step to step in a recurrent layer, each
    step starts from what the layer gave at the one before, as recorded. Raises KeyError where a
    weight was not recorded, ValueError where only some units of it were, and Contradiction where
    what comes out is not the output that was recorded.
    """
    arrays = {kind: moment.arrays[layer.name, kind] for kind in layer.weights}
    if any(array.units is not None for array in arrays.values()):
        raise ValueError(f"only some units of {layer.name} were recorded")
    weights = {kind: array.numbers() for kind, array in arrays.items()}
    brick, recorded = layer.brick, moment.arrays.get((layer.name, "output"))
    gave = None if recorded is None else recorded.numbers()
    if brick.kind == "selfattention":
        seen = attention(weights, inputs, brick.heads, brick.causal)
        _check(layer, seen.output, gave)
        maps = seen.maps.swapaxes(2, 3)
        told = "each row's step takes from each column's"
        return [
            Part(f"head {head + 1}", "gate", maps[:, head], True, told)
            for head in range(brick.heads)
        ]
    found = states(brick, weights, inputs)  # type: ignore[arg-type]
    if gave is not None and gave.shape == found.output.shape and _off(found.output, gave) > NEAR:
        found = states(brick, weights, inputs, gave)  # type: ignore[arg-type]
    _check(layer, found.output, gave)
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


def _check(layer: Layer, computed: np.ndarray, gave: np.ndarray | None) -> None:
    """Raise Contradiction where what was computed is farther from what was given than rounding."""
    if gave is not None and _off(computed, gave) > MOST_OFF:
        raise Contradiction(
            f"computed again from the recorded weights, with 16 bits a number, {layer.name} would "
            f"give numbers up to {_off(computed, gave):.0%} of its largest away from those that it "
            "gave: what went on inside is not known here"
        )


def _off(computed: np.ndarray, gave: np.ndarray) -> float:
    """How far what was computed is from what was given, as a share of the largest of these.

    Of the units that were recorded, and of finite numbers.
    """
    if gave.ndim != computed.ndim or not gave.size:
        return 0.0
    same = computed[tuple(slice(side) for side in gave.shape)]
    if same.shape != gave.shape:
        return 0.0
    known = np.isfinite(same) & np.isfinite(gave)
    largest = max(float(np.abs(gave)[known].max(initial=0)), LEAST_OUTPUT)
    return float(np.abs(same - gave)[known].max(initial=0)) / largest

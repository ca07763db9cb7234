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


@dataclass(frozen=True)
class Part:
    """One thing to be seen inside: (probes, time, units), and how it is drawn."""

    name: str
    role: str
    values: np.ndarray
    between_0_and_1: bool
    told: str


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

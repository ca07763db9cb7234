"""Checking: whether each layer was really given what its source gave, and does what is told of it.

A forward may normalise, permute or swap what it hands to its modules, and hooks may change what
comes out: then no arithmetic of recorded numbers gives the recorded output. This room knows torch.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from core.architectures.layers import Layer, comes_from
from core.copies import real
from core.elementwise import by_unit
from core.foreign.inputs import tensors_in
from core.foreign.tracing import Call
from core.given import given_to
from core.records import Array, Moment

MOST_CHECKED = 2
"""Inputs that are compared."""
MOST_NUMBERS = 4_096
"""Numbers of a function's output that are compared."""


class Checked:
    """One pass: what every layer gave for the first inputs, until nobody takes it any more."""

    def __init__(self, layers: Sequence[Layer], inputs: np.ndarray) -> None:
        """`inputs` are those that a page has, (n, …)."""
        self.all, self.inputs = layers, inputs[:MOST_CHECKED]
        self.layers = {layer.name: layer for layer in layers}
        self.last = {comes_from(layer, layers): layer.name for layer in layers}
        """The last layer that takes what each gave."""
        self.gave: dict[str, np.ndarray] = {}
        self.given: dict[str, tuple[np.ndarray, Any]] = {}

    def before(self, name: str, first: torch.Tensor, given: Any) -> None:
        """Keep what a layer is given: its first tensor, (n, …) as it is drawn, and all of it."""
        self.given[name] = _numbers(first), given  # numbers are copied: it may work in place

    def after(self, name: str, call: Call, gave: torch.Tensor, result: Any) -> bool:
        """Whether what a layer gave, `gave` as it is drawn, follows from what its source gave."""
        layer, found = self.layers[name], _numbers(gave)
        first, given = self.given.pop(name, (None, None))
        sound = not call.leaf or layer.watched == "moved"  # of these nothing is told
        if not sound and first is not None and self._came(layer, first):
            if layer.bends is not None:
                sound = _bends(layer, call, first, found, gave.dtype)
            else:
                sound = _own_result(call.module, given, result)
        for other in [one for one, last in self.last.items() if last == name]:
            self.gave.pop(other, None)
        if name in self.last:
            self.gave[name] = found
        return sound

    def _came(self, layer: Layer, first: np.ndarray) -> bool:
        """Whether a layer was given the very numbers that its source gave."""
        arrays = {(name, "output"): Array(values) for name, values in self.gave.items()}
        try:
            known = given_to(layer, self.all, Moment(0, 0, None, arrays), self.inputs)
        except (KeyError, ValueError):
            return False
        return first.shape == known.shape and _alike(known, first, 1e-6)


def _bends(
    layer: Layer, call: Call, given: np.ndarray, gave: np.ndarray, kind: torch.dtype
) -> bool:
    """Whether a function does what is drawn of it: some of its numbers are made again."""
    slopes = None
    if parameters := list(call.parameters.values()):
        slopes = by_unit(parameters[0].detach().float().cpu().numpy(), given)
    assert layer.bends is not None
    made = np.broadcast_to(layer.bends.value(given, slopes), gave.shape)
    step = max(1, gave.size // MOST_NUMBERS)
    share = 1e-4 if kind in (torch.float32, torch.float64) else 2e-2
    return _alike(made.ravel()[::step], gave.ravel()[::step], share)


def _own_result(module: nn.Module | None, given: Any, result: Any) -> bool:
    """Whether a module that has hooks gave what its class computes."""
    if module is None or len(module._forward_hooks) < 2:  # one is ours
        return True
    again = type(module).forward(module, *given[0], **given[1])
    first, other = (next(tensors_in(one), None) for one in (again, result))
    return first is not None and other is not None and torch.equal(first, other)


def _numbers(tensor: torch.Tensor) -> np.ndarray:
    """A copy of the first inputs' numbers, as a page has them."""
    return np.array(real(tensor[:MOST_CHECKED]).cpu().numpy())


def _alike(one: np.ndarray, other: np.ndarray, share: float) -> bool:
    """Whether these are the same numbers within rounding; NaN is like NaN."""
    if not other.size:
        return True
    size = np.abs(other[np.isfinite(other)]).max(initial=0.0)
    return bool(np.allclose(one, other, rtol=share, atol=share * size, equal_nan=True))

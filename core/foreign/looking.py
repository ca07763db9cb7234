"""Looking: moments of any network, with all that was seen of it. This room knows torch."""

import math
from typing import Any

import torch
from torch import nn

from core.copies import half
from core.foreign.recognition import shown
from core.foreign.seeing import Sight
from core.foreign.tracing import Call, passed, tensors_in
from core.learned import Learned
from core.recording import recorded_rows
from core.records import Array, ArrayKey, Moment
from core.shares import zone_shares

WEIGHT_BUDGET, OUTPUT_BUDGET = 131_072, 65_536
"""Most weights of one moment, and most outputs of one input, shared between the layers."""
NO_EPOCH = -1.0
"""A script's own loop does not say which epoch it is in."""


class Looker(Learned):
    """Takes moments of any network."""

    def __init__(
        self, network: nn.Module, inputs: Any, sight: Sight, units: int, room: int
    ) -> None:
        """Of a layer with more than `units` units the first ones are recorded."""
        self.network, self.inputs, self.sight = network, inputs, sight
        sizes = {
            key: (len(p), math.prod(p.shape[1:])) if p.ndim else (1, 1)
            for key, p in sight.parameters.items()
        }
        super().__init__(sight.parameters, recorded_rows(sizes, room * WEIGHT_BUDGET, units))
        axes = {one.name: 1 if len(one.output_shape) == 2 else 0 for one in sight.layers}
        shapes = {one.name: one.output_shape for one in sight.layers}
        outputs = {n: (s[axes[n]], math.prod(s) // s[axes[n]]) for n, s in shapes.items()}
        last = sight.layers[-1].name  # what the network says is never cut
        self.units = {name: count for name, (count, _) in outputs.items()}
        self.channels = recorded_rows(outputs, room * OUTPUT_BUDGET, units)
        self.channels |= {last: self.units[last]}
        self.axes = {name: 1 + axis for name, axis in axes.items()}

    def moment(self, step: int, loss: float | None) -> Moment:
        """The network as it is now, with the gradients of the last backward pass, if any."""
        arrays: dict[ArrayKey, Array] = {}
        numbers: dict[str, dict[str, float]] = {}
        with torch.no_grad():
            self.note_learned(arrays, numbers, half)
            arrays |= {key: half(values) for key, values in self.sight.statistics.items()}

        def before(call: Call, given: Any) -> None:
            look = self.sight.looks.get(call.name)
            if look and look.function:  # before it works in place
                first = next(tensors_in(given)).movedim(look.given_axis, 0)
                slope = call.parameters.get("weight")  # PReLU's
                learned = None if slope is None else slope.item()
                shares = zone_shares(first, look.function, learned)
                numbers.setdefault(self.sight.names[call.name], {}).update(shares)

        def after(call: Call, result: Any) -> None:
            look = self.sight.looks.get(call.name)
            gave = next(tensors_in(result), None)
            if look is None or gave is None:
                return
            name = self.sight.names[call.name]
            rows, axis = self.channels[name], self.axes[name]
            kept = shown(gave, look.axis, look.swapped).narrow(axis, 0, rows)
            units = self.units[name] if rows < self.units[name] else None
            arrays[name, "output"] = half(kept.float(), units)

        passed(self.network, self.inputs, before, after)
        return Moment(step, NO_EPOCH, loss, arrays, numbers)

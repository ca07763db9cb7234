"""Looking: moments of any network, with all that was seen of it. This room knows torch."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from core.activation import Function
from core.architectures.layers import Layer
from core.copies import half
from core.foreign.checking import Checked
from core.foreign.passes import counted
from core.foreign.recognition import shown
from core.foreign.seeing import Seer, Sight
from core.foreign.tracing import Call, passed, tensors_in
from core.foreign.watched import INPUTS, MOST_INPUTS, TARGETS, Watched, tidy
from core.given import CHANGED
from core.learned import Learned
from core.recording import recorded_rows
from core.records import Array, ArrayKey, Moment
from core.settings import Settings
from core.shares import zone_shares

WEIGHT_BUDGET, OUTPUT_BUDGET = 131_072, 65_536
"""Most weights of one moment, and most outputs of one input, shared between the layers."""
MOST_INPUT_NUMBERS = 4_000_000
NO_EPOCH = -1.0
"""A script's own loop does not say which epoch it is in."""


class Looker(Learned):
    """Takes moments of any network."""

    def __init__(
        self,
        network: nn.Module,
        inputs: Any,
        sight: Sight,
        units: int,
        room: tuple[int, int],
        drawn: tuple[Sequence[Layer], np.ndarray],
    ) -> None:
        """As for `looked_at`; `drawn` are the layers and the inputs as a page has them."""
        self.network, self.inputs, self.sight, self.drawn = network, inputs, sight, drawn
        sizes = {
            key: (len(p), math.prod(p.shape[1:])) if p.ndim else (1, 1)
            for key, p in sight.parameters.items()
        }
        super().__init__(sight.parameters, recorded_rows(sizes, room[0] * WEIGHT_BUDGET, units))
        axes = {one.name: 1 if len(one.output_shape) == 2 else 0 for one in sight.layers}
        shapes = {one.name: one.output_shape for one in sight.layers}
        outputs = {n: (s[axes[n]], math.prod(s) // s[axes[n]]) for n, s in shapes.items()}
        last = sight.layers[-1].name  # what the network says is never cut
        self.units = {name: count for name, (count, _) in outputs.items()}
        self.channels = recorded_rows(outputs, room[1] * OUTPUT_BUDGET, units)
        self.channels |= {last: self.units[last]}
        self.axes = {name: 1 + axis for name, axis in axes.items()}

    def moment(self, step: int, loss: float | None) -> Moment:
        """The network as it is now, with the gradients of the last backward pass, if any."""
        arrays: dict[ArrayKey, Array] = {}
        numbers: dict[str, dict[str, float]] = {}
        with torch.no_grad():
            self.note_learned(arrays, numbers, half)
            arrays |= {key: half(values) for key, values in self.sight.statistics.items()}

        checked = Checked(*self.drawn)

        def before(call: Call, given: Any) -> None:
            look, first = self.sight.looks.get(call.name), next(tensors_in(given), None)
            if look is None or first is None:
                return
            name = self.sight.names[call.name]
            if look.function:  # before it works in place
                zones = _by_slopes(first.movedim(look.given_axis, 0), look.function, call)
                numbers.setdefault(name, {}).update(zone_shares(*zones))
            if first.ndim > look.given_axis:
                turned = look.swapped and first.ndim == 3
                checked.before(name, shown(first, look.given_axis, turned), given)

        def after(call: Call, result: Any) -> None:
            look = self.sight.looks.get(call.name)
            gave = next(tensors_in(result), None)
            if look is None or gave is None:
                return
            name = self.sight.names[call.name]
            rows, axis = self.channels[name], self.axes[name]
            drawn = shown(gave, look.axis, look.swapped)
            if not checked.after(name, call, drawn, result):
                numbers.setdefault(name, {})[CHANGED] = 1.0
            kept = drawn.narrow(axis, 0, rows)
            units = self.units[name] if rows < self.units[name] else None
            arrays[name, "output"] = half(kept.float(), units)

        passed(self.network, self.inputs, before, after)
        return Moment(step, NO_EPOCH, loss, arrays, numbers)


def looked_at(
    network: nn.Module,
    inputs: Any,
    *,
    classes: Sequence[str] = (),
    targets: Any = None,
    title: str = "",
    note: str = "",
    units: int = 256,
    room: tuple[int, int] = (1, 1),
) -> tuple[Settings, Moment, Looker]:
    """What a run's file holds of a network that is looked at: its settings and its first moment.

    The looker takes further ones. Arguments and errors as for `watch`; `title` names it in place of
    its class, and `room` multiplies how many weights and how many outputs a moment may have.
    """
    network = getattr(network, "_orig_mod", network)  # what torch.compile was given
    if counted(inputs) > MOST_INPUTS:
        raise ValueError(f"{counted(inputs):,} inputs are too many; {MOST_INPUTS} can be looked at")
    sight = Seer(network, inputs).seen()
    title = tidy(title or type(network).__name__, r"[^\w .\-]", "_", 80)
    values = input_values(inputs, sight.swapped_input)
    known = _known(targets, len(values), len(classes))
    watched = Watched(
        title=title,
        layers=sight.layers,
        shape=values.shape[1:],
        count=len(values),
        symbols=int(values.max()) + 1 if values.dtype == np.int64 else 0,
        classes=tuple(str(one)[:80] for one in classes),
        note=note,
        left_out=sight.left_out,
    )
    settings = Settings(data="watched", architecture=title, watched=watched, recorded_units=units)
    looker = Looker(network, inputs, sight, units, room, (watched.plan(), values))
    moment = looker.moment(0, None)
    moment.arrays.update({INPUTS: Array(values), TARGETS: Array(known)})
    return settings, moment, looker


def _by_slopes(
    before: torch.Tensor, function: Function, call: Call
) -> tuple[torch.Tensor, Function, float | None]:
    """What is counted of a function's input; of a PReLU only where the unit's slope is 0."""
    slopes = next(iter(call.parameters.values()), None)
    if slopes is None:
        return before, function, None
    if slopes.numel() == 1:
        return before, function, slopes.item()
    flat = slopes.reshape(-1, *[1] * (before.ndim - 2)) == 0
    return torch.where(flat, before, 1.0), function, 0.0


def _known(targets: Any, count: int, classes: int) -> np.ndarray:
    """The true classes of the inputs, -1 where they are not known."""
    if targets is None or not classes:
        return np.full(count, -1, np.int64)
    known = np.asarray(targets).astype(np.int64)
    if known.shape != (count,) or known.min() < 0 or known.max() >= classes:
        raise ValueError(f"targets must be {count} numbers from 0 to {classes - 1}, the classes'")
    return known


def input_values(inputs: Any, swapped: bool) -> np.ndarray:
    """The first tensor of the inputs as it is drawn: float32 (n, …) or int64 symbols (n, time)."""
    first = next(tensors_in(inputs)).detach().cpu()
    if first.is_floating_point() or first.ndim != 2:
        drawn = shown(first.float(), 0, swapped and first.ndim == 3)
    else:
        drawn = first.long()
        if int(drawn.min()) < 0:
            drawn = drawn.float()
    if drawn.numel() > MOST_INPUT_NUMBERS:
        raise ValueError(
            f"the inputs hold {drawn.numel():,} numbers; at most {MOST_INPUT_NUMBERS:,} can be kept"
        )
    return drawn.numpy().copy()

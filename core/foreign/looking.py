"""Looking: moments of any network, with all that was seen of it. This room knows torch."""

import contextlib
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.parameter import is_lazy

from core.architectures.layers import Layer
from core.copies import half, real
from core.foreign.checking import Checked
from core.foreign.checks import class_names, fit_last, known_classes, note_of, units_of
from core.foreign.inputs import Inputs, tensors_in
from core.foreign.recognition import shown
from core.foreign.running import passed, waits
from core.foreign.sight import Look, Sight
from core.foreign.tracing import Call, as_written, parameters_by_name
from core.foreign.understanding import understood
from core.foreign.watched import (
    DEEPEST,
    INPUTS,
    MOST_SYMBOLS,
    TARGETS,
    Watched,
    shallow,
    tidy,
)
from core.given import CHANGED
from core.learned import Learned
from core.recording import recorded_rows
from core.records import Array, ArrayKey, Moment
from core.settings import Settings
from core.zones import zone_numbers

WEIGHT_BUDGET, OUTPUT_BUDGET = 131_072, 65_536
"""Most weights of one moment, and most outputs of one input, shared between the layers."""
MOST_INPUT_NUMBERS = 4_000_000
NO_EPOCH = -1.0
"""A script's own loop does not say which epoch it is in."""
UNFIT = (RuntimeError, ValueError, TypeError, IndexError)
"""What is raised where a tensor cannot be recorded as it was planned."""


class Looker(Learned):
    """Takes moments of any network, by the names of its parts: they may be replaced meanwhile."""

    def __init__(
        self,
        network: nn.Module,
        inputs: Inputs,
        sight: Sight,
        units: int,
        room: tuple[int, int],
        drawn: tuple[Sequence[Layer], np.ndarray],
    ) -> None:
        """As for `looked_at`; `drawn` are the layers and the inputs as a page has them."""
        self.network, self.inputs, self.sight, self.drawn = network, inputs, sight, drawn
        self.shapes = {(x.name, kind): s for x in sight.layers for kind, s in x.weights.items()}
        sizes = {key: (shape[0], math.prod(shape[1:])) for key, shape in self.shapes.items()}
        super().__init__({}, recorded_rows(sizes, room[0] * WEIGHT_BUDGET, units))
        shown_layers = [one for one in sight.layers if not one.only_weights]
        axes = {one.name: 1 if len(one.output_shape) == 2 else 0 for one in shown_layers}
        self.outputs = {one.name: one.output_shape for one in shown_layers}
        numbers = {n: (s[axes[n]], math.prod(s) // s[axes[n]]) for n, s in self.outputs.items()}
        self.units = {name: count for name, (count, _) in numbers.items()}
        self.channels = recorded_rows(numbers, room[1] * OUTPUT_BUDGET, units)
        last = sight.layers[-1].name  # what the network says is never cut
        self.channels |= {name: self.units[name] for name in {last} & self.units.keys()}
        self.axes = {name: 1 + axis for name, axis in axes.items()}
        self.omitted: dict[str, str] = {}
        """What could not be recorded since the beginning, and why; a sentence each."""
        self.find()

    def find(self) -> None:
        """Look up the parameters as they are now: one may be another than before, or none."""
        named = parameters_by_name(self.network)
        self.parameters = {}
        for key, name in self.sight.parameters.items():
            parameter = named.get(name)
            if parameter is None or is_lazy(parameter):
                if parameter is None:
                    self.omit(key, f"the network has no {name} any more")
            elif (tuple(parameter.shape) or (1,)) != self.shapes[key]:
                sides = " × ".join(map(str, parameter.shape))
                self.omit(key, f"{name} has another shape now, {sides}")
            else:
                self.parameters[key] = parameter

    def statistics(self) -> dict[ArrayKey, torch.Tensor]:
        """BatchNorm's running means and variances as they are now."""
        buffers = dict(self.network.named_buffers(remove_duplicate=False))
        named = {as_written(name): buffer for name, buffer in buffers.items()}
        found = {}
        for key, name in self.sight.statistics.items():
            shape = self.shapes.get((key[0], "weight"))
            if named.get(name) is not None and tuple(named[name].shape) == shape:
                found[key] = named[name]
        return found

    def omit(self, key: ArrayKey, why: object) -> None:
        """An array is not recorded; noted once, and nothing else is lost."""
        text = f"{type(why).__name__}: {why}" if isinstance(why, Exception) else str(why)
        kind = key[1].replace("_", " ")
        self.omitted.setdefault(
            f"{key[0]}/{key[1]}", f"the {kind} of {key[0]} cannot be recorded ({text[:200]})"
        )

    def moment(
        self, step: int, loss: float | None, scale: float = 1.0, gradients: bool = True
    ) -> Moment:
        """The network as it is now, with the gradients of the last backward pass, if any.

        `scale` is what the loss was multiplied with before that pass.
        """
        arrays: dict[ArrayKey, Array] = {}
        numbers: dict[str, dict[str, float]] = {}
        if waits(self.network):
            return Moment(step, NO_EPOCH, loss, arrays, numbers)
        self.find()
        with torch.no_grad():
            self.note_learned(arrays, numbers, half, scale=scale if gradients else None)
            arrays |= {key: half(values) for key, values in self.statistics().items()}
        checked = Checked(*self.drawn)

        def before(call: Call, given: Any) -> None:
            look, first = self.sight.looks.get(call.name), next(tensors_in(given), None)
            if look is not None and first is not None and not first.is_complex():
                self._note_zones(call, look, first, numbers)
                self._note_given(call, look, first, given, checked)

        def after(call: Call, result: Any) -> None:
            look, gave = self.sight.looks.get(call.name), next(tensors_in(result), None)
            if look is not None and gave is not None:
                sound = self._note_output(call, look, result, arrays, checked)
                if not sound:
                    numbers.setdefault(self.sight.names[call.name], {})[CHANGED] = 1.0

        try:
            passed(self.network, self.inputs, before, after)
        except Exception as fault:  # what the network raises for its inputs now
            self.omit(("the network", "output"), fault)
        return Moment(step, NO_EPOCH, loss, arrays, numbers)

    def _note_zones(
        self, call: Call, look: Look, first: torch.Tensor, numbers: dict[str, dict[str, float]]
    ) -> None:
        """Count where what an activation function is given lies, before it works in place."""
        if look.function is None:
            return
        name = self.sight.names[call.name]
        try:
            values, slope = _bending(first, call)
            values = values.movedim(look.given_axis, 0)
            axis = self.units_axis(name, tuple(values.shape), look.swapped)
            plain = as_numbers(values if values.ndim > 1 else values[:, None])
            counted = zone_numbers(plain, axis, look.function, slope)
        except UNFIT as fault:
            self.omit((name, "dead_units"), fault)
        else:
            numbers.setdefault(name, {}).update(counted)

    def _note_given(
        self, call: Call, look: Look, first: torch.Tensor, given: Any, checked: Checked
    ) -> None:
        """Keep what a layer is given until it is known what it gave; see `Checked`."""
        if first.ndim > look.given_axis:
            turned = look.swapped and first.ndim == 3
            with contextlib.suppress(*UNFIT):  # then nothing is told of what it was given
                kept = shown(first, look.given_axis, turned)
                checked.before(self.sight.names[call.name], kept, given)

    def units_axis(self, name: str, shape: tuple[int, ...], swapped: bool) -> int:
        """Where the units are in what a layer is given, of `shape` with the inputs first.

        Features stand last, channels first; of pictures the weights before the layer say which.
        """
        if len(shape) < 4:
            return 1 if len(shape) < 3 or swapped else 2
        by_name = {layer.name: layer for layer in self.sight.layers}
        while name in by_name:
            for sides in by_name[name].weights.values():
                if len(sides) > 2:
                    return 1
                if sides[0] == shape[-1] and (len(sides) == 2 or sides[0] != shape[1]):
                    return len(shape) - 1
            name = by_name[name].sources[0]
        return 1

    def _note_output(
        self, call: Call, look: Look, result: Any, arrays: dict[ArrayKey, Array], checked: Checked
    ) -> bool:
        """Keep what a layer gave; whether that follows from what its source gave."""
        name, count = self.sight.names[call.name], self.inputs.count
        try:
            gave = next(tensors_in(result))
            if look.axis is None:
                gave = gave.expand(count, *gave.shape)
            output = shown(gave, look.axis or 0, look.swapped)
            if tuple(output.shape) != (count, *self.outputs[name]):
                sides = " × ".join(map(str, gave.shape))
                raise ValueError(f"it has another shape now, {sides}")
            rows, axis = self.channels[name], self.axes[name]
            units = self.units[name] if rows < self.units[name] else None
            arrays[name, "output"] = half(output.narrow(axis, 0, rows), units)
        except UNFIT as fault:
            self.omit((name, "output"), fault)
            return False
        try:
            return checked.after(name, call, output, result)
        except UNFIT:
            return False


def as_numbers(tensor: torch.Tensor) -> np.ndarray:
    """A tensor's numbers, of which numpy may not know the type or the place."""
    plain = tensor.float() if tensor.dtype == torch.bfloat16 else tensor
    return plain.detach().cpu().numpy()


def looked_at(
    network: nn.Module,
    inputs: Any,
    *,
    classes: Sequence[str] = (),
    targets: Any = None,
    title: str = "",
    note: str = "",
    untrained: bool = False,
    units: int = 256,
    room: tuple[int, int] = (1, 1),
) -> tuple[Settings, Moment, Looker]:
    """What a run's file holds of a network that is looked at: its settings and its first moment.

    The looker takes further ones. Arguments and errors as for `watch`; `title` names it in place of
    its class, and `room` multiplies how many weights and how many outputs a moment may have.
    """
    if not isinstance(network, nn.Module):
        raise TypeError(f"network must be a torch.nn.Module, not a {type(network).__name__}")
    network = getattr(network, "_orig_mod", network)  # what torch.compile was given
    names, note, units = class_names(classes), note_of(note), units_of(units)
    given, sight = understood(network, inputs)
    title = tidy(title or type(network).__name__, r"[^\w .\-]", "_", 80) or "network"
    values = input_values(given, sight.swapped_input)
    fit_last(names, classes, sight.layers)
    known = known_classes(targets, len(values), names, given.note)
    layers, left_out = shallow(sight.layers), sight.left_out
    if any(layer.place.count(".") > DEEPEST for layer in sight.layers):
        deep = f"blocks more than {DEEPEST} deep in one another are shown side by side"
        left_out = (deep, *left_out[:199])
    watched = Watched(
        title=title,
        layers=layers,
        shape=values.shape[1:],
        count=len(values),
        symbols=int(values.max()) + 1 if values.dtype == np.int64 else 0,
        classes=names,
        note=note,
        untrained=untrained,
        left_out=left_out,
    )
    settings = Settings(data="watched", architecture=title, watched=watched, recorded_units=units)
    plan = watched.model_copy().plan()  # what it keeps of its plan counts when it is compared
    looker = Looker(network, given, sight, units, room, (plan, values))
    moment = looker.moment(0, None)
    moment.arrays.update({INPUTS: Array(values), TARGETS: Array(known)})
    return settings, moment, looker


def _bending(first: torch.Tensor, call: Call) -> tuple[torch.Tensor, float | None]:
    """What is counted of a function's input, and its learned slope, if it has one.

    Of a PReLU with a slope for each channel only those lie in a zone whose slope is 0.
    """
    slopes = next(iter(call.parameters.values()), None)
    if slopes is None:
        return first, None
    if slopes.numel() == 1:
        return first, slopes.item()
    flat = slopes.reshape(-1, *[1] * (first.ndim - 2)) == 0
    return torch.where(flat, first, 1.0), 0.0


def input_values(inputs: Inputs, swapped: bool) -> np.ndarray:
    """The first tensor of the inputs as it is drawn: float32 (n, …) or int64 symbols (n, time)."""
    first = real(inputs.first().detach()).cpu()
    if not first.numel():
        raise ValueError("the inputs hold no numbers")
    if first.is_floating_point() or first.ndim != 2:
        drawn = shown(first.float(), 0, swapped and first.ndim == 3)
    else:
        drawn = first.long()
        if not 0 <= int(drawn.min()) <= int(drawn.max()) < MOST_SYMBOLS:
            drawn = drawn.float()
    if drawn.numel() > MOST_INPUT_NUMBERS:
        raise ValueError(
            f"the inputs hold {drawn.numel():,} numbers; at most {MOST_INPUT_NUMBERS:,} can be kept"
        )
    return drawn.numpy().copy()

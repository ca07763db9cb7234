"""Seeing: from two passes of any network to its layers, and how each is recorded.

What cannot be recorded is named. This room knows torch.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import torch
from pydantic import ValidationError
from torch import nn

from core.activation import Function
from core.architectures.bricks import Activation, Shape
from core.architectures.bricks.field import Field
from core.architectures.bricks.foreign import UNSAFE, Elementwise, Foreign
from core.foreign.passes import (
    Traced,
    Unseen,
    axis_of,
    counted,
    kind_of,
    traced,
    unused,
    with_inputs,
)
from core.foreign.recognition import brick_of, foreign, shown
from core.foreign.shapes import multiplies, path_of, time_is_last
from core.foreign.tracing import Call
from core.foreign.watched import MOST_LAYERS, SeenLayer, tidy
from core.records import ArrayKey

POINTWISE = (
    *("add", "cat", "stack", "mul", "torch.nn.modules.linear.Identity"),
    "torchvision.transforms.transforms.Normalize",
    "torchvision.ops.stochastic_depth.StochasticDepth",
)
"""What sees of the input only what that sees which it is given: functions, and classes by path."""


@dataclass
class Look:
    """How one layer is recorded: where its inputs are, whether it is swapped, its function."""

    axis: int
    swapped: bool
    function: Function | None = None
    given_axis: int = 0


@dataclass
class Sight:
    """All that was seen of a network."""

    layers: tuple[SeenLayer, ...] = ()
    looks: dict[str, Look] = field(default_factory=dict)
    """By the name of the call."""
    names: dict[str, str] = field(default_factory=dict)
    """The layer of each call that is recorded."""
    parameters: dict[ArrayKey, nn.Parameter] = field(default_factory=dict)
    statistics: dict[ArrayKey, torch.Tensor] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    swapped_input: bool = False


class Seer:
    """Makes layers of two traces."""

    def __init__(self, network: nn.Module, inputs: Any) -> None:
        """Trace twice; raises what the network raises."""
        self.network, self.count = network, counted(inputs)
        self.calls = traced(network, inputs, priced=True)
        self.others = self.count - 1 or 2
        places = list(range(self.others)) if self.count > 1 else [0, 0]
        try:
            second = traced(network, with_inputs(inputs, places, self.count))
        except Exception:  # it wants just so many inputs
            second = []
        same = [one.call.name for one in second] == [one.call.name for one in self.calls]
        self.second = second if same else None
        self.sight, self.left_out = Sight(), []  # type: ignore[var-annotated]
        self.made: dict[str, SeenLayer] = {}
        self.gone: dict[str, tuple[tuple[str, ...], bool]] = {}
        self.taken: Counter[str] = Counter()
        self.owners: dict[int, str] = {}
        self.inner: Counter[str] = Counter()
        for one in self.calls:
            self.inner.update(one.call.around)

    def axis(self, place: int, which: str) -> int | None:
        """Where the inputs are in what a call was given or gave; None where they are nowhere."""
        shape = getattr(self.calls[place], which)
        if self.second is None:
            return 0 if shape and shape[0] == self.count else None
        return axis_of(shape, getattr(self.second[place], which), self.count, self.others)

    def seen(self) -> Sight:
        """All layers in their order, with places that tell what is inside what."""
        order: list[tuple[Call, SeenLayer]] = []
        for place, one in enumerate(self.calls):
            layer = self.layer(place, one)
            if layer is None:
                before = one.ends if not one.call.leaf else (one.call.sources, True)
                self.gone[one.call.name] = before
            else:
                order.append((one.call, layer))
                self.made[one.call.name] = layer
                self.sight.names[one.call.name] = layer.name
        if not order:
            raise Unseen("no module of this network gives numbers that can be recorded")
        if len(order) > MOST_LAYERS:
            raise Unseen(
                f"this network has {len(order):,} layers; at most {MOST_LAYERS:,} are recorded"
            )
        self.left_out += unused(self.network, self.calls, set(self.owners))
        self.sight.layers = self._placed(order)
        self.sight.left_out = tuple(tidy(t, UNSAFE, "·", 300) for t in self.left_out[:200])
        return self.sight

    def layer(self, place: int, one: Traced) -> SeenLayer | None:
        """The layer that a call is; None where it cannot be recorded or is only a wrapping."""
        call = one.call
        if not call.leaf and self.inner[call.name] < 2:
            return None
        axis, given_axis = self.axis(place, "gave"), self.axis(place, "given")
        if axis is None or not one.number:
            if call.leaf:
                why = "an output for each input" if one.number else "numbers with a fraction"
                self.left_out.append(f"{call.name} ({call.word}) does not give {why}")
            return None
        sources, moved = self.resolved(call.sources if call.leaf else one.ends[0])
        moved |= call.moved if call.leaf else one.ends[1]
        swapped = self._swapped(call, one, () if moved else sources)
        gave = tuple(shown(torch.empty(one.gave, device="meta"), axis, swapped).shape[1:])
        given = gave
        if given_axis is not None:
            turned = swapped and len(one.given) == 3
            meta = torch.empty(one.given, device="meta")
            given = tuple(shown(meta, given_axis, turned).shape[1:])
        name = self._named(call.name)
        weights, told = self._weights(call, name)
        one_input = one.adds // max(1, self.count)
        known = brick_of(call, given, gave) if call.leaf and one.alone else None
        if call.module is None:
            told = ", ".join(filter(None, (*(name or "input" for name in sources), told)))
        elif not call.leaf:
            told = f"{self.inner[call.name]} layers"
        sums = multiplies(weights, given, gave)
        other = foreign(call, one_input, told, sums)
        if one.several:
            self.left_out.append(f"of what {call.name} ({call.word}) gives, the first is recorded")
        facts: dict[str, Any] = {"name": name, "input_shape": given, "output_shape": gave}
        facts |= {"weights": weights, "place": "0", "sources": sources or ("",), "moved": moved}
        facts["field"] = self._field(call, known or other, sources, moved)
        try:
            layer = SeenLayer(brick=known or other, **facts)
        except ValidationError:
            layer = SeenLayer(brick=other, **facts | {"field": None})
        function = layer.brick.bends if isinstance(layer.brick, Activation | Elementwise) else None
        self.sight.looks[call.name] = Look(axis, swapped, function, given_axis or 0)
        self._statistics(call, layer)
        return layer

    def _named(self, path: str) -> str:
        name = tidy(path, r"[^\w.\-·]", "_", 110)
        self.taken[name] += 1
        return name if self.taken[name] == 1 else f"{name}·{self.taken[name]}"

    def _swapped(self, call: Call, one: Traced, sources: tuple[str, ...]) -> bool:
        """Whether channels stand before time, as torch's layers for sequences have them."""
        if len(one.gave) != 3:
            return False
        if time_is_last(call, one.gave):
            self.sight.swapped_input |= sources == ("",)
            return True
        before = [name for name, layer in self.made.items() if layer.name in sources]
        kept = bool(before) and one.given == one.gave
        return kept and all(self.sight.looks[name].swapped for name in before)

    def resolved(self, sources: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
        """The layers behind these calls; whether what is not recorded stood in between."""
        found: dict[str, None] = {}
        moved = False
        for name in sources:
            if name in self.made or not name:
                found[self.made[name].name if name else ""] = None
            elif name in self.gone:
                behind, between = self.resolved(self.gone[name][0])
                found |= dict.fromkeys(behind)
                moved |= between or self.gone[name][1]
        return tuple(found), moved

    def _weights(self, call: Call, name: str) -> tuple[dict[str, Shape], str]:
        """The shapes of what a call learns by kind; of a module used again, whose they are."""
        shapes: dict[str, Shape] = {}
        told = ""
        for word, parameter in call.parameters.items():
            if id(parameter) in self.owners:
                told = f"with the weights of {self.owners[id(parameter)]}"
                continue
            if not parameter.numel():
                continue
            kind = kind_of(word)
            while kind in shapes:
                kind += "_"
            self.owners[id(parameter)] = name
            shapes[kind] = tuple(parameter.shape) or (1,)
            self.sight.parameters[name, kind] = parameter
        return shapes, told

    def _statistics(self, call: Call, layer: SeenLayer) -> None:
        if layer.brick.kind == "batchnorm" and call.module is not None:
            for kind in ("running_mean", "running_var"):
                self.sight.statistics[layer.name, kind] = getattr(call.module, kind)

    def _field(
        self, call: Call, brick: Any, sources: tuple[str, ...], moved: bool
    ) -> tuple[int, int, int] | None:
        """What one output sees of the input, where that is known of all that is before it."""
        before = [self._field_of(name) for name in sources or ("",)]
        seen = None if moved else Field.union(before)
        if isinstance(brick, Foreign):
            known = path_of(call) in POINTWISE or not call.leaf
            return (seen.first, seen.width, seen.jump) if seen and known else None
        seen = seen.through(brick.window()) if seen else None
        return (seen.first, seen.width, seen.jump) if seen else None

    def _field_of(self, name: str) -> Field | None:
        known = next((one for one in self.made.values() if one.name == name), None)
        if known is None:
            return Field()
        return Field(*known.field) if known.field else None

    def _placed(self, order: list[tuple[Call, SeenLayer]]) -> tuple[SeenLayer, ...]:
        """The layers with their places: "4.2" is the second in the fourth."""
        kept = {call.name for call, _ in order if not call.leaf}
        inside: dict[str, list[str]] = {}
        for call, _ in order:
            outer = next((name for name in reversed(call.around) if name in kept), "")
            inside.setdefault(outer, []).append(call.name)
        places: dict[str, str] = {}

        def place(outer: str, before: str) -> None:
            for number, name in enumerate(inside.get(outer, ()), 1):
                places[name] = f"{before}{number}"
                place(name, f"{places[name]}.")

        place("", "")
        return tuple(layer.model_copy(update={"place": places[c.name]}) for c, layer in order)

"""Seeing: from two passes of any network to its layers, and how each is recorded.

What cannot be recorded is named. This room knows torch.
"""

from collections import Counter
from typing import Any

import torch
from pydantic import ValidationError
from torch import nn

from core.architectures.bricks import Activation, Shape
from core.architectures.bricks.field import Field
from core.architectures.bricks.foreign import UNSAFE, Elementwise
from core.foreign.fields import of_call, of_input
from core.foreign.inputs import Inputs, Unseen
from core.foreign.passes import Traced, axis_of, kind_of, traced
from core.foreign.recognition import brick_of, foreign, shown
from core.foreign.rest import MOST_WEIGHTS, drawn, unreached, unused, without_inputs
from core.foreign.shapes import multiplies, time_is_last
from core.foreign.sight import Look, Sight, placed
from core.foreign.tracing import Call
from core.foreign.watched import MOST_LAYERS, SeenLayer, tidy


class Seer:
    """Makes layers of two traces."""

    def __init__(self, network: nn.Module, inputs: Inputs) -> None:
        """Trace twice; raises what the network raises."""
        self.network, self.inputs, self.count = network, inputs, inputs.count
        self.first = inputs.first()
        self.calls = traced(network, inputs, priced=True)
        self.others = self.count - 1 or 2
        places = list(range(self.others)) if self.count > 1 else [0, 0]
        try:
            second = traced(network, inputs.only(places))
        except Exception:  # it wants just so many inputs
            self.second = None
        else:
            self.second = {one.call.name: one for one in second}
        self.sight, self.left_out = Sight(), []  # type: ignore[var-annotated]
        self.made: dict[str, SeenLayer] = {}
        self.gone: dict[str, tuple[tuple[str, ...], bool]] = {}
        self.taken: Counter[str] = Counter()
        self.owners: dict[str, str] = {}
        """The layer of each parameter, by the network's name of that."""
        self.inner: Counter[str] = Counter()
        for one in self.calls:
            self.inner.update(one.call.around)

    def axis(self, one: Traced, which: str) -> int | None:
        """Where the inputs are in what a call was given or gave; None where they are nowhere."""
        shape, usual = getattr(one, which), self.inputs.axis or 0
        if self.second is None:
            return usual if shape[usual : usual + 1] == (self.count,) else None
        other = self.second.get(one.call.name)
        if other is None:
            return None
        return axis_of(shape, getattr(other, which), self.count, self.others)

    def is_alike(self, one: Traced) -> bool:
        """Whether all inputs get the same from a call: it came from none of them."""
        other = (self.second or {}).get(one.call.name)
        return other is not None and one.gave == other.gave and not one.call.sources

    def seen(self) -> Sight:
        """All layers in their order, with places that tell what is inside what."""
        order: list[tuple[Call, SeenLayer]] = []
        for one in self.calls:
            layer = self.layer(one)
            if layer is None:
                before = one.ends if not one.call.leaf else (one.call.sources, True)
                self.gone[one.call.name] = before
            else:
                order.append((one.call, layer))
                self.made[one.call.name] = layer
                self.sight.names[one.call.name] = layer.name
        self.left_out += unused(self.network, self.calls, set(self.owners))
        for one in unreached(self.network, set(self.owners)):
            outer = next(
                (at for at, (call, _) in enumerate(order) if call.name in one.call.around), -1
            )
            layer = self._made(one, None, None, only_weights=True)
            order.insert(outer if order else 0, (one.call, layer))
        if not order:
            raise Unseen("no module of this network gives numbers that can be recorded")
        if len(order) > MOST_LAYERS:
            raise Unseen(
                f"this network has {len(order):,} layers; at most {MOST_LAYERS:,} are recorded"
            )
        self.sight.layers = placed(order)
        self.sight.left_out = tuple(tidy(t, UNSAFE, "·", 300) for t in self.left_out[:200])
        return self.sight

    def layer(self, one: Traced) -> SeenLayer | None:
        """The layer that a call is; None where it cannot be recorded or is only a wrapping."""
        call = one.call
        if not call.leaf and self.inner[call.name] < 2:
            return None
        axis = self.axis(one, "gave")
        if (
            one.number
            and all(one.gave)
            and (axis is not None or (call.leaf and self.is_alike(one)))
        ):
            return self._made(one, axis, self.axis(one, "given"))
        if not call.leaf:
            return None
        why = "an output for each input" if one.number else "numbers with a fraction"
        sentence = f"{call.name.partition('·')[0]} ({call.word}) does not give {why}"
        if sentence not in self.left_out:
            self.left_out.append(sentence)
        learns = any(name not in self.owners for name in call.names.values())
        return self._made(one, None, None, only_weights=True) if learns else None

    def _made(
        self, one: Traced, axis: int | None, given_axis: int | None, only_weights: bool = False
    ) -> SeenLayer:
        """The layer of a call whose inputs are there, or of which only weights are recorded."""
        call = one.call
        sources, moved = self.resolved(call.sources if call.leaf else one.ends[0])
        moved |= call.moved if call.leaf else one.ends[1]
        swapped = self._swapped(call, one, () if moved else sources)
        gave = self._drawn(one.gave, axis, swapped, only_weights)
        turned = swapped and len(one.given) == 3
        given = self._drawn(one.given, given_axis, turned, only_weights) if one.given else gave
        name = self._named(call.name)
        weights, told = self._weights(call, name)
        one_input = one.adds // max(1, self.count)
        known = brick_of(call, given, gave) if call.leaf and one.alone else None
        if call.module is None:
            told = ", ".join(filter(None, (*(name or "input" for name in sources), told)))
        elif not call.leaf:
            told = f"{self.inner[call.name]} layers"
        if only_weights:
            told = ", ".join(filter(None, (told, "only weights recorded")))
        other = foreign(call, one_input, told, multiplies(weights, given, gave))
        if one.several:
            self.left_out.append(f"of what {call.name} ({call.word}) gives, the first is recorded")
        facts: dict[str, Any] = {"name": name, "input_shape": given, "output_shape": gave}
        facts |= {"weights": weights, "place": "0", "sources": sources or ("",), "moved": moved}
        before = [self._before(name) for name in sources or ("",)]
        seen = None if moved else of_call(call, known or other, before, given, gave)
        facts |= {"field": seen, "only_weights": only_weights}
        try:
            layer = SeenLayer(brick=known or other, **facts)
        except ValidationError:
            layer = SeenLayer(brick=other, **facts | {"field": None})
        function = layer.brick.bends if isinstance(layer.brick, Activation | Elementwise) else None
        if not only_weights:
            self.sight.looks[call.name] = Look(axis, swapped, function, given_axis or 0)
        if one.complex or any(parameter.is_complex() for parameter in call.parameters.values()):
            self.left_out.append(f"of {name}, the magnitudes of complex numbers are recorded")
        self._statistics(call, layer)
        return layer

    def _drawn(self, shape: Shape, axis: int | None, swapped: bool, only_weights: bool) -> Shape:
        """A shape without the inputs, as it is drawn."""
        if only_weights:
            return without_inputs(shape)
        if axis is None:
            return drawn(shape)
        return tuple(shown(torch.empty(shape, device="meta"), axis, swapped).shape[1:])

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
        looks = [self.sight.looks.get(name) for name in before]
        return kept and all(look and look.swapped for look in looks)

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
            known = call.names.get(word)
            if known in self.owners:
                told = f"with the weights of {self.owners[known]}"
            full = len(shapes) == MOST_WEIGHTS
            if known in self.owners or not known or full or not parameter.numel():
                continue
            kind = kind_of(word)
            while kind in shapes:
                kind += "_"
            self.owners[known] = name
            shapes[kind] = tuple(parameter.shape) or (1,)
            self.sight.parameters[name, kind] = known
        return shapes, told

    def _statistics(self, call: Call, layer: SeenLayer) -> None:
        if layer.brick.kind == "batchnorm" and call.module is not None:
            for kind in ("running_mean", "running_var"):
                self.sight.statistics[layer.name, kind] = f"{call.name.partition('·')[0]}.{kind}"

    def _before(self, name: str) -> tuple[Shape, Field | None]:
        """The shape and the field of what a layer gave; of the network's input for ""."""
        known = next((one for one in self.made.values() if one.name == name), None)
        if known is None:
            return of_input(self.first, self.sight.swapped_input and self.first.ndim == 3)
        return known.output_shape, known.field if isinstance(known.field, Field) else None

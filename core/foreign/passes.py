"""Passes: what each call of a network was given and gave, and where the inputs are in it.

A second pass has another number of inputs: the axis whose side changes with it is theirs. This room
knows torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from core.architectures.bricks import Shape
from core.foreign.costs import cost_counter
from core.foreign.tracing import Call, is_leaf, passed, tensors_in, told_sources
from core.foreign.watched import tidy


@dataclass
class Traced:
    """A call and the tensors around it: shapes of the first given and gave, and what it cost."""

    call: Call
    given: Shape = ()
    gave: Shape = ()
    number: bool = False
    """Whether it gave numbers with a fraction."""
    alone: bool = True
    several: bool = False
    """Whether it gave other tensors beside the first."""
    adds: int = 0
    ends: tuple[tuple[str, ...], bool] = ((), False)
    """Of a module with parts: what its output comes from."""


class Unseen(ValueError):
    """A network that cannot be watched; the text is a sentence that says why."""


def counted(inputs: Any) -> int:
    """How many inputs there are: the length of the first tensor; raises Unseen."""
    first = next(tensors_in(inputs), None)
    if first is None or first.ndim < 1 or len(first) < 1:
        raise Unseen(
            "inputs must be a tensor, a tuple or a dict of tensors with at least one input, "
            "the inputs along the first axis"
        )
    return len(first)


def with_inputs(inputs: Any, places: list[int], count: int) -> Any:
    """The same with those inputs only, of all tensors that have `count` of them."""
    if isinstance(inputs, torch.Tensor):
        fits = inputs.ndim > 0 and len(inputs) == count
        return inputs[torch.tensor(places, device=inputs.device)] if fits else inputs
    if isinstance(inputs, Mapping):
        return {name: with_inputs(one, places, count) for name, one in inputs.items()}
    if isinstance(inputs, tuple | list):
        return tuple(with_inputs(one, places, count) for one in inputs)
    return inputs


def traced(network: nn.Module, inputs: Any, priced: bool = False) -> list[Traced]:
    """Every call of one pass, in the order in which they end."""
    calls: list[Traced] = []
    open_calls: dict[str, Traced] = {}
    counter = cost_counter() if priced else None
    flops: dict[str, int] = {}

    def before(call: Call, given: Any) -> None:
        one = open_calls[call.name] = Traced(call)
        tensors = [x for x in tensors_in(given) if not isinstance(x, nn.Parameter)]
        one.given = tuple(tensors[0].shape) if tensors else ()
        one.alone = len(tensors) == 1
        flops[call.name] = counter.get_total_flops() if counter else 0

    def after(call: Call, result: Any) -> None:
        one = open_calls.pop(call.name)
        found = list(tensors_in(result))
        gave, one.several = (found[0] if found else None), len(found) > 1
        if gave is not None:
            one.gave, one.number = tuple(gave.shape), gave.is_floating_point()
        one.adds = (counter.get_total_flops() - flops.pop(call.name)) // 2 if counter else 0
        one.ends = told_sources(gave)
        calls.append(one)

    if counter:
        with counter:
            passed(network, inputs, before, after)
    else:
        passed(network, inputs, before, after)
    return calls


def axis_of(shape: Shape, other: Shape, count: int, others: int) -> int | None:
    """Where the inputs are: the one axis whose side is their number in both passes."""
    if len(shape) != len(other):
        return None
    changed = [axis for axis, (a, b) in enumerate(zip(shape, other, strict=True)) if a != b]
    if len(changed) != 1 or (shape[changed[0]], other[changed[0]]) != (count, others):
        return None
    return changed[0]


def _is_part(network: nn.Module, path: str) -> bool:
    """Whether a module is inside one that is seen as a whole."""
    outer = path.rpartition(".")[0]
    while outer:
        if is_leaf(network.get_submodule(outer)):
            return True
        outer = outer.rpartition(".")[0]
    return False


def unused(network: nn.Module, calls: list[Traced], owned: set[int]) -> list[str]:
    """Sentences about modules that a pass did not reach, and parameters by id that none `owned`."""
    seen = {one.call.module for one in calls} | {network}
    silent: list[str] = []
    told = []
    for path, module in network.named_modules():
        inside = any(path.startswith(f"{outer}.") for outer in silent)
        reached = any(inner in seen for inner in module.modules())
        if path and not inside and not reached and not _is_part(network, path):
            silent.append(path)
            why = "did not take part when the inputs were looked at"
            told.append(f"{path} ({type(module).__name__}) {why}")
    for name, parameter in network.named_parameters():
        dumb = any(name.startswith(f"{path}.") for path in silent)
        if id(parameter) not in owned and not dumb and parameter.numel():
            told.append(f"what uses the weights {name} was not seen")
    return told


def kind_of(word: str) -> str:
    """What a parameter is called among a layer's arrays: "weight…" or "bias…"."""
    tidied = tidy(word.lower(), r"[^a-z0-9_]", "_", 50)
    for kind in ("bias", "weight"):
        if tidied.startswith(kind):
            rest = tidied.removeprefix(kind).strip("_")
            return f"{kind}_{rest}" if rest else kind
    kind = "bias" if "bias" in tidied else "weight"
    return f"{kind}_{tidied.replace(kind, '').strip('_') or kind}"

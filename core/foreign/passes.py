"""Passes: what each call of a network was given and gave, and where the inputs are in it.

A second pass has another number of inputs: the axis whose side changes with it is theirs. This room
knows torch.
"""

import itertools
from dataclasses import dataclass
from typing import Any

from torch import nn

from core.architectures.bricks import Shape
from core.foreign.costs import cost_counter
from core.foreign.inputs import Inputs, Unseen, tensors_in
from core.foreign.running import passed
from core.foreign.tracing import Call, told_sources
from core.foreign.watched import MOST_LAYERS, tidy

MOST_CALLS = 2_000
"""Most calls of layers and functions in a pass that is looked at: it is given up at the next."""


class TooManyCallsError(Unseen):
    """A pass that calls more than can be looked at; another reading of the inputs is no remedy."""


@dataclass
class Traced:
    """A call and the tensors around it: shapes of the first given and gave, and what it cost."""

    call: Call
    given: Shape = ()
    gave: Shape = ()
    number: bool = False
    """Whether it gave numbers with a fraction."""
    complex: bool = False
    alone: bool = True
    several: bool = False
    """Whether it gave other tensors beside the first."""
    adds: int = 0
    ends: tuple[tuple[str, ...], bool] = ((), False)
    """Of a module with parts: what its output comes from."""


def traced(network: nn.Module, inputs: Inputs, priced: bool = False) -> list[Traced]:
    """Every call of one pass, in the order in which they end."""
    calls: list[Traced] = []
    open_calls: dict[str, Traced] = {}
    counter = cost_counter() if priced and not inputs.gradients else None
    flops: dict[str, int] = {}
    leaves = itertools.count(1)

    def before(call: Call, given: Any) -> None:
        if call.leaf and next(leaves) > MOST_CALLS:  # a loop over thousands of steps, most likely
            raise TooManyCallsError(
                f"this network calls more than {MOST_CALLS:,} layers and functions for its inputs, "
                f"as a loop over that many steps does; at most {MOST_LAYERS:,} layers are recorded."
                " Watch it with shorter inputs, or give the whole sequence to one torch.nn.LSTM"
            )
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
            one.gave = tuple(gave.shape)
            one.number, one.complex = (
                gave.is_floating_point() or gave.is_complex(),
                gave.is_complex(),
            )
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


def kind_of(word: str) -> str:
    """What a parameter is called among a layer's arrays: "weight…" or "bias…"."""
    tidied = tidy(word.lower(), r"[^a-z0-9_]", "_", 50)
    for kind in ("bias", "weight"):
        if tidied.startswith(kind):
            rest = tidied.removeprefix(kind).strip("_")
            return f"{kind}_{rest}" if rest else kind
    kind = "bias" if "bias" in tidied else "weight"
    return f"{kind}_{tidied.replace(kind, '').strip('_') or kind}"

"""The rest: what a pass did not reach, and weights that are recorded without an output.

This room knows torch.
"""

import math
from collections.abc import Collection

from torch import nn

from core.architectures.bricks import Shape
from core.foreign.passes import Traced
from core.foreign.tracing import Call, is_leaf, modules_by_path, parameters_by_name

MOST_WEIGHTS = 64
"""Arrays of one layer; of a longer list of parameters several layers are made."""


LISTS = (nn.ParameterList, nn.ParameterDict)
"""Modules that are never called: they only hold parameters."""


def unused(network: nn.Module, calls: list[Traced], owned: Collection[str]) -> list[str]:
    """Sentences about modules that a pass did not reach, and parameters that none `owned`."""
    reached = {one.call.name.partition("·")[0] for one in calls if one.call.module} | {""}
    paths = {path: module for module, path in modules_by_path(network).items()}
    silent: list[str] = []
    sentences = []
    for path, module in paths.items():
        inside = any(path.startswith(f"{outer}.") for outer in silent)
        taken = any(one == path or one.startswith(f"{path}.") for one in reached)
        if path and not inside and not taken and not _whole(paths, path):
            silent.append(path)
            why = "did not take part when the inputs were looked at"
            if type(module) not in LISTS:
                sentences.append(f"{path} ({type(module).__name__}) {why}")
    for name, parameter in _first_names(network).items():
        dumb = any(name.startswith(f"{path}.") for path in silent)
        if name not in owned and not dumb and parameter.numel():
            sentences.append(f"what uses the weights {name} was not seen")
    return sentences


def unreached(network: nn.Module, owned: Collection[str]) -> list[Traced]:
    """As if called: each module whose parameters none `owned`, with shapes that its weights tell.

    A parameter of the network itself is by itself.
    """
    paths = {path: module for module, path in modules_by_path(network).items()}
    groups: dict[str, dict[str, nn.Parameter]] = {}
    for name, parameter in _first_names(network).items():
        if name not in owned and parameter.numel():
            outer = name.rpartition(".")[0]
            path = (_whole(paths, outer) or outer) if outer else name
            groups.setdefault(path, {})[name] = parameter
    calls = []
    for path, group in groups.items():
        module = paths.get(path)
        word = type(module).__name__ if module is not None else "Parameter"
        around = tuple(".".join(path.split(".")[:n]) for n in range(1, path.count(".") + 1))
        for start in range(0, len(group), MOST_WEIGHTS):
            some = dict(list(group.items())[start : start + MOST_WEIGHTS])
            call = Call(f"{path}·{start}" if start else path, module, word, around)
            call.names = {name.removeprefix(f"{path}."): name for name in some}
            call.parameters = {w: some[name] for w, name in call.names.items()}
            first = tuple(next(iter(some.values())).shape) or (1,)
            calls.append(Traced(call, (1, *(first[1:2] or first)), (1, first[0])))
    return calls


def without_inputs(shape: Shape) -> Shape:
    """A shape as it is drawn of what has no place for the inputs: its first axis is left out."""
    return drawn(shape[1:] if len(shape) > 1 else shape)


def drawn(shape: Shape) -> Shape:
    """A shape with at most three sides, none of them empty."""
    sides = tuple(max(1, side) for side in shape)
    if len(sides) <= 3:
        return sides or (1,)
    return (math.prod(sides[:-2]), *sides[-2:])


def _whole(paths: dict[str, nn.Module], path: str) -> str:
    """The module that is seen as a whole and that this one is inside of; "" where there is none."""
    parts = path.split(".")
    outer = (".".join(parts[:n]) for n in range(1, len(parts)))
    return next((one for one in outer if one in paths and is_leaf(paths[one])), "")


def _first_names(network: nn.Module) -> dict[str, nn.Parameter]:
    """Each parameter once, by the first of its names."""
    named: dict[int, tuple[str, nn.Parameter]] = {}
    for name, parameter in parameters_by_name(network).items():
        named.setdefault(id(parameter), (name, parameter))
    return dict(named.values())

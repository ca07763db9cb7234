"""Tracing: one pass through any network, call by call, with every module and function seen.

Hooks come on, inputs go through, hooks come off; see `running` for how nothing is changed by that.
This room knows torch.
"""

import contextlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)
from torch.nn.utils.parametrize import is_parametrized
from torch.overrides import TorchFunctionMode

from core.elementwise import FAMILIES
from core.foreign.inputs import tensors_in

FUNCTIONS = {
    *(family.called for family in FAMILIES.values()),
    *("softmax", "log_softmax"),
    *("add", "sub", "mul", "div", "matmul", "bmm", "einsum", "cat", "stack", "linear", "bilinear"),
    *("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "batch_norm"),
    *("addmm", "addbmm", "baddbmm", "addmv", "mv", "inner", "tensordot", "conv_transpose3d"),
    *("layer_norm", "group_norm", "instance_norm", "embedding", "dropout", "interpolate"),
    *("max_pool1d", "max_pool2d", "avg_pool1d", "avg_pool2d", "adaptive_avg_pool1d"),
    *("adaptive_avg_pool2d", "adaptive_max_pool2d", "mean", "amax", "pixel_shuffle"),
    *("scaled_dot_product_attention", "multi_head_attention_forward"),
}
"""Functions that are layers where they are called between modules; others only lay out numbers."""
OF_TWO = {"add", "sub", "mul", "div", "matmul", "bmm", "cat", "stack"}
"""Those that are layers only where they take two tensors: with a number alone they only scale."""
WHOLE = (nn.MultiheadAttention, nn.Linear, _ConvNd, _BatchNorm, nn.RNNBase, torch.jit.ScriptModule)
"""Layers that stay one where somebody's class adds parts to them, and what hides its parts."""
SAME = {"contiguous", "clone", "detach"}
"""Those that give the very numbers that they are given, in the same order."""
WORDS = {"truediv": "div", "multiply": "mul", "subtract": "sub", "concat": "cat", "mm": "matmul"}


@dataclass
class Call:
    """One call of a module or function: its name, and where it stands among the modules."""

    name: str
    module: nn.Module | None
    word: str
    """The class of the module or the name of the function."""
    around: tuple[str, ...] = ()
    """The names of the calls that it happened in, the outermost first."""
    leaf: bool = True
    sources: tuple[str, ...] = ()
    moved: bool = False
    settings: tuple[tuple, dict[str, Any]] = ((), {})
    """Of a function: what was given to it beside its first tensor, by place and by name."""
    parameters: dict[str, nn.Parameter] = field(default_factory=dict)
    """By the words that the layer calls them; "weights.0" of a list of them."""
    names: dict[str, str] = field(default_factory=dict)
    """The network's own names of these parameters, by the same words."""


Listener = Callable[[Call, Any], None]


class Pass(TorchFunctionMode):
    """Sees one pass: tells `before` each call what it is given, and `after` it what it gave."""

    def __init__(self, network: nn.Module, before: Listener, after: Listener) -> None:
        """Names are paths of modules, the second call of one "path·2"; of functions likewise."""
        super().__init__()
        self.network, self.before, self.after = network, before, after
        self.paths = modules_by_path(network)
        named = reversed(parameters_by_name(network).items())
        self.owned = {id(parameter): name for name, parameter in named}  # by the first name
        self.open: list[Call] = []
        self.counts: Counter[str] = Counter()

    @contextlib.contextmanager
    def hooked(self) -> Iterator[None]:
        """Hooks on every module while the block runs."""
        handles = [
            register_module_forward_pre_hook(self._enters_script),
            register_module_forward_hook(self._leaves_script),
        ]
        for module, path in self.paths.items():
            if path and not isinstance(module, torch.jit.ScriptModule):
                handles.append(module.register_forward_pre_hook(self._enters, with_kwargs=True))
                handles.append(module.register_forward_hook(self._leaves))
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(3 * limit)  # hooks add calls: what ends without them, ends with them
        try:
            with self:
                yield
        finally:
            sys.setrecursionlimit(limit)
            for handle in handles:
                handle.remove()

    def _enters_script(self, module: nn.Module, args: tuple) -> None:
        """Of a scripted module, on which no hook of its own can be."""
        if isinstance(module, torch.jit.ScriptModule):
            self._enters(module, args, {})

    def _leaves_script(self, module: nn.Module, args: tuple, result: Any) -> None:
        if isinstance(module, torch.jit.ScriptModule):
            self._leaves(module, args, result)

    @property
    def within(self) -> bool:
        """Whether a module without parts runs now: what it calls is its own business."""
        return bool(self.open) and self.open[-1].leaf

    def _name(self, path: str) -> str:
        self.counts[path] += 1
        return path if self.counts[path] == 1 else f"{path}·{self.counts[path]}"

    def _call(self, path: str, word: str, given: Any, module: nn.Module | None = None) -> Call:
        around = tuple(call.name for call in self.open)
        call = Call(self._name(path), module, word, around, module is None or is_leaf(module))
        call.sources, call.moved = told_sources(given)
        return call

    def _enters(self, module: nn.Module, args: tuple, kwargs: dict) -> None:
        if self.within:
            self.open.append(self.open[-1])
            return
        call = self._call(self.paths[module], type(module).__name__, (args, kwargs), module)
        call.parameters = dict(module.named_parameters(recurse=call.leaf))
        call.names = {w: self.owned.get(id(p), "") for w, p in call.parameters.items()}
        self.open.append(Call("", None, ""))  # so that nothing of what is done here is seen
        self.before(call, (args, kwargs))
        self.open[-1] = call

    def _leaves(self, module: nn.Module, args: tuple, result: Any) -> None:
        call = self.open[-1]
        if call.module is module:
            self.open[-1] = Call("", None, "")
            self.after(call, result)
            tell_source(result, (call.name,))
        self.open.pop()

    def _learned(self, given: list[torch.Tensor]) -> dict[str, nn.Parameter]:
        """The parameters among these tensors, and those that others of them were laid out from."""
        found: dict[str, nn.Parameter] = {}
        for one in given:
            if isinstance(one, nn.Parameter) and id(one) in self.owned:
                name = self.owned[id(one)]
                word = name.rpartition(".")[2]
                found[name if found.get(word, one) is not one else word] = one
            found |= getattr(one, "_laid_out_from", {})
        return found

    def __torch_function__(
        self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        """See a function that is called between modules."""
        kwargs = kwargs or {}
        if self.within:
            return func(*args, **kwargs)
        word = word_of(func)
        given = list(tensors_in((args, kwargs)))
        sources, moved = told_sources(given)
        learned = self._learned(given)
        if word not in FUNCTIONS or not sources or (word in OF_TWO and len(given) < 2):
            result = func(*args, **kwargs)
            tell_source(result, sources, moved or word not in SAME, learned)
            return result
        inner = next((call.name for call in reversed(self.open)), "")
        call = self._call(f"{inner}.{word}" if inner else word, word, given)
        call.parameters, call.settings = learned, (args[1:], kwargs)
        call.names = {w: self.owned.get(id(p), "") for w, p in learned.items()}
        self.before(call, (args, kwargs))
        result = func(*args, **kwargs)
        self.after(call, result)
        tell_source(result, (call.name,))
        return result


def is_leaf(module: nn.Module) -> bool:
    """Whether a module is seen as one: it has no parts, or is one of torch's layers with more."""
    whole = isinstance(module, WHOLE) or is_parametrized(module)
    return whole or next(module.children(), None) is None


def word_of(func: Any) -> str:
    """A function's name, whichever way it was called: "add" for +, "relu" in place."""
    word = getattr(func, "__name__", "").strip("_")
    if word[:1] in "ir" and word[1:] in FUNCTIONS | WORDS.keys() and word not in FUNCTIONS:
        word = word[1:]
    return WORDS.get(word, word)


def modules_by_path(network: nn.Module) -> dict[nn.Module, str]:
    """The modules and where they stand; of compiled ones, what they were made from."""
    found: dict[nn.Module, str] = {}
    for path, module in network.named_modules():
        hidden = any(path.startswith(f"{outer}.") for outer in _scripts(found))
        if "_orig_mod" not in module._modules and not hidden:
            found[module] = as_written(path)
    if isinstance(network, torch.jit.ScriptModule):
        found[network] = network.original_name
    return found


def _scripts(paths: dict[nn.Module, str]) -> list[str]:
    return [path for module, path in paths.items() if isinstance(module, torch.jit.ScriptModule)]


def parameters_by_name(network: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters by all their names, without what torch.compile puts between."""
    named = network.named_parameters(remove_duplicate=False)
    return {as_written(name): parameter for name, parameter in named}


def as_written(path: str) -> str:
    """A path without the word that torch.compile puts into it."""
    return ".".join(part for part in path.split(".") if part != "_orig_mod")


def told_sources(given: Any) -> tuple[tuple[str, ...], bool]:
    """The calls that gave these tensors, and whether they were laid out anew since."""
    found = [getattr(one, "_given_by", ((), False)) for one in tensors_in(given)]
    names = dict.fromkeys(name for sources, _ in found for name in sources)
    return tuple(names), any(moved for _, moved in found)


def tell_source(
    result: Any,
    sources: tuple[str, ...],
    moved: bool = False,
    learned: dict[str, nn.Parameter] | None = None,
) -> None:
    """Note on tensors which calls gave them; without any, which parameters they come from."""
    for one in tensors_in(result):
        if not isinstance(one, nn.Parameter):
            one._given_by = (sources, moved)  # type: ignore[attr-defined]
            if learned and not sources:
                one._laid_out_from = learned  # type: ignore[attr-defined]

"""Tracing: one pass through any network, call by call, with every module and function seen.

Hooks come on, inputs go through in evaluation mode without gradients, hooks come off: nothing in
the network and no random state is changed. This room knows torch.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd
from torch.nn.utils.parametrize import is_parametrized
from torch.overrides import TorchFunctionMode

from core.elementwise import FAMILIES
from core.recording import evaluating

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
WHOLE = (nn.MultiheadAttention, nn.Linear, _ConvNd, _BatchNorm, nn.RNNBase)
"""Layers that stay one where somebody's class adds parts to them."""
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


Listener = Callable[[Call, Any], None]


class Pass(TorchFunctionMode):
    """Sees one pass: tells `before` each call what it is given, and `after` it what it gave."""

    def __init__(self, network: nn.Module, before: Listener, after: Listener) -> None:
        """Names are paths of modules, the second call of one "path·2"; of functions likewise."""
        super().__init__()
        self.network, self.before, self.after = network, before, after
        self.paths = {module: path for path, module in network.named_modules()}
        self.owned = {id(p): name for name, p in network.named_parameters()}
        self.open: list[Call] = []
        self.counts: Counter[str] = Counter()

    @contextlib.contextmanager
    def hooked(self) -> Iterator[None]:
        """Hooks on every module while the block runs."""
        handles = []
        for module, path in self.paths.items():
            if path:
                handles.append(module.register_forward_pre_hook(self._enters, with_kwargs=True))
                handles.append(module.register_forward_hook(self._leaves))
        try:
            with self:
                yield
        finally:
            for handle in handles:
                handle.remove()

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
        parameters = module.named_parameters(recurse=call.leaf)
        call.parameters = dict(parameters)
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
                found[self.owned[id(one)].rpartition(".")[2]] = one
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


def tensors_in(value: Any) -> Iterator[torch.Tensor]:
    """The tensors in a value, in order, however they are nested in tuples, lists and dicts."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from tensors_in(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from tensors_in(one)


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


@contextlib.contextmanager
def untouched(network: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients; buffers and random state are as before at the end."""
    buffers = {name: buffer.clone() for name, buffer in network.named_buffers()}
    devices = {p.device.index or 0 for p in network.parameters() if p.device.type == "cuda"}
    with (
        torch.random.fork_rng(devices=sorted(devices)),
        evaluating(list(network.modules())),
        torch.no_grad(),
    ):
        try:
            yield
        finally:
            for name, buffer in network.named_buffers():
                if name in buffers and not torch.equal(buffer, buffers[name]):
                    buffer.copy_(buffers[name])


def passed(network: nn.Module, inputs: Any, before: Listener, after: Listener) -> Any:
    """Run a network once on these inputs (a tensor, a tuple or a dict), every call told."""
    seen = Pass(network, before, after)
    fresh = _noted(inputs)
    with untouched(network), seen.hooked():
        if isinstance(fresh, Mapping):
            return network(**fresh)
        return network(*fresh) if isinstance(fresh, tuple) else network(fresh)


def _noted(value: Any) -> Any:
    """The same inputs as tensors of their own, noted as the network's input."""
    if isinstance(value, torch.Tensor):
        fresh = value.detach().clone()
        tell_source(fresh, ("",))
        return fresh
    if isinstance(value, Mapping):
        return {name: _noted(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_noted(one) for one in value)
    return value

"""Recognition: a module of any network as one of our bricks, where it is one.

What is known is drawn with all that is known of its kind; what is not is drawn as it was seen. This
room knows torch.
"""

from collections.abc import Callable
from typing import Any

import torch
from pydantic import ValidationError
from torch import nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd

from core.activations import ACTIVATIONS
from core.architectures import bricks
from core.architectures.bricks import AnyBrick, Mismatch, Shape
from core.architectures.bricks.foreign import UNSAFE, Elementwise, Foreign
from core.elementwise import FAMILIES
from core.foreign.tracing import Call
from core.foreign.watched import tidy

_BY_CLASS = {name: family for name, family in FAMILIES.items() if name != "gelu_tanh"}
MODULES = {getattr(nn, family.torch_name): name for name, family in _BY_CLASS.items()}
CALLED = {family.called: name for name, family in _BY_CLASS.items()}
"""The families by torch's class, and by the name of torch's function."""
SUMMING = (nn.Linear, nn.Bilinear, _ConvNd, _NormBase, nn.LayerNorm, nn.GroupNorm)
SUMMING_FUNCTIONS = {
    *("linear", "bilinear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d"),
    *("conv_transpose3d", "batch_norm", "layer_norm", "group_norm", "instance_norm", "add"),
    *("addmm", "addbmm", "baddbmm", "addmv"),
}
"""What gives pre-activations."""
HARMLESS = {
    *("__init__", "__setstate__", "__repr__", "extra_repr", "reset_parameters", "train"),
    *("_load_from_state_dict", "_save_to_state_dict", "__init_subclass__", "__class_getitem__"),
}
"""Methods that a class may have its own of, and still compute what torch's does."""


class _Unknown(Exception):
    """It is none of our bricks, or one with settings that ours do not have."""


def own_class(module: nn.Module | None) -> type[nn.Module] | None:
    """The class of torch.nn that a module computes as, whatever its own is called; None for none.

    A class made from one of torch's computes the same where it has no methods of its own that
    torch's has, too, but those that are HARMLESS.
    """
    kinds = type(module).__mro__
    known = next((kind for kind in kinds if kind.__module__.startswith("torch.nn.")), None)
    if module is None or known in (None, nn.Module) or "forward" in vars(module):
        return None
    more = {name for kind in kinds[: kinds.index(known)] for name in vars(kind)}
    changed = {name for name in more if callable(getattr(known, name, None))}
    return known if changed <= HARMLESS else None


def brick_of(call: Call, given: Shape, gave: Shape) -> AnyBrick | Elementwise | None:
    """The brick that a call is, for one input of shape `given` and its output's; None for none."""
    try:
        maker = MAKERS.get(own_class(call.module))
        brick = maker(call.module) if maker else _function(call)
        return brick if brick.output(given) == gave else None
    except (_Unknown, ValidationError, Mismatch, IndexError):
        return None


def foreign(call: Call, adds: int, more: str, sums: bool = False) -> Foreign:
    """A call as it describes itself, and `more` about it; `adds` is what torch's counter found.

    `sums`: its shapes say that it gives sums of products.
    """
    module, word = call.module if call.leaf else None, call.word
    said = _said(module) if module is not None else ""
    told = tidy(", ".join(filter(None, (said, more))), UNSAFE, "·", 200)
    of = tidy(word, UNSAFE, "·", 80)
    known = own_class(call.module)
    if call.module is None:
        sums = word in SUMMING_FUNCTIONS
    elif known is not None:
        sums = issubclass(known, SUMMING)
    return Foreign(of=of, told=told, adds=adds, sums=sums)


def _said(module: nn.Module) -> str:
    """What a module says of itself between the brackets, lists as tuples."""
    said = module.extra_repr()
    if not said and type(module).__repr__ is not nn.Module.__repr__:
        said = repr(module).removeprefix(f"{type(module).__name__}(").removesuffix(")")
    return said.replace("[", "(").replace("]", ")")


def _function(call: Call) -> AnyBrick | Elementwise:
    """An activation function with its arguments, as a module or called by its name."""
    if call.module is None:
        name, given = _called(call)
    else:
        name = MODULES.get(own_class(call.module), "")
        if not name:
            raise _Unknown
        given = {word: getattr(call.module, word, None) for word in _words(name)}
    if name == "gelu" and given.pop("approximate", "none") != "none":
        name = "gelu_tanh"
    usual = FAMILIES[name].arguments
    if any(type(value) not in (int, float) for value in given.values()):
        raise _Unknown
    other = {word: float(value) for word, value in given.items() if value != usual[word]}
    if not other and name in ACTIVATIONS:
        return bricks.Activation(function=name)
    return Elementwise(function=name, arguments=other)


def _words(name: str) -> tuple[str, ...]:
    """The arguments of a family by torch's names."""
    return ("approximate",) if name == "gelu" else tuple(FAMILIES[name].arguments)


def _called(call: Call) -> tuple[str, dict[str, Any]]:
    """The family of a function that was called, and what was given to it beside its input."""
    name = CALLED.get(call.word, "")
    placed, named = call.settings
    if not name or named.get("training"):
        raise _Unknown
    if name == "prelu":
        slopes = list(call.parameters.values())
        if len(slopes) != 1:
            raise _Unknown
        return name, {"num_parameters": slopes[0].numel()}
    words = _words(name)
    given = dict(zip(words, placed, strict=False)) | named
    return name, {word: value for word, value in given.items() if word in words}


def _square(*sides: Any) -> list[int]:
    """Each of these sizes as one number, where height and width are alike."""
    found = []
    for side in sides:
        both = set(side) if isinstance(side, tuple) else {side}
        if len(both) != 1 or not isinstance(one := both.pop(), int):
            raise _Unknown
        found.append(one)
    return found


def _linear(m: nn.Linear) -> AnyBrick:
    return bricks.Linear(units=m.out_features)


def _convolution(m: Any) -> AnyBrick:
    kernel, stride, padding, dilation = _square(m.kernel_size, m.stride, m.padding, m.dilation)
    if m.groups != 1 or dilation != 1 or m.padding_mode != "zeros":
        raise _Unknown
    make = bricks.Conv2d if isinstance(m, nn.Conv2d) else bricks.Conv1d
    return make(filters=m.out_channels, kernel=kernel, stride=stride, padding=padding)


def _pool(m: Any) -> AnyBrick:
    size, stride, padding = _square(m.kernel_size, m.stride, m.padding)
    largest = isinstance(m, nn.MaxPool2d)
    if largest:
        usual = m.dilation in (1, (1, 1))
    else:
        usual = m.count_include_pad and m.divisor_override is None
    if m.ceil_mode or not usual:
        raise _Unknown
    make = bricks.MaxPool2d if largest else bricks.AvgPool2d
    return make(size=size, stride=stride, padding=padding)


def _recurrent(m: nn.RNNBase) -> AnyBrick:
    if not m.batch_first or not m.bias or m.proj_size:
        raise _Unknown
    sizes: dict[str, Any] = {"units": m.hidden_size, "layers": m.num_layers}
    sizes |= {"bidirectional": m.bidirectional}
    if isinstance(m, nn.RNN):
        return bricks.RNN(function=m.nonlinearity, **sizes)
    return (bricks.LSTM if isinstance(m, nn.LSTM) else bricks.GRU)(**sizes)


def _batchnorm(m: Any) -> AnyBrick:
    if not m.affine or not m.track_running_stats:
        raise _Unknown
    return bricks.BatchNorm()


def _layernorm(m: nn.LayerNorm) -> AnyBrick:
    if not m.elementwise_affine:
        raise _Unknown
    return bricks.LayerNorm()


def _groupnorm(m: nn.GroupNorm) -> AnyBrick:
    if not m.affine:
        raise _Unknown
    return bricks.GroupNorm(groups=m.num_groups)


def _embedding(m: nn.Embedding) -> AnyBrick:
    return bricks.Embedding(symbols=m.num_embeddings, features=m.embedding_dim)


def _dropout(m: nn.Dropout) -> AnyBrick:
    return bricks.Dropout(share=m.p)


def _flatten(m: nn.Flatten) -> AnyBrick:
    return bricks.Flatten()


MAKERS: dict[type | None, Callable[[Any], AnyBrick]] = {
    nn.Linear: _linear,
    nn.Conv1d: _convolution,
    nn.Conv2d: _convolution,
    nn.MaxPool2d: _pool,
    nn.AvgPool2d: _pool,
    nn.BatchNorm1d: _batchnorm,
    nn.BatchNorm2d: _batchnorm,
    nn.LayerNorm: _layernorm,
    nn.GroupNorm: _groupnorm,
    nn.Embedding: _embedding,
    nn.RNN: _recurrent,
    nn.LSTM: _recurrent,
    nn.GRU: _recurrent,
    nn.Dropout: _dropout,
    nn.Flatten: _flatten,
}
"""By the class of torch that a module computes as: see `own_class`."""


def shown(output: torch.Tensor, axis: int, swapped: bool) -> torch.Tensor:
    """An output with the inputs along the first axis, and at most three others: see `Layer`.

    `axis` is where the inputs are; `swapped`: channels of a sequence, which stand before its time,
    become its features. More axes than three are joined, from the first on.
    """
    found = output.movedim(axis, 0)
    if found.ndim == 1:
        found = found[:, None]
    if swapped:
        found = found.transpose(1, 2)
    return found.flatten(1, found.ndim - 3) if found.ndim > 4 else found

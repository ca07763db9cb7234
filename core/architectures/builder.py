"""The builder: from a plan of layers to torch modules, written to be seen.

Each layer is its own named module, nothing works in place and none is used twice, so that a hook
on a module sees exactly one layer. This room knows torch.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from core.activations import ACTIVATIONS
from core.architectures import modules
from core.architectures.bricks import Shape
from core.architectures.plans import Layer


def _activation(brick: Any, shape: Shape) -> nn.Module:
    return getattr(nn, ACTIVATIONS[brick.function].torch_name)()


def _conv2d(brick: Any, shape: Shape) -> nn.Module:
    return nn.Conv2d(shape[0], brick.filters, brick.kernel, brick.stride, brick.padding)


def _conv1d(brick: Any, shape: Shape) -> nn.Module:
    return modules.Conv1d(shape[1], brick.filters, brick.kernel, brick.stride, brick.padding)


def _batchnorm(brick: Any, shape: Shape) -> nn.Module:
    if len(shape) == 2:
        return modules.SequenceBatchNorm(shape[1])
    return (nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d)(shape[0])


def _recurrent(module: type[nn.RNNBase]) -> Callable[[Any, Shape], nn.Module]:
    def made(brick: Any, shape: Shape) -> nn.Module:
        more = {"nonlinearity": brick.function} if brick.kind == "rnn" else {}
        more |= {"bidirectional": brick.bidirectional, "batch_first": True}
        return module(shape[1], brick.units, brick.layers, **more)  # type: ignore[arg-type]

    return made


MODULES: dict[str, Callable[[Any, Shape], nn.Module]] = {
    "linear": lambda brick, shape: nn.Linear(shape[-1], brick.units),
    "conv2d": _conv2d,
    "conv1d": _conv1d,
    "maxpool2d": lambda brick, shape: nn.MaxPool2d(brick.size, brick.stride, brick.padding),
    "avgpool2d": lambda brick, shape: nn.AvgPool2d(brick.size, brick.stride, brick.padding),
    "globalaveragepool": lambda brick, shape: modules.GlobalAveragePool(),
    "flatten": lambda brick, shape: nn.Flatten(),
    "rows": lambda brick, shape: modules.Rows(),
    "activation": _activation,
    "batchnorm": _batchnorm,
    "layernorm": lambda brick, shape: nn.LayerNorm(brick.weights(shape)["weight"]),
    "groupnorm": lambda brick, shape: nn.GroupNorm(brick.groups, shape[0]),
    "embedding": lambda brick, shape: nn.Embedding(brick.symbols, brick.features),
    "positions": lambda brick, shape: modules.Positions(*shape),
    "rnn": _recurrent(modules.RNN),
    "lstm": _recurrent(modules.LSTM),
    "gru": _recurrent(modules.GRU),
    "selfattention": lambda brick, shape: modules.SelfAttention(
        shape[1], brick.heads, brick.causal
    ),
    "laststep": lambda brick, shape: modules.LastStep(),
    "meanovertime": lambda brick, shape: modules.MeanOverTime(),
}
"""The torch module of each kind of brick, for an input of a shape; Dropout needs more."""
CONTAINERS = {"residual": modules.Residual, "branches": modules.Branches}


def build(layers: tuple[Layer, ...], generator: torch.Generator) -> nn.Sequential:
    """The network of a plan, its weights unset until `initialise` or a checkpoint fills them.

    A module's own name, the last part of its path, is its layer's. `generator` is the run's own
    random state, which Dropout draws from.
    """
    with torch.device("meta"):
        network = _stack([layer for layer in layers if "." not in layer.place], generator)
    return network.to_empty(device="cpu")


def _stack(layers: Sequence[Layer], generator: torch.Generator) -> nn.Sequential:
    return nn.Sequential(OrderedDict((x.name, _module(x, generator)) for x in layers))


def _module(layer: Layer, generator: torch.Generator) -> nn.Module:
    if layer.kind == "dropout":
        return modules.Dropout(layer.brick.share, generator)  # type: ignore[union-attr]
    if layer.inside:
        stacks = OrderedDict((word, _stack(inside, generator)) for word, inside in layer.inside)
        return CONTAINERS[layer.kind](stacks)
    return MODULES[layer.kind](layer.brick, layer.input_shape)


def owner(name: str) -> tuple[str, str]:
    """An array's layer and kind by its name in the network, "residual1.block.conv1.bias"."""
    path, _, kind = name.rpartition(".")
    return path.rpartition(".")[2], kind


SMALL, LARGE = 0.001, 1.0
"""Standard deviations of weights that begin too small and too large."""


def initialise(network: nn.Module, generator: torch.Generator, how: str = "torch") -> None:
    """Fill a network with a random start, drawn from `generator`.

    "torch": same numbers as torch's own `reset_parameters` after `torch.manual_seed` with the same
    seed. Otherwise the weights of Linear layers and convolutions are drawn anew, normally about 0,
    and their biases are 0: "kaiming" (He et al., 2015), "xavier" (Glorot and Bengio, 2010), or with
    a standard deviation that is too "small" or too "large".
    """
    _initialise(network, generator)
    if how == "torch":
        return
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d | nn.Conv1d):
            if how == "kaiming":
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
            elif how == "xavier":
                nn.init.xavier_normal_(module.weight, generator=generator)
            else:
                size = SMALL if how == "small" else LARGE
                nn.init.normal_(module.weight, std=size, generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def _initialise(network: nn.Module, generator: torch.Generator) -> None:
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d | nn.Conv1d):
            fan_in = module.weight[0].numel()
            nn.init.kaiming_uniform_(module.weight, a=5**0.5, generator=generator)
            if module.bias is not None:
                nn.init.uniform_(module.bias, -(fan_in**-0.5), fan_in**-0.5, generator=generator)
        elif isinstance(module, nn.RNNBase):
            reach = module.hidden_size**-0.5
            for parameter in module.parameters():
                nn.init.uniform_(parameter, -reach, reach, generator=generator)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, generator=generator)
        elif isinstance(module, modules.SelfAttention | modules.Positions):
            module.reset(generator)
        elif callable(reset := getattr(module, "reset_parameters", None)):
            reset()  # norms and PReLU start at constants

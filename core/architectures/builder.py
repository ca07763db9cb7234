"""The builder: from a plan of layers to torch modules, written to be seen.

Each layer is its own named module, nothing works in place and none is used twice, so that a hook
on a module sees exactly one layer. This room knows torch.
"""

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import nn

from core.architectures import modules
from core.architectures.calls import CONTAINERS, call_of
from core.architectures.plans import Layer


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
        return getattr(modules, CONTAINERS[layer.kind])(stacks)
    call = call_of(layer)
    place, _, name = call.maker.rpartition(".")
    return getattr(nn if place else modules, name)(*call.arguments, **call.named)


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

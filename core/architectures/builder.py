"""The builder: from a plan of layers to torch modules, written to be seen.

Each layer is its own named module, nothing works in place and none is used twice, so that a hook
on a module sees exactly one layer. This room knows torch.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from core.activations import ACTIVATIONS
from core.architectures import bricks
from core.architectures.bricks import Shape
from core.architectures.plans import Layer


class Dropout(nn.Module):
    """torch.nn.Dropout that draws its mask from the run's own generator.

    Two runs that share a process share torch's global random state; with a generator of its own
    a run gives the same weights whatever else is trained beside it.
    """

    def __init__(self, share: float, generator: torch.Generator) -> None:
        """Set numbers to zero with probability `share` while training."""
        super().__init__()
        self.share, self.generator = share, generator

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The input where kept, divided by the share that is kept; unchanged in evaluation."""
        if not self.training or self.share == 0:
            return x
        kept = torch.rand(x.shape, generator=self.generator, dtype=x.dtype) >= self.share
        return x * kept / (1 - self.share)


def _activation(brick: Any, shape: Shape) -> nn.Module:
    return getattr(nn, ACTIVATIONS[brick.function].torch_name)()


def _conv2d(brick: Any, shape: Shape) -> nn.Module:
    return nn.Conv2d(shape[0], brick.filters, brick.kernel, brick.stride, brick.padding)


def _batchnorm(brick: Any, shape: Shape) -> nn.Module:
    return (nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d)(shape[0])


MODULES: dict[str, Callable[[Any, Shape], nn.Module]] = {
    "linear": lambda brick, shape: nn.Linear(shape[0], brick.units),
    "conv2d": _conv2d,
    "maxpool2d": lambda brick, shape: nn.MaxPool2d(brick.size, brick.stride),
    "avgpool2d": lambda brick, shape: nn.AvgPool2d(brick.size, brick.stride),
    "flatten": lambda brick, shape: nn.Flatten(),
    "activation": _activation,
    "batchnorm": _batchnorm,
}
"""The torch module of each kind of brick, for an input of a shape; Dropout needs more."""


def build(layers: tuple[Layer, ...], generator: torch.Generator) -> nn.Sequential:
    """The network of a plan, its weights unset until `initialise` or a checkpoint fills them.

    `generator` is the run's own random state, which Dropout draws from.
    """
    with torch.device("meta"):
        modules = OrderedDict(
            (layer.name, Dropout(layer.brick.share, generator))
            if isinstance(layer.brick, bricks.Dropout)
            else (layer.name, MODULES[layer.kind](layer.brick, layer.input_shape))
            for layer in layers
        )
        network = nn.Sequential(modules)
    return network.to_empty(device="cpu")


def initialise(network: nn.Module, generator: torch.Generator) -> None:
    """Fill a network with torch's default random start, drawn from `generator`.

    Same numbers as torch's own `reset_parameters` after `torch.manual_seed` with the same seed.
    """
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d):
            fan_in = module.weight[0].numel()
            nn.init.kaiming_uniform_(module.weight, a=5**0.5, generator=generator)
            if module.bias is not None:
                nn.init.uniform_(module.bias, -(fan_in**-0.5), fan_in**-0.5, generator=generator)
        elif callable(reset := getattr(module, "reset_parameters", None)):
            reset()  # BatchNorm and PReLU start at constants

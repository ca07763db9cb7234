"""The exact state of a training run, out to arrays and back in. This room knows torch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from core.architectures.builder import build, initialise, owner
from core.architectures.plans import Layer
from core.records import Array, ArrayKey, Checkpoint
from core.settings import Settings

MOMENTUM = 0.9


class State:
    """Network, optimizer and random state: all that decides the next step.

    `seconds` counts how long it was trained, and decides nothing.
    """

    def __init__(self, settings: Settings, start: Checkpoint | None = None) -> None:
        """The random start of the seed, or what `start` holds."""
        self.settings = settings
        self.generator = torch.Generator().manual_seed(settings.seed)
        self.network = network_of(settings.layers, self.generator)
        initialise(self.network, self.generator, settings.initialisation)
        self.optimizer = _optimizer(settings, self.network)
        self._parameters = list(self.network.parameters())
        self._update = _unmarked(type(self.optimizer).step)
        self.step, self.seconds = 0, 0.0
        self.scheduled = settings.schedule != "constant"
        if start is not None:
            self._restore(start)

    def checkpoint(self) -> Checkpoint:
        """A copy of the state after `step` updates; nothing in it is rounded."""
        arrays: dict[ArrayKey, Array] = {}
        for name, tensor in self.network.state_dict().items():
            layer, kind = owner(name)
            arrays[layer, kind] = _copied(tensor)
        for name, parameter in self.network.named_parameters():
            layer, kind = owner(name)
            for key, value in self.optimizer.state.get(parameter, {}).items():
                if isinstance(value, torch.Tensor):
                    arrays[layer, f"optimizer/{kind}/{key}"] = _copied(value)
        arrays["", "random"] = _copied(self.generator.get_state())
        rate = self.optimizer.param_groups[0]["lr"]
        arrays["", "learning_rate"] = Array(np.array([rate], np.float64))
        arrays["", "seconds"] = Array(np.array([self.seconds], np.float64))
        return Checkpoint(self.step, arrays)

    def _restore(self, start: Checkpoint) -> None:
        load_weights(self.network, start.arrays)
        for name, parameter in self.network.named_parameters():
            layer, kind = owner(name)
            prefix = f"optimizer/{kind}/"
            state = {
                key[1].removeprefix(prefix): _shaped(array, parameter)
                for key, array in start.arrays.items()
                if key[0] == layer and key[1].startswith(prefix)
            }
            if state:
                self.optimizer.state[parameter] = state
        self.generator.set_state(torch.from_numpy(start.arrays["", "random"].values.copy()))
        rate = float(start.arrays["", "learning_rate"].values[0])
        self._use(rate)
        self.scheduled &= rate == self.settings.rate_at(start.step)  # else it was set by hand
        if ("", "seconds") in start.arrays:
            self.seconds = float(start.arrays["", "seconds"].values[0])
        self.step = start.step

    @property
    def learning_rate(self) -> float:
        """The learning rate that the next step uses."""
        return self.optimizer.param_groups[0]["lr"]

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        """Use another learning rate from the next step on; a schedule ends with that."""
        self.scheduled = False
        self._use(rate)

    def clear_gradients(self) -> None:
        """Forget all gradients: what the optimizer's `zero_grad` does, without its profiler marks.

        The marks of this and of `update` are a tenth of a small network's step.
        """
        for parameter in self._parameters:
            parameter.grad = None

    def update(self) -> None:
        """Let the optimizer change the weights, and take the learning rate of the next update."""
        self._update(self.optimizer)
        self.step += 1
        if self.scheduled:
            self._use(self.settings.rate_at(self.step))

    def _use(self, rate: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = rate


def network_of(layers: tuple[Layer, ...], generator: torch.Generator | None = None) -> nn.Module:
    """The network of a plan with its weights unset, in training mode."""
    return build(layers, generator or torch.Generator())


def load_weights(network: nn.Module, arrays: dict[ArrayKey, Array]) -> None:
    """Fill a network's parameters and buffers from recorded arrays; KeyError if one lacks."""
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            layer, kind = owner(name)
            if kind == "num_batches_tracked" and (layer, kind) not in arrays:
                continue
            array = arrays[layer, kind]
            values = array.values if array.scale == 1 else array.numbers()
            tensor.copy_(torch.from_numpy(values.copy()).reshape(tensor.shape))


def _unmarked(step: Callable[..., Any]) -> Callable[..., Any]:
    """An optimizer's step without what PyTorch has put around it: the profiler's marks, and hooks.

    Nothing here hooks into an optimizer.
    """
    return getattr(step, "__wrapped__", step) if getattr(step, "hooked", False) else step


def _shaped(array: Array, parameter: torch.Tensor) -> torch.Tensor:
    """An optimizer's array for a parameter; a file from elsewhere may hold any other shape."""
    tensor = torch.from_numpy(array.values.astype(np.float32))
    return tensor.reshape(parameter.shape) if tensor.ndim else tensor


def _copied(tensor: torch.Tensor) -> Array:
    return Array(tensor.detach().clone().numpy())


def _optimizer(settings: Settings, network: nn.Module) -> torch.optim.Optimizer:
    parameters, rate = list(network.parameters()), settings.learning_rate
    if not parameters:
        raise ValueError("the network has no weights to train")
    if settings.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=rate, momentum=MOMENTUM, fused=True)
    if settings.optimizer == "adamw":
        return torch.optim.AdamW(parameters, lr=rate, fused=True)
    if settings.optimizer == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=rate)
    return torch.optim.Adam(parameters, lr=rate, fused=True)

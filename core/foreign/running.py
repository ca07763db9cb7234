"""Running: a network goes through its inputs once, and nothing in it is changed by that.

This room knows torch.
"""

import contextlib
import copy
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter, is_lazy

from core.foreign.inputs import Inputs, tensors_in
from core.foreign.restoring import restored
from core.foreign.tracing import Listener, Pass, tell_source
from core.recording import evaluating


def passed(network: nn.Module, inputs: Inputs, before: Listener, after: Listener) -> None:
    """Run a network once in evaluation mode, `before` and `after` told of every call."""
    with undisturbed(network, inputs.value) as runs, torch.set_grad_enabled(inputs.gradients):
        seen = Pass(runs, before, after)
        args, kwargs = inputs.arguments()
        for tensor in tensors_in((args, kwargs)):
            tell_source(tensor, ("",))
        with seen.hooked():
            runs(*args, **kwargs)


@contextlib.contextmanager
def undisturbed(network: nn.Module, *others: object) -> Iterator[nn.Module]:
    """Evaluation mode; whatever changes in the network or `others` is as before at the end.

    Gives what to run: what is compiled runs as it was written, of scripted parts copies run, since
    nothing can put those back, and lazy layers are initialised anew.
    """
    with warnings.catch_warnings(), restored(network, *others), _uncompiled(), torch.no_grad():
        warnings.simplefilter("ignore")  # the person's own call will say the same
        runs = _copy_of_script(network)
        for module in list(runs.modules()):
            if not isinstance(module, torch.jit.ScriptModule):
                _renew(module)
        own = [m for m in runs.modules() if not isinstance(m, torch.jit.ScriptModule)]
        with evaluating(own):
            yield runs


@contextlib.contextmanager
def initialised(network: nn.Module, inputs: Inputs) -> Iterator[None]:
    """Lazy layers are initialised while the block runs, and not any more at its end."""
    if not waits(network):
        yield
        return
    with undisturbed(network, inputs.value) as runs:
        args, kwargs = inputs.arguments()
        runs(*args, **kwargs)
        yield


def waits(network: nn.Module) -> bool:
    """Whether some of its layers wait for their first inputs to know their shapes."""
    return any(map(is_lazy, network.parameters())) or any(map(is_lazy, network.buffers()))


def _uncompiled() -> contextlib.AbstractContextManager:
    """All that torch.compile was given runs as it was written."""
    if "torch._dynamo" not in sys.modules:  # nothing was compiled; to import it takes seconds
        return contextlib.nullcontext()
    return torch.compiler.set_stance("force_eager")


def _copy_of_script(module: nn.Module) -> nn.Module:
    scripted = isinstance(module, torch.jit.ScriptModule)
    return copy.deepcopy(module).eval() if scripted else module


def _renew(module: nn.Module) -> None:
    """Parts of a module that would be changed for good are replaced, for as long as it runs."""
    for name, child in module._modules.items():
        if child is not None:
            module._modules[name] = _copy_of_script(child)
    for name, parameter in module._parameters.items():
        if isinstance(parameter, UninitializedParameter):
            kind = {"device": parameter.device, "dtype": parameter.dtype}
            module._parameters[name] = UninitializedParameter(parameter.requires_grad, **kind)
    for name, buffer in module._buffers.items():
        if isinstance(buffer, UninitializedBuffer):
            made: Any = UninitializedBuffer  # its type says less than it takes
            module._buffers[name] = made(device=buffer.device, dtype=buffer.dtype)

"""Divergence: where the first number that is none appeared. This room knows torch."""

import torch
from torch import nn

from core.recording import outputs_of


def first_not_finite(network: nn.Module, images: torch.Tensor) -> str | None:
    """Where the first NaN or infinity stands on the way from the images to the prediction.

    Looks at the network in the mode that it is in; while training, that is its last pass. Running
    statistics decide nothing then, and count in evaluation only.
    """
    layers = {
        path.rpartition(".")[2]: module
        for path, module in network.named_modules()
        if not isinstance(module, nn.Sequential)
    }
    with torch.no_grad(), outputs_of(network, set(layers)) as seen:
        network(images)
    for name in seen:  # in the order in which they were passed
        own = list(layers[name].named_parameters(recurse=False))
        if not network.training:
            own += layers[name].named_buffers(recurse=False)
        for kind, tensor in own:
            if not tensor.isfinite().all():
                return f"{kind} of {name}"
        if not seen[name][1].isfinite().all():
            return f"output of {name}"
    return None

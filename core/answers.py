"""Answers to single questions about a network's recorded weights, computed in a worker.

Imported by the server too (it submits these), so torch is imported only inside.
"""

from typing import TYPE_CHECKING

import numpy as np

from core.records import Array, ArrayKey
from core.settings import Settings

if TYPE_CHECKING:
    from torch import nn


def _network(settings: Settings, arrays: dict[ArrayKey, Array], whole: bool = False) -> "nn.Module":
    """The network with these weights, in evaluation mode; only a `whole` record will do, or any."""
    import torch

    from core.checkpoints import load_weights, network_of

    torch.set_num_threads(1)
    if whole and any(array.units is not None for array in arrays.values()):
        raise ValueError("only some units of this moment were recorded")
    network = network_of(settings.layers)
    load_weights(network, arrays)
    return network.eval()


def outputs(
    settings: Settings, arrays: dict[ArrayKey, Array], images: np.ndarray
) -> dict[str, np.ndarray]:
    """Every layer's output for some inputs, by layer, float32 (n, *output_shape).

    `arrays` holds the weights, of a checkpoint or of a moment recorded whole; `images` is what
    the network is fed, (n, …). "softmax" holds the softmax of the last layer. Raises KeyError
    where a weight is missing and ValueError where only some units were recorded.
    """
    import torch

    from core.recording import outputs_of

    network = _network(settings, arrays, whole=True)
    names = {layer.name for layer in settings.layers}
    with torch.inference_mode(), outputs_of(network, names) as seen:
        last = network(torch.from_numpy(images.copy()))
    found = {name: after.numpy() for name, (_, after) in seen.items()}
    return {**found, "softmax": last.softmax(dim=-1).numpy()}


def examples_used(settings: Settings, arrays: dict[ArrayKey, Array]) -> np.ndarray:
    """The places of the training examples that the run learned from, int64 (n,)."""
    from core.training import rows_used

    return rows_used(settings).numpy()


def reach(
    settings: Settings,
    arrays: dict[ArrayKey, Array],
    inputs: np.ndarray,
    targets: np.ndarray,
    layer: str,
) -> np.ndarray:
    """How far back the gradient reaches: ‖∂loss ÷ ∂x‖ at each step x of what a layer is given.

    `inputs` (n, …) and `targets` (n, …) as in training; the result is (n, time), each input's own
    loss taken, by autograd in evaluation mode. Raises as `outputs` does.
    """
    import torch

    from core.architectures.builder import owner
    from core.losses import LOSSES

    network = _network(settings, arrays)
    module = next(m for path, m in network.named_modules() if owner(f"{path}.x")[0] == layer)
    seen: list[torch.Tensor] = []

    def keep(_: torch.nn.Module, given: tuple) -> tuple:
        seen.append(given[0].detach().requires_grad_())
        return (seen[0],)

    handle = module.register_forward_pre_hook(keep)
    said = network(torch.from_numpy(inputs.copy()))
    handle.remove()
    loss_of = LOSSES[settings.dataset.task]
    truth = torch.from_numpy(targets.copy())
    sum(loss_of(said[n : n + 1], truth[n : n + 1]) for n in range(len(inputs))).backward()  # type: ignore[union-attr]
    assert seen[0].grad is not None
    return seen[0].grad.norm(dim=2).numpy()


def written(
    settings: Settings,
    arrays: dict[ArrayKey, Array],
    start: np.ndarray,
    count: int,
    temperature: float,
    seed: int,
) -> np.ndarray:
    """What a network that predicts the next symbol writes after `start` (n,): `count` symbols.

    Each is drawn from the softmax of the outputs ÷ `temperature`, then read in like the others; the
    network sees as many of the last symbols as an input has. Raises as `outputs` does.
    """
    import torch

    network = _network(settings, arrays, whole=True)
    drawn = torch.Generator().manual_seed(seed)
    symbols, window = torch.from_numpy(start.copy()), settings.layers[0].input_shape[0]
    with torch.inference_mode():
        for _ in range(count):
            output = network(symbols[None, -window:])[0, -1]
            chances = (output / temperature).softmax(dim=0)
            symbols = torch.cat([symbols, torch.multinomial(chances, 1, generator=drawn)])
    return symbols[len(start) :].numpy()

"""One step: a batch walked through a run's network, forward and back, exactly as training does.

Imported by the server too (it submits `one_step`), so torch is imported only inside.
"""

from typing import NamedTuple

import numpy as np

from core.records import ArrayKey, Checkpoint
from core.settings import Settings

MOST_NUMBERS = 262_144
"""Numbers of one array that are given; of a larger one its first rows."""


class Walk(NamedTuple):
    """What one step did, in float32 as PyTorch computed it: for one example, and to the weights."""

    step: int
    """How many updates came before."""
    learning_rate: float
    batch: int
    """How many examples the batch has."""
    place: int
    """The example's number among the training inputs."""
    inputs: np.ndarray
    target: np.ndarray
    given: dict[str, np.ndarray]
    """What each layer was given for the example, by layer (no batch)."""
    outputs: dict[str, np.ndarray]
    """What each layer gave for it, in training mode: Dropout leaves out what it left out."""
    slopes: dict[str, np.ndarray]
    """∂ loss of the batch ÷ ∂ each of these outputs; none where nothing is learned before it."""
    loss: float
    """The mean over the batch, which is what the gradient is of."""
    own_loss: float
    before: dict[ArrayKey, np.ndarray]
    gradient: dict[ArrayKey, np.ndarray]
    after: dict[ArrayKey, np.ndarray]
    """Every parameter before the update and after it, and ∂ loss ÷ ∂ parameter."""
    spreads: dict[str, tuple[np.ndarray, np.ndarray]]
    """Mean and variance over the batch of each channel that a BatchNorm was given, by layer."""
    training: bool = True
    """Or evaluation: no Dropout, and BatchNorm with its running statistics, which `spreads` has."""


def one_step(settings: Settings, start: Checkpoint | None, example: int = 0) -> Walk:
    """Take the step that follows an exact state, and tell of it; nothing else is changed.

    Without a `start` it is the first step, from the random start that the seed gives. `example`
    counts within the batch. Raises ValueError where no step follows, and DataError where
    the data set is not here.
    """
    import torch

    from core.architectures.builder import owner
    from core.checkpoints import State
    from core.losses import LOSSES
    from core.recording import outputs_of
    from core.training import epoch_batches, tensors

    done = start.step if start else 0
    if done >= settings.steps:
        raise ValueError(f"the run ends with step {settings.steps}; no step follows")
    torch.set_num_threads(settings.threads)
    inputs, targets, *_ = tensors(settings.dataset)
    state = State(settings, start)
    state.network.train()
    epoch, position = divmod(done, settings.steps_per_epoch)
    batch = epoch_batches(settings, epoch)[position]
    example = min(max(0, example), len(batch) - 1)
    loss_of = LOSSES[settings.dataset.task]
    parameters = {owner(name): p for name, p in state.network.named_parameters()}
    before = {key: _kept(p) for key, p in parameters.items()}
    rate = state.learning_rate
    state.optimizer.zero_grad()
    with outputs_of(state.network, {layer.name for layer in settings.layers}) as seen:
        output = state.network(inputs.index_select(0, batch))
    for _, result in seen.values():
        if result.requires_grad:
            result.retain_grad()
    truth = targets.index_select(0, batch)
    loss = loss_of(output, truth)
    loss.backward()
    own = loss_of(output[example : example + 1].detach(), truth[example : example + 1])
    gradient = {key: _kept(p.grad) for key, p in parameters.items() if p.grad is not None}
    state.optimizer.step()
    one = slice(example, example + 1)
    return Walk(
        done,
        rate,
        len(batch),
        int(batch[example]),
        inputs[batch[example]].numpy().copy(),
        targets[batch[example]].numpy().copy(),
        {name: _kept(given[one])[0] for name, (given, _) in seen.items()},
        {name: _kept(result[one])[0] for name, (_, result) in seen.items()},
        {n: _kept(r.grad[one])[0] for n, (_, r) in seen.items() if r.grad is not None},
        loss.item(),
        own.item(),
        before,
        gradient,
        {key: _kept(p) for key, p in parameters.items()},
        {
            layer.name: _spread(seen[layer.name][0], 1 + layer.units_axis)
            for layer in settings.layers
            if layer.kind == "batchnorm"
        },
    )


def _spread(given, axis: int) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[no-untyped-def]
    """Mean and variance over all but one axis, as BatchNorm takes them in training."""
    others = [n for n in range(given.ndim) if n != axis]
    found = given.detach().double()
    return found.mean(others).numpy(), found.var(others, unbiased=False).numpy()


def _kept(tensor) -> np.ndarray:  # type: ignore[no-untyped-def]
    """A copy of a tensor; of a large one its first rows."""
    rows = max(1, MOST_NUMBERS // max(1, tensor[0].numel())) if tensor.ndim else None
    return tensor.detach()[:rows].numpy().copy() if rows else tensor.detach().numpy().copy()

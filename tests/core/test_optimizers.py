"""What changes the weights: the optimizers are PyTorch's, at the rate of each update."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from core.checkpoints import State
from core.commands import Command
from core.data import DATASETS
from core.settings import OPTIMIZERS
from core.training import epoch_batches, tensors
from tests.core.small_runs import (
    after,
    last_state,
    run,
    small,
)

torch.set_num_threads(1)


def test_a_falling_rate_is_that_of_each_update():
    """By hand, in plain torch: the same network and batches under torch's own scheduler."""
    settings = small(optimizer="sgd", schedule="cosine", learning_rate=0.05)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        network = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
    optimizer = torch.optim.SGD(network.parameters(), 0.05, momentum=0.9)
    falls = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=settings.steps)
    images, labels = tensors(DATASETS["digits"])[:2]
    for epoch in range(2):
        for batch in epoch_batches(settings, epoch):
            optimizer.zero_grad()
            cross_entropy(network(images[batch]), labels[batch]).backward()
            optimizer.step()
            falls.step()
    found = last_state(run(settings))["linear2", "weight"]
    truth = network[3].weight.detach().numpy()
    np.testing.assert_allclose(found, truth, rtol=1e-3, atol=2e-5)
    constant = last_state(run(small(optimizer="sgd", learning_rate=0.05)))["linear2", "weight"]
    assert np.abs(constant - truth).max() > 1e-3


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_an_update_is_that_of_the_optimizer_bit_for_bit(optimizer):
    ours, by_hand = (State(small(optimizer=optimizer, learning_rate=0.01)) for _ in range(2))
    images, labels = (part[:32] for part in tensors(DATASETS["digits"])[:2])
    for _ in range(5):
        ours.clear_gradients()
        assert all(parameter.grad is None for parameter in ours.network.parameters())
        by_hand.optimizer.zero_grad()
        for state in (ours, by_hand):
            cross_entropy(state.network(images), labels).backward()
        ours.update()
        by_hand.optimizer.step()
    assert ours.step == 5
    for mine, theirs in zip(ours.network.parameters(), by_hand.network.parameters(), strict=True):
        assert torch.equal(mine, theirs)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_optimizers_are_torchs_and_a_new_learning_rate_changes_the_next_update(optimizer):
    """By hand, in plain torch: the same network, the same batches, a rate changed after step 6."""
    settings = small(optimizer=optimizer, learning_rate=0.01, epochs=1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        network = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
    parameters = list(network.parameters())
    by_hand = {
        "sgd": lambda: torch.optim.SGD(parameters, 0.01, momentum=0.9),
        "adam": lambda: torch.optim.Adam(parameters, 0.01),
        "adamw": lambda: torch.optim.AdamW(parameters, 0.01),
        "rmsprop": lambda: torch.optim.RMSprop(parameters, 0.01),
    }[optimizer]()
    images, labels = tensors(DATASETS["digits"])[:2]
    for step, batch in enumerate(epoch_batches(settings, 0)):
        by_hand.param_groups[0]["lr"] = 0.05 if step >= 6 else 0.01
        by_hand.zero_grad()
        cross_entropy(network(images[batch]), labels[batch]).backward()
        by_hand.step()
    changed = last_state(run(settings, after(6, Command("learning_rate", 0.05))))
    unchanged = last_state(run(settings))
    names = [("linear1", "weight"), ("linear1", "bias"), ("linear2", "weight"), ("linear2", "bias")]
    for key, truth in zip(names, parameters, strict=True):
        expected = truth.detach().numpy()
        # Fused kernels add in another order: the same numbers, but for their last bits.
        np.testing.assert_allclose(changed[key], expected, rtol=1e-3, atol=2e-5)
        assert np.abs(unchanged[key] - expected).max() > 1e-3

"""The builder against torch: the same modules, the same random start, an own dropout."""

import pytest
import torch
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st
from torch import nn

from core.architectures.bricks import (
    Activation,
    AvgPool2d,
    BatchNorm,
    Conv2d,
    Flatten,
    Linear,
    MaxPool2d,
)
from core.architectures.builder import build, initialise
from core.architectures.modules import Dropout
from core.architectures.plans import plan
from tests.core.small_runs import small

torch.set_num_threads(1)
STACK = (
    Conv2d(filters=4, kernel=3, stride=2, padding=1),
    BatchNorm(),
    Activation(function="prelu"),
    MaxPool2d(size=2, stride=1),
    AvgPool2d(size=2),
    Flatten(),
    Linear(units=7),
    BatchNorm(),
    Activation(function="elu"),
    Linear(units=10),
)


def torch_network(seed: int) -> nn.Sequential:
    """The same stack, written by hand with torch's own modules and random start."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(1, 4, 3, stride=2, padding=1),
            nn.BatchNorm2d(4),
            nn.PReLU(),
            nn.MaxPool2d(2, 1),
            nn.AvgPool2d(2),
            nn.Flatten(),
            nn.Linear(4, 7),
            nn.BatchNorm1d(7),
            nn.ELU(),
            nn.Linear(7, 10),
        )


def our_network(seed: int) -> nn.Sequential:
    generator = torch.Generator().manual_seed(seed)
    network = build(plan(STACK, (1, 8, 8)), generator)
    initialise(network, generator)
    return network


@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_the_random_start_is_torchs_own(seed):
    ours, theirs = our_network(seed), torch_network(seed)
    for (name, one), (_, other) in zip(
        ours.state_dict().items(), theirs.state_dict().items(), strict=True
    ):
        assert torch.equal(one, other), name


def test_the_network_computes_what_torch_computes():
    ours, theirs = our_network(3), torch_network(3)
    images = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    assert torch.equal(ours(images), theirs(images))
    assert torch.equal(ours.eval()(images), theirs.eval()(images))


def test_batchnorm_and_prelu_start_at_torchs_constants():
    state = our_network(0).state_dict()
    for name in ("batchnorm1", "batchnorm2"):
        assert torch.all(state[f"{name}.weight"] == 1) and torch.all(state[f"{name}.bias"] == 0)
        assert torch.all(state[f"{name}.running_mean"] == 0)
        assert torch.all(state[f"{name}.running_var"] == 1)
        assert state[f"{name}.num_batches_tracked"] == 0
    assert state["prelu1.weight"].tolist() == [0.25]


def test_building_and_starting_leaves_torchs_global_random_state_alone():
    before = torch.get_rng_state()
    our_network(0)
    assert torch.equal(torch.get_rng_state(), before)


def test_nothing_works_in_place_and_no_module_is_used_twice():
    modules = list(our_network(0).children())
    assert len({id(module) for module in modules}) == len(STACK)
    assert not any(getattr(module, "inplace", False) for module in modules)


@given(st.floats(0, 0.95), st.integers(0, 2**31))
@rules(max_examples=40, deadline=None)
def test_dropout_is_its_mask_divided_by_what_is_kept(share, seed):
    dropout = Dropout(share, torch.Generator().manual_seed(seed))
    x = torch.rand(7, 5, generator=torch.Generator().manual_seed(1)) + 1
    before = torch.get_rng_state()
    y = dropout(x)
    assert torch.equal(torch.get_rng_state(), before)
    mask = torch.rand(7, 5, generator=torch.Generator().manual_seed(seed)) >= share
    expected = torch.where(mask, x / (1 - share), 0.0)
    torch.testing.assert_close(y, x if share == 0 else expected)
    assert torch.equal(dropout.eval()(x), x)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_dropout_leaves_out_its_share_and_keeps_the_mean(share):
    y = Dropout(share, torch.Generator().manual_seed(4))(torch.ones(400, 500))
    # A share over 200,000 numbers is off by 0.0011 (one standard deviation) at most.
    assert (y == 0).float().mean().item() == pytest.approx(share, abs=0.006)
    assert y.mean().item() == pytest.approx(1, abs=0.006 / (1 - share))


def test_dropouts_gradient_passes_where_numbers_were_kept():
    x = torch.ones(50, requires_grad=True)
    y = Dropout(0.4, torch.Generator().manual_seed(4))(x)
    y.sum().backward()
    assert x.grad is not None and torch.equal(x.grad, y.detach())


@pytest.mark.parametrize("how", ["kaiming", "xavier", "small", "large"])
def test_other_random_starts_are_torchs(how):
    layers = small("lenet").layers
    made, source = build(layers, torch.Generator()), torch.Generator().manual_seed(3)
    initialise(made, source, how)
    wanted, again = build(layers, torch.Generator()), torch.Generator().manual_seed(3)
    initialise(wanted, again)
    for module in wanted.modules():
        if not isinstance(module, nn.Linear | nn.Conv2d):
            continue
        if how == "kaiming":
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=again)
        elif how == "xavier":
            nn.init.xavier_normal_(module.weight, generator=again)
        else:
            nn.init.normal_(module.weight, std={"small": 0.001, "large": 1.0}[how], generator=again)
        nn.init.zeros_(module.bias)
    for name, parameter in made.state_dict().items():
        assert torch.equal(parameter, wanted.state_dict()[name]), name

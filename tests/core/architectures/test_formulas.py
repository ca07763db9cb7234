"""The formula of a layer names its biases where it has some, and nowhere else."""

import re

import pytest
import torch
from torch import nn

from core.architectures.bricks import Mismatch
from core.foreign.looking import looked_at
from core.stacks import KINDS, new

SHAPES = ((8,), (4, 8, 8), (6, 8))


def named(formula: str) -> bool:
    return re.search(r"\+ [bcβ]\b", formula) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_names_its_biases_and_can_do_without(kind):
    brick = KINDS[kind].model_validate(new(kind))
    assert not named(brick.formula_without_bias())
    learned: set[str] = set()
    for shape in SHAPES:
        try:
            learned |= set(brick.weights(shape))
        except (Mismatch, ValueError, IndexError, TypeError):
            continue
    if named(brick.formula()):
        assert any(name.startswith("bias") for name in learned)
        assert brick.formula_without_bias() != brick.formula()
    else:
        assert brick.formula_without_bias() == brick.formula()


LAYERS = {
    "linear": (lambda bias: nn.Linear(8, 4, bias=bias), (3, 8)),
    "linear of steps": (lambda bias: nn.Linear(8, 4, bias=bias), (3, 5, 8)),
    "conv2d": (lambda bias: nn.Conv2d(4, 5, 3, padding=1, stride=2, bias=bias), (3, 4, 8, 8)),
    "conv1d": (lambda bias: nn.Conv1d(8, 5, 3, bias=bias), (3, 8, 9)),
    "layernorm": (lambda bias: nn.LayerNorm(8, bias=bias), (3, 8)),
}


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_of_any_network_names_the_bias_that_it_has(name, bias):
    make, shape = LAYERS[name]
    settings, *_ = looked_at(nn.Sequential(make(bias)), torch.randn(shape))
    (layer,) = settings.layers
    assert layer.kind == name.split(" ")[0]
    assert any(kind.startswith("bias") for kind in layer.weights) == bias
    assert named(layer.formula) == bias


def test_a_layer_that_shares_its_bias_away_names_none():
    network = nn.Linear(6, 6)
    twice = nn.Sequential(network, nn.ReLU(), network)
    settings, *_ = looked_at(twice, torch.randn(3, 6))
    first, _, again = settings.layers
    assert named(first.formula) and "with the weights of" in again.formula

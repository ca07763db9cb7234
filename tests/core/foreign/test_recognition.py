"""A layer's kind is that of torch's class that it computes as, never what its class is called."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from core.elementwise import FAMILIES
from core.foreign.looking import looked_at
from core.foreign.recognition import own_class
from tests.core.elementwise_cases import CASES, module_of
from tests.core.foreign.kinds import KINDS, Steps
from tests.core.foreign.networks import close


def layers_of(network, inputs):
    settings, moment, _ = looked_at(network.eval(), inputs)
    return {layer.name: layer for layer in settings.layers}, moment


def test_a_linear_layer_that_is_called_conv1d_is_not_turned_round():
    torch.manual_seed(0)
    network, words = KINDS["a GPT"]()
    layers, moment = layers_of(network, words)
    gave = {}
    for name in ("attends", "mixes", "wide", "narrow"):
        getattr(network, name).register_forward_hook(
            lambda _, __, output, name=name: gave.update({name: output.detach()})
        )
    network(words)
    for name, output in gave.items():
        assert layers[name].output_shape == output.shape[1:]
        assert close(moment.arrays[name, "output"].numbers(), output)
        assert layers[name].gives_pre_activations, "a matrix lies between its inputs and outputs"


def test_filters_over_time_are_turned_round_whatever_they_are_called():
    network, waves = KINDS["filters of one's own"]()
    layers, moment = layers_of(network, waves)
    gave = network[0](waves).detach().transpose(1, 2)
    assert layers["0"].output_shape == gave.shape[1:]
    assert close(moment.arrays["0", "output"].numbers(), gave)
    assert close(moment.arrays["1", "output"].numbers(), gave.relu())


class BetterLinear(nn.Linear):
    """Another beginning, the same computation."""

    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)

    def reset_parameters(self) -> None:
        nn.init.normal_(self.weight)
        nn.init.zeros_(self.bias)

    def extra_repr(self) -> str:
        return "better"


class CosineLinear(nn.Linear):
    """Something else."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return F.linear(F.normalize(input), F.normalize(self.weight))


class CausalConv1d(nn.Conv1d):
    """Something else, by a method that torch's forward calls."""

    def _conv_forward(self, input, weight, bias):
        return super()._conv_forward(F.pad(input, (2, 0)), weight, bias)


class ReLU(nn.Module):
    """No ReLU of torch's."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.square()


class Softmax(nn.Module):
    """No Softmax either."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 7 * x


def test_a_class_made_from_torchs_is_its_kind_where_it_computes_the_same():
    assert own_class(BetterLinear(3, 4)) is nn.Linear
    assert own_class(nn.ReLU6()) is nn.ReLU6
    assert own_class(CosineLinear(3, 4)) is None
    assert own_class(CausalConv1d(3, 4, 3)) is None
    assert own_class(ReLU()) is None and own_class(nn.Sequential()) is nn.Sequential
    patched = nn.Linear(3, 4)
    patched.forward = lambda x: x  # type: ignore[method-assign]
    assert own_class(patched) is None


def test_kinds_of_ones_own_classes():
    network = nn.Sequential(BetterLinear(3, 4), CosineLinear(4, 4), ReLU(), Softmax())
    layers, _ = layers_of(network, torch.rand(5, 3))
    assert [layer.kind for layer in layers.values()] == ["linear", "foreign", "foreign", "foreign"]


FUNCTIONS = {
    "relu6": lambda x: F.relu6(x),
    "leaky_relu": lambda x: F.leaky_relu(x, 0.2),
    "elu": lambda x: F.elu(x, alpha=0.3),
    "celu": lambda x: F.celu(x, 2.0),
    "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "gelu": lambda x: F.gelu(x),
    "hardtanh": lambda x: F.hardtanh(x, -2, max_val=0.5),
    "softplus": lambda x: F.softplus(x, 3, 5),
    "threshold": lambda x: F.threshold(x, 0.1, 20),
    "rrelu": lambda x: F.rrelu(x, 0.1, 0.3),
    "hardshrink": lambda x: F.hardshrink(x, 0.3),
    "softshrink": lambda x: F.softshrink(x, 0.3),
    "logsigmoid": lambda x: F.logsigmoid(x),
    "softsign": lambda x: F.softsign(x),
    "tanhshrink": lambda x: F.tanhshrink(x),
    "hardsigmoid": lambda x: F.hardsigmoid(x),
    "hardswish": lambda x: F.hardswish(x),
    "silu": lambda x: F.silu(x),
    "mish": lambda x: F.mish(x),
    "selu": lambda x: torch.selu_(x.clone()),
    "relu": lambda x: x.relu(),
    "tanh": lambda x: torch.tanh(input=x),
    "sigmoid": lambda x: x.sigmoid(),
}


def test_every_function_is_called_here():
    assert {*FUNCTIONS, "prelu"} == set(FAMILIES)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_called_function_is_the_one_that_torch_computes(name):
    network = Steps(lambda s, x: FUNCTIONS[name](s.body(x)), body=nn.Linear(6, 5))
    layers, moment = layers_of(network, torch.randn(8, 6) * 3)
    layer = next(one for one in layers.values() if one.kind == "activation")
    assert layer.brick.function == name and layer.bends is not None
    assert not moment.numbers[layer.name].get("changed_before")
    before = moment.arrays["body", "output"].numbers()
    x = torch.tensor(before, dtype=torch.double, requires_grad=True)
    value = FUNCTIONS[name](x)
    value.sum().backward()
    np.testing.assert_allclose(layer.bends.value(before), value.detach(), atol=1e-6)
    np.testing.assert_allclose(layer.bends.derivative(before), x.grad, atol=1e-6)


@pytest.mark.parametrize("name, arguments", CASES, ids=str)
def test_a_module_is_known_with_its_arguments_and_its_dead_numbers_counted(name, arguments):
    network = nn.Sequential(nn.Linear(6, 5), module_of(name, arguments).float())
    layers, moment = layers_of(network, torch.randn(8, 6) * 4)
    layer = layers["1"]
    assert layer.kind == "activation" and layer.brick.function == name
    x = network[0](moment_inputs := torch.randn(1, 6)).detach()  # any numbers do
    assert moment_inputs.shape == (1, 6)
    np.testing.assert_allclose(layer.bends.value(x), network[1](x).detach(), atol=1e-5)
    before = torch.tensor(moment.arrays["0", "output"].numbers(), requires_grad=True)
    network[1](before).sum().backward()
    dead = (before.grad == 0).float().mean().item()
    wanted = moment.numbers["1"]["in_dead_zone"]
    if any(zone.kind == "dead" for zone in layer.bends.zones()):
        assert wanted == pytest.approx(dead, abs=0.03)  # those at a zone's very end: 16 bits
    else:
        assert wanted == 0


def test_a_prelu_of_several_slopes_counts_each_unit_by_its_own():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.PReLU(4))
    with torch.no_grad():
        network[1].weight[:] = torch.tensor([0.0, 0.5, 0.0, -1.0])
    pictures = torch.randn(5, 3, 6, 6)
    layers, moment = layers_of(network, pictures)
    assert layers["1"].kind == "activation" and layers["1"].weights == {"weight": (4,)}
    before = network[0](pictures)
    flat = (before <= 0)[:, [0, 2]].float().sum().item() / before.numel()
    assert moment.numbers["1"]["in_dead_zone"] == pytest.approx(flat, abs=1e-6)


def test_a_run_with_such_functions_can_be_read_again():
    from core.settings import Settings

    network = nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(0.2), nn.PReLU(4), nn.GELU("tanh"))
    settings, _, _ = looked_at(network, torch.rand(2, 3))
    again = Settings.model_validate_json(settings.model_dump_json())
    assert again.layers == settings.layers
    assert again.layers[1].formula == "y = Leaky ReLU(x), negative_slope=0.2"

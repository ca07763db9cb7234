"""Networks that change while they are watched: what is there is recorded, what is not is said."""

import pytest
import torch
from torch import nn

import layerscope
from tests.core.foreign.networks import close, mlp, stepped
from tests.core.foreign.test_parts import agree


def replaced(network):
    network[2] = nn.Linear(8, 2)


def assigned(network):
    other = {name: torch.rand_like(p) for name, p in network.state_dict().items()}
    network.load_state_dict(other, assign=True)


def rewritten(network):
    network[2].weight = nn.Parameter(torch.rand(2, 8))


@pytest.mark.parametrize("change", [replaced, assigned, rewritten])
def test_what_is_replaced_meanwhile_is_recorded_from_then_on(change):
    network, inputs = mlp(), torch.rand(6, 4)
    seen = layerscope.watch(network, inputs)
    network(inputs).mean().backward()
    seen.step(0.5)
    change(network)
    network(inputs).mean().backward()
    seen.step(0.5)
    moments = seen.run.moments()
    seen.close()
    moments = {moment.step: moment for moment in seen.run.moments()}
    for place in (1, 2):
        weight = moments[place].arrays["2", "weight"].numbers()
        assert close(weight, network[2].weight.detach()), place
    gradient = moments[1].arrays["2", "weight_gradient"].numbers()
    assert close(gradient, network[2].weight.grad)
    assert close(moments[1].arrays["2", "output"].numbers(), network(inputs).detach())


def test_a_layer_of_another_shape_is_left_out_by_name_and_all_else_goes_on(capsys):
    network, inputs = mlp(), torch.rand(6, 4)
    seen = layerscope.watch(network, inputs)
    network[2] = nn.Linear(8, 3)
    _, moment = stepped(network, inputs, seen)
    assert ("2", "weight") not in moment.arrays and ("2", "output") not in moment.arrays
    assert close(moment.arrays["0", "weight_gradient"].numbers(), network[0].weight.grad)
    said = capsys.readouterr().err
    assert "the weight of 2 cannot be recorded (2.weight has another shape now, 3 × 8)" in said
    assert "the output of 2 cannot be recorded" in said and "records no more" not in said


def test_a_layer_that_is_gone_is_said_to_be_gone(capsys):
    network, inputs = mlp(), torch.rand(6, 4)
    seen = layerscope.watch(network, inputs)
    del network[2]
    stepped(network, inputs, seen)
    assert "the network has no 2.weight any more" in capsys.readouterr().err


def test_inputs_that_the_network_takes_no_more_cost_only_the_outputs(capsys):
    network, inputs = mlp(), torch.rand(6, 4)
    seen = layerscope.watch(network, inputs)
    network[0] = nn.Linear(5, 8)
    _, moment = stepped(network, torch.rand(6, 5), seen)
    assert not [key for key in moment.arrays if key[1] == "output" and key[0]]
    assert close(moment.arrays["2", "weight_gradient"].numbers(), network[2].weight.grad)
    assert "the output of the network cannot be recorded (RuntimeError" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore:Lazy modules are a new feature")
def test_lazy_layers_are_recorded_from_their_first_call_on():
    network = nn.Sequential(nn.LazyLinear(5), nn.LazyBatchNorm1d(), nn.ReLU(), nn.LazyLinear(2))
    inputs = torch.rand(6, 4)
    seen = layerscope.watch(network, inputs)
    assert not [key for key in seen.run.moments()[0].arrays if key[0]], "there is nothing yet"
    _, moment = stepped(network, inputs, seen)
    agree(network, moment, {("0", "weight"): "0.weight", ("3", "weight"): "3.weight"})
    kinds = [layer.kind for layer in seen.run.settings().layers]
    assert kinds == ["linear", "batchnorm", "activation", "linear"]
    assert close(moment.arrays["0", "output"].numbers(), network[0](inputs).detach())


class Force(nn.Module):
    """What it gives is a derivative: it cannot do without gradients."""

    def __init__(self) -> None:
        super().__init__()
        self.energy = nn.Linear(3, 1)

    def forward(self, x):
        x = x.clone().requires_grad_()
        energy = self.energy(x).tanh()
        return torch.autograd.grad(energy.sum(), x, create_graph=True)[0] + 0 * energy


def test_a_network_that_cannot_do_without_gradients_is_seen():
    network, inputs = Force(), torch.rand(5, 3)
    seen, moment = stepped(network, inputs)
    assert close(moment.arrays["energy", "output"].numbers(), network.energy(inputs).detach())

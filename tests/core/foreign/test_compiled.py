"""Networks that torch compiled, in whole or in part: seen as they were written, or as one layer."""

import pytest
import torch
from torch import nn

import layerscope
from tests.core.foreign.nasty import Nasty
from tests.core.foreign.networks import close, mlp, stepped

SCRIPT = pytest.mark.filterwarnings("ignore:.*torch.jit:FutureWarning")


def whole():
    network = mlp()
    network.compile(backend="eager")
    return network


def wrapped():
    return torch.compile(mlp(), backend="eager")


def inner():
    network = mlp()
    network[0] = torch.compile(network[0], backend="eager")
    return network


def inner_in_place():
    network = mlp()
    network[2].compile(backend="eager")
    return network


class CompiledFunction(nn.Sequential):
    """Its forward is compiled."""

    @torch.compile(backend="eager")
    def forward(self, x):
        return super().forward(x)


@pytest.mark.filterwarnings("ignore:The .grad attribute:UserWarning")
@pytest.mark.parametrize(
    "made", [whole, wrapped, inner, inner_in_place, lambda: CompiledFunction(*mlp())]
)
def test_compiled_networks_are_seen_as_they_were_written(made):
    network, inputs = made(), torch.rand(6, 4)
    expected = network(inputs).detach()
    seen, moment = stepped(network, inputs)
    layers = {layer.name: layer.kind for layer in seen.run.settings().layers}
    assert layers == {"0": "linear", "1": "activation", "2": "linear"}
    assert not seen.run.settings().watched.left_out
    plain = getattr(network, "_orig_mod", network)
    plain = {name.replace("_orig_mod.", ""): p for name, p in plain.named_parameters()}
    assert close(moment.arrays["0", "weight"].numbers(), plain["0.weight"].detach())
    assert close(moment.arrays["0", "weight_gradient"].numbers(), plain["0.weight"].grad)
    assert close(moment.arrays["2", "output"].numbers(), expected)


@SCRIPT
@pytest.mark.parametrize("traces", [False, True])
def test_a_scripted_network_is_one_layer(traces):
    inputs = torch.rand(6, 4)
    network = torch.jit.trace(mlp(), inputs) if traces else torch.jit.script(mlp())
    seen, moment = stepped(network, inputs)
    (layer,) = seen.run.settings().layers
    assert (layer.name, layer.output_shape) == ("Sequential", (2,))
    names = {("Sequential", "weight_0_weight"): "0.weight", ("Sequential", "bias_2"): "2.bias"}
    kinds = {kind for _, kind in moment.arrays if kind.startswith(("weight", "bias"))}
    assert len(kinds) == 8, kinds
    assert close(moment.arrays["Sequential", "output"].numbers(), network(inputs).detach())
    assert names


class Scripted(Nasty):
    """A part that TorchScript compiled, which counts where Python cannot see it."""

    def __init__(self):
        super().__init__()
        self.part = torch.jit.script(CountsInScript())

    def spoil(self, x):
        return self.part(x)


class CountsInScript(nn.Module):
    """Counts its calls."""

    calls: int

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.linear = nn.Linear(6, 6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return self.linear(x) * (1.0 + 0.1 * self.calls)


@SCRIPT
def test_a_scripted_part_counts_only_the_persons_own_calls():
    network = Scripted()
    inputs = torch.rand(3, 4)
    seen = layerscope.watch(network, inputs)
    assert network.part.calls == 0 and network.part.training
    network(inputs).mean().backward()
    seen.step(0.5)
    assert network.part.calls == 1
    names = [layer.name for layer in seen.run.settings().layers]
    assert names == ["first", "part", "last"], "what is in a scripted part is its own business"
    seen.close()
    output = seen.run.moments()[0].arrays["part", "output"].numbers()
    with torch.no_grad():
        expected = network.part.linear(network.first(inputs)) * 1.2  # a copy's second call
    assert output == pytest.approx(expected.numpy(), abs=1e-3)

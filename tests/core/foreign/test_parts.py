"""Parts of networks that are hard to see: all that they learn is recorded."""

import numpy as np
import pytest
import torch
from torch import nn

from tests.core.foreign.networks import close, stepped


def agree(network, moment, keys):
    """Whether what was recorded by these keys is what the network has, gradients too."""
    named = dict(network.named_parameters())
    for key, name in keys.items():
        shape = named[name].shape or (1,)
        wanted = named[name].detach().reshape(shape)
        assert close(moment.arrays[key].numbers(), wanted), name
        gradient = moment.arrays[key[0], f"{key[1]}_gradient"].numbers()
        assert close(gradient, named[name].grad.to_dense().reshape(shape)), name


class Places(nn.Module):
    """Embeddings of symbols and of places; a bare parameter; a function that nothing knows."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(20, 6, sparse=True), nn.Embedding(16, 6)
        self.start, self.scale = nn.Parameter(torch.rand(1, 10, 6)), nn.Parameter(torch.rand(6))
        self.out = nn.Linear(6, 20)

    def forward(self, x):
        x = self.words(x) + self.places(torch.arange(x.shape[1])) + self.start
        return self.out(torch.atan2(x, self.scale))


def test_embeddings_of_places_and_bare_parameters_are_recorded():
    network, words = Places(), torch.randint(0, 20, (8, 10))
    seen, moment = stepped(network, words)
    names = ("words", "places", "out")
    keys = {(name, "weight"): f"{name}.weight" for name in names}
    agree(
        network,
        moment,
        keys | {("add·2", "weight_start"): "start", ("scale", "weight_scale"): "scale"},
    )
    watched = seen.run.settings().watched
    assert watched.left_out == ("what uses the weights scale was not seen",)
    places = moment.arrays["places", "output"].numbers()
    assert close(places, network.places(torch.arange(10)).expand(8, -1, -1).detach())


class Experts(nn.Module):
    """Each row goes to one of three experts; with these inputs the last gets none."""

    def __init__(self) -> None:
        super().__init__()
        self.experts = nn.ModuleList(nn.Sequential(nn.Linear(4, 5), nn.ReLU()) for _ in range(3))
        self.head = nn.Linear(5, 2)

    def forward(self, x):
        which = (x[:, 0] > 0).long() + (x[:, 0] > 5).long()
        mixed = x.new_zeros(len(x), 5)
        for place, expert in enumerate(self.experts):
            rows = (which == place).nonzero()[:, 0]
            if len(rows):
                mixed = mixed.index_copy(0, rows, expert(x[rows]))
        return self.head(mixed)


def test_experts_are_recorded_whether_they_got_rows_or_not():
    torch.manual_seed(3)
    network, inputs = Experts(), torch.randn(8, 4)
    seen, moment = stepped(network, inputs)
    for place in range(2):
        agree(network, moment, {(f"experts.{place}.0", "weight"): f"experts.{place}.0.weight"})
    idle = network.experts[2][0]
    assert close(moment.arrays["experts.2.0", "weight"].numbers(), idle.weight.detach())
    assert idle.weight.grad is None and ("experts.2.0", "weight_gradient") not in moment.arrays
    layers = {layer.name: layer for layer in seen.run.settings().layers}
    assert layers["experts.2.0"].kind == "linear" and layers["experts.2.0"].watched == "weights"
    assert list(layers)[-1] == "head", "what the network says is last"
    assert close(moment.arrays["head", "output"].numbers(), network(inputs).detach())


class Lists(nn.Module):
    """Parameters in lists and dicts, used by functions with names and without."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.ParameterList([torch.rand(4, 4) for _ in range(3)])
        self.b = nn.ParameterDict({"one": torch.rand(4), "two": torch.rand(4)})
        self.many = nn.ParameterList([torch.rand(1) for _ in range(70)])
        self.out = nn.Linear(4, 2)

    def forward(self, x):
        x = torch.matmul(x, self.a[0]) + self.b["one"]
        x = torch.addmm(self.b["two"], x, self.a[1])
        x = torch.baddbmm(self.b["one"], x[None], self.a[2][None])[0]
        return self.out(x * sum(self.many).exp().log1p())


def test_every_parameter_of_lists_and_dicts_is_recorded_somewhere():
    network = Lists()
    seen, moment = stepped(network, torch.rand(5, 4))
    recorded = [
        (array.numbers(), moment.arrays[layer, f"{kind}_gradient"].numbers())
        for (layer, kind), array in moment.arrays.items()
        if kind.startswith(("weight", "bias")) and not kind.endswith("_gradient")
    ]
    assert len(recorded) == len(list(network.parameters()))
    for name, parameter in network.named_parameters():
        fitting = [
            one
            for one, gradient in recorded
            if one.shape == (parameter.shape or (1,))
            and close(one, parameter.detach())
            and close(gradient, parameter.grad)
        ]
        assert fitting, name


def test_of_complex_numbers_the_magnitudes_are_recorded_and_that_is_said():
    network = nn.Sequential(nn.Linear(3, 4, dtype=torch.complex64), nn.Flatten())
    inputs = torch.randn(5, 3, dtype=torch.complex64)
    seen, moment = stepped(network, inputs)
    assert (
        "of 0, the magnitudes of complex numbers are recorded"
        in seen.run.settings().watched.left_out
    )
    linear = network[0]
    assert close(moment.arrays["0", "weight"].numbers(), linear.weight.detach().abs())
    assert close(moment.arrays["0", "weight_gradient"].numbers(), linear.weight.grad.abs())
    assert close(moment.arrays["0", "output"].numbers(), linear(inputs).detach().abs())
    norm = linear.weight.detach().norm().item()
    assert moment.numbers["0"]["weight_norm"] == pytest.approx(norm, rel=1e-5)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_numbers_of_other_sizes_are_exact_to_sixteen_bits(dtype):
    network = nn.Sequential(nn.Linear(64, 32), nn.Tanh()).to(dtype)
    inputs = torch.rand(5, 64).to(dtype)
    _, moment = stepped(network, inputs)
    for name, array in (("weight", network[0].weight.detach()), ("output", network[0](inputs))):
        true = array.detach().double().numpy()
        off = np.abs(moment.arrays["0", name].numbers() - true).max()
        assert off <= 2.0**-12 * np.abs(true).max() * 1.01, "half of the last of 11 bits"
    norm = network[0].weight.detach().double().norm().item()
    assert moment.numbers["0"]["weight_norm"] == pytest.approx(norm, rel=1e-5)

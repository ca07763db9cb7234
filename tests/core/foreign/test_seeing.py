"""What is seen of a network that was not put together here: every layer, or why it is not one."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import layerscope
from tests.core.foreign.networks import (
    CLASSES,
    Attention,
    Unseen,
    Words,
    close,
    images,
    recorded,
)


def test_what_cannot_be_recorded_is_named():
    seen = layerscope.watch(Unseen(), images())
    told = seen.run.settings().watched.left_out
    assert "spare (Linear) did not take part when the inputs were looked at" in told
    assert "of what attention (Attention) gives, the first is recorded" in told
    assert "of what reads (LSTM) gives, the first is recorded" in told
    assert len(told) == 3


def test_parts_of_what_is_seen_as_a_whole_are_not_missed():
    class Attends(nn.Module):
        def __init__(self):
            super().__init__()
            self.attends, self.head = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 3)

        def forward(self, x):
            return self.head(self.attends(x, x, x)[0][:, 0])

    told = layerscope.watch(Attends(), torch.rand(4, 5, 8)).run.settings().watched.left_out
    assert not any("did not take part" in one for one in told)


def test_known_modules_become_the_kinds_that_the_pages_know():
    layers = {x.name: x for x in layerscope.watch(Unseen(), images()).run.settings().layers}
    kinds = {name: layer.kind for name, layer in layers.items()}
    assert kinds["conv"] == kinds["ways.a_b"] == "conv2d"
    assert kinds["ways.wide.0"] == "foreign", "its kernel is no square"
    assert kinds["norm"] == "batchnorm" and kinds["reads"] == "lstm"
    assert kinds["relu"] == kinds["relu·2"] == kinds["relu·3"] == kinds["tanh"] == "activation"
    assert layers["add"].sources == ("relu", "ways.wide")
    assert layers["add"].formula == "add(relu, ways.wide)"
    assert layers["ways.a_b"].sees == 5, "two convolutions of 3×3"
    assert layers["reads"].watched == "direct" and layers["relu·3"].watched == "moved"
    assert [inner.name for _, stack in layers["attention"].inside for inner in stack] == [
        *("attention.mixed", "attention.matmul", "attention.softmax", "attention.matmul·2")
    ]
    assert "with the weights of shared" in layers["shared·2"].formula


def test_weights_that_are_used_again_are_counted_once():
    network = Unseen()
    layers = layerscope.watch(network, images()).run.settings().layers
    assert sum(layer.parameters for layer in layers) == sum(p.numel() for p in network.parameters())


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "mobilenet_v3_small"])
def test_parameters_and_multiply_adds_of_known_networks_are_those_of_torch(name):
    torchvision = pytest.importorskip("torchvision")
    more = {"init_weights": False, "aux_logits": False} if name == "googlenet" else {}
    network = getattr(torchvision.models, name)(weights=None, **more).eval()
    picture = torch.rand(1, 3, 224, 224)
    settings = layerscope.watch(network, picture).run.settings()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(picture)
    layers = settings.layers
    assert sum(x.parameters for x in layers) == sum(p.numel() for p in network.parameters())
    adds = sum(layer.multiply_adds for layer in layers if not layer.inside)
    assert adds == counter.get_total_flops() // 2
    assert all("did not take part" in told for told in settings.watched.left_out)


def test_symbols_channels_before_time_and_time_before_the_batch_are_turned_round():
    network = Words().eval()
    words = torch.randint(20, (4, 9), generator=torch.Generator().manual_seed(2))
    seen = layerscope.watch(network, {"words": words, "mask": torch.ones(4, 9)})
    seen.close()
    settings, moment = seen.run.settings(), recorded(seen.run, 0)
    layers = {layer.name: layer for layer in settings.layers}
    assert settings.dataset.kind == "symbols"
    assert (settings.dataset.load_test().test_inputs == words.numpy()).all()
    slides = network.slides(network.vectors(words).transpose(1, 2)).transpose(1, 2)
    assert layers["slides"].output_shape == (9, 5)
    assert layers["slides"].kind == "conv1d"
    assert close(moment.arrays["slides", "output"].numbers(), slides.detach())
    assert close(moment.arrays["relu", "output"].numbers(), slides.relu().detach())
    steps, _ = network.reads(slides.relu().transpose(0, 1))
    assert close(moment.arrays["reads", "output"].numbers(), steps.transpose(0, 1).detach())
    assert close(moment.arrays["head", "output"].numbers(), network.head(steps[-1]).detach())


class Fixed(nn.Module):
    """It takes just two inputs at once."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x.reshape(2, 3))


def test_a_network_for_just_so_many_inputs_is_seen_in_one_pass():
    network = Fixed()
    inputs = torch.rand(2, 3)
    seen = layerscope.watch(network, inputs)
    seen.close()
    output = recorded(seen.run, 0).arrays["linear", "output"]
    assert close(output.numbers(), network.linear(inputs).detach())


class Windows(nn.Module):
    """It cuts its inputs into pieces: what it gives has no place for the inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.piece = nn.Linear(3, 4)
        self.whole = nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.whole(self.piece(x.reshape(-1, 3)).reshape(len(x), 8))


def test_outputs_without_a_place_for_the_inputs_are_named():
    settings = layerscope.watch(Windows(), torch.rand(5, 6)).run.settings()
    assert [(x.name, x.only_weights) for x in settings.watched.layers] == [
        *(("piece", True), ("whole", False))
    ]
    assert "piece (Linear) does not give an output for each input" in settings.watched.left_out


@pytest.mark.parametrize(
    "inputs, told",
    [
        (3, "inputs must be a tensor, a tuple or a dict of tensors"),
        (torch.tensor(1.0), "inputs must be a tensor"),
        (torch.zeros(101, 1, 12, 12), "101 inputs are too many; 100 can be looked at"),
        (torch.zeros(0, 1, 12, 12), "with at least one input"),
    ],
)
def test_inputs_that_cannot_be_looked_at_get_a_sentence(inputs, told):
    with pytest.raises(ValueError, match=told):
        layerscope.watch(Unseen(), inputs)


@pytest.mark.parametrize("targets", [[0] * 5, [10] * 6, [-1] * 6])
def test_targets_that_are_no_classes_get_a_sentence(targets):
    with pytest.raises(ValueError, match="targets must be 6 numbers from 0 to 9"):
        layerscope.watch(Unseen(), images(), classes=CLASSES, targets=targets)


def test_a_network_without_anything_to_see_gets_a_sentence():
    class Nothing(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x

    with pytest.raises(layerscope.Unseen, match="no module of this network gives numbers"):
        layerscope.watch(Nothing(), torch.rand(2, 3))


class Counts(nn.Module):
    """It counts its calls in a buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: torch.Tensor
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return x


def test_a_fault_of_the_network_is_its_own_and_leaves_nothing_behind():
    network = nn.Sequential(Counts(), nn.Linear(3, 4))
    with pytest.raises(RuntimeError, match="shape"):
        layerscope.watch(network, torch.rand(2, 5))
    for module in network.modules():
        assert module.training and not module._forward_hooks and not module._forward_pre_hooks
    assert network[0].calls == 0
    layerscope.watch(network, torch.rand(2, 3))
    assert network[0].calls == 0


def test_a_single_module_is_a_network_too():
    network = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
    seen = layerscope.watch(network, torch.rand(2, 3))
    assert [layer.name for layer in seen.run.settings().layers] == ["0", "1"]


def test_the_shape_of_attention_is_that_of_the_oracle():
    module = Attention(8).eval()
    inputs = torch.rand(3, 5, 8)
    seen = layerscope.watch(nn.Sequential(module), inputs)
    seen.close()
    value, looks = module(inputs)
    moment = recorded(seen.run, 0)
    assert close(moment.arrays["0.softmax", "output"].numbers(), looks.detach())
    assert close(moment.arrays["0.matmul·2", "output"].numbers(), value.detach())
    assert math.isclose(moment.arrays["0.softmax", "output"].numbers()[0, 0].sum(), 1, abs_tol=1e-3)

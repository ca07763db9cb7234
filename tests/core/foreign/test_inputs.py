"""However inputs are laid out, they are taken, and what was understood is printed."""

from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_sequence, pad_packed_sequence

import layerscope
from core.foreign.inputs import Inputs, mapped
from tests.core.foreign.networks import close

Batch = namedtuple("Batch", "pictures more")


@dataclass
class Bundle:
    """A batch of one's own."""

    pictures: torch.Tensor
    more: torch.Tensor


class Sums(nn.Module):
    """Takes its batch in one argument, by attributes or by names."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 3)

    def forward(self, batch):
        if isinstance(batch, dict):
            return self.linear(batch["pictures"]) + batch["more"]
        return self.linear(batch.pictures) + batch.more


PICTURES, MORE = torch.rand(5, 4), torch.rand(5, 3)


def output(seen, layer="linear"):
    seen.close()
    (moment,) = seen.run.moments()
    return moment.arrays[layer, "output"].numbers()


@pytest.mark.parametrize(
    "inputs",
    [
        Batch(PICTURES, MORE),
        (Batch(PICTURES, MORE),),
        Bundle(PICTURES, MORE),
        {"pictures": PICTURES, "more": MORE},
        ({"pictures": PICTURES, "more": MORE},),
        {"batch": Batch(PICTURES, MORE)},
    ],
    ids=("named", "named in a tuple", "dataclass", "dict", "dict in a tuple", "by name"),
)
def test_a_batch_in_one_argument_is_taken_however_it_is_bundled(inputs):
    network = Sums()
    seen = layerscope.watch(network, inputs)
    assert seen.run.settings().watched.count == 5
    assert [layer.name for layer in seen.run.settings().layers] == ["linear", "add"]
    assert close(output(seen), network.linear(PICTURES).detach())


class Two(nn.Module):
    """Takes two arguments."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 3)

    def forward(self, pictures, more=None):
        return self.linear(pictures) + (0 if more is None else more)


@pytest.mark.parametrize(
    "inputs", [(PICTURES, MORE), {"pictures": PICTURES, "more": MORE}, Batch(PICTURES, MORE)]
)
def test_several_arguments_come_in_a_tuple_or_by_name(inputs):
    network = Two()
    seen = layerscope.watch(network, inputs)
    assert close(output(seen, "add"), (network.linear(PICTURES) + MORE).detach())


class Packed(nn.Module):
    """Reads sequences of several lengths, packed by others or by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.reads, self.head = nn.GRU(2, 6, batch_first=True), nn.Linear(6, 3)

    def forward(self, sequences):
        _, last = self.reads(sequences)
        return self.head(last[-1])


SEQUENCES = [torch.rand(length, 2) for length in (5, 2, 4)]


def test_a_packed_sequence_is_read_and_its_layer_keeps_its_weights():
    network = Packed()
    packed = pack_sequence(SEQUENCES, enforce_sorted=False)
    seen = layerscope.watch(network, packed)
    settings = seen.run.settings()
    assert settings.watched.count == 3 and settings.watched.shape == (5, 2)
    inputs = settings.dataset.load_test().test_inputs
    assert close(inputs, pad_packed_sequence(packed, batch_first=True)[0])
    network(packed).mean().backward()
    seen.step(0.1)
    seen.close()
    moment = seen.run.moments([0])[0]
    assert close(moment.arrays["head", "output"].numbers(), network(packed).detach())
    grads = {name: p.grad for name, p in network.reads.named_parameters()}
    for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"):
        assert close(moment.arrays["reads", name].numbers(), getattr(network.reads, name).detach())
        assert close(moment.arrays["reads", f"{name}_gradient"].numbers(), grads[name])
    assert ("reads", "output") not in moment.arrays
    assert isinstance(packed, PackedSequence)


@pytest.mark.parametrize("made", [nn.Linear(4, 4), nn.Linear(4, 2)])
def test_one_input_without_a_batch_axis_is_one_input(made, capsys):
    inputs = torch.rand(4)
    seen = layerscope.watch(nn.Sequential(made), inputs)
    assert seen.run.settings().watched.shape == (4,)
    assert "The inputs have no batch axis: they are taken as one input." in capsys.readouterr().err
    assert close(output(seen, "0"), made(inputs)[None].detach())


def test_a_picture_without_a_batch_axis_is_one_picture():
    network, picture = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), torch.rand(3, 9, 9)
    seen = layerscope.watch(network, picture)
    assert seen.run.settings().watched.shape == (3, 9, 9)
    assert close(output(seen, "1"), network(picture)[None].detach())


class Steps(nn.Module):
    """Time first, as torch's recurrent layers have it."""

    def __init__(self, batch_first=False) -> None:
        super().__init__()
        self.reads = nn.LSTM(3, 6, batch_first=batch_first)
        self.head = nn.Linear(6, 2)

    def forward(self, steps):
        read, _ = self.reads(steps)
        return self.head(read)


def test_time_first_batches_are_read_as_such_and_that_is_said(capsys):
    network, steps = Steps(), torch.rand(7, 4, 3)
    seen = layerscope.watch(network, steps, classes=None)
    watched = seen.run.settings().watched
    assert (watched.count, watched.shape) == (4, (7, 3))
    assert "The first axis is time" in capsys.readouterr().err
    assert close(watched_inputs(seen), steps.transpose(0, 1))
    assert close(output(seen, "head"), network(steps).transpose(0, 1).detach())


def watched_inputs(seen):
    return seen.run.settings().dataset.load_test().test_inputs


def test_batch_first_is_read_as_usual(capsys):
    network, steps = Steps(batch_first=True), torch.rand(4, 7, 3)
    seen = layerscope.watch(network, steps)
    assert seen.run.settings().watched.count == 4
    assert "axis" not in capsys.readouterr().err
    assert close(output(seen, "head"), network(steps).detach())


@pytest.mark.parametrize("batch_first", [True, False])
def test_one_sequence_without_a_batch_axis_is_one_sequence(batch_first):
    network, steps = Steps(batch_first), torch.rand(7, 3)
    seen = layerscope.watch(network, steps)
    assert (seen.run.settings().watched.count, seen.run.settings().watched.shape) == (1, (7, 3))
    assert close(output(seen, "head"), network(steps)[None].detach())


class Detects(nn.Module):
    """Takes a list of pictures, one by one, as detectors do."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, pictures):
        return [self.conv(picture[None]) for picture in pictures]


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_list_of_pictures_of_several_sizes_is_taken(wrapped):
    network = Detects()
    pictures = [torch.rand(3, 9, 9), torch.rand(3, 7, 9)]
    seen = layerscope.watch(network, (pictures,) if wrapped else pictures)
    watched = seen.run.settings().watched
    assert (watched.count, watched.shape) == (2, (3, 9, 9))
    assert watched.left_out == ("conv (Conv2d) does not give an output for each input",)
    sum(one.mean() for one in network(pictures)).backward()
    seen.step(0.1)
    seen.close()
    moment = seen.run.moments([0])[0]
    assert close(moment.arrays["conv", "weight"].numbers(), network.conv.weight.detach())
    assert close(moment.arrays["conv", "weight_gradient"].numbers(), network.conv.weight.grad)


def test_a_list_of_rows_is_stacked():
    network, rows = nn.Sequential(nn.Linear(4, 2)), [torch.rand(4) for _ in range(3)]
    seen = layerscope.watch(network, rows)
    assert close(output(seen, "0"), network(torch.stack(rows)).detach())


def test_inputs_of_other_types_are_drawn_as_numbers():
    class Whole(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(3, 2)

        def forward(self, x):
            return self.linear(x.abs().float())

    for inputs in (
        torch.randn(4, 3, dtype=torch.complex64),
        torch.rand(4, 3, dtype=torch.float64),
        torch.rand(4, 3).bfloat16(),
        torch.tensor([[5_000_000, 3, 1]] * 4),
    ):
        seen = layerscope.watch(Whole(), inputs)
        assert close(watched_inputs(seen), np.asarray(inputs.abs().float()))


def test_a_packed_sequence_is_found_behind_what_is_no_tensor():
    packed = pack_sequence(SEQUENCES, enforce_sorted=False)
    assert Inputs({"names": ["a", "b", "c"], "steps": (packed, None)}).count == 3


def test_a_container_is_rebuilt_as_what_it_is():
    given = OrderedDict(a=torch.zeros(2), b=[torch.zeros(1)])
    made = mapped(given, lambda one: one + 1)
    assert type(made) is OrderedDict and list(made) == ["a", "b"] and made is not given
    assert (made["a"].tolist(), made["b"][0].tolist(), given["a"].tolist()) == ([1, 1], [1], [0, 0])
    counted = defaultdict(int, a=torch.zeros(1))
    assert mapped(counted, torch.ones_like)["missing"] == 0


def test_a_list_with_as_many_members_as_inputs_is_no_list_of_inputs():
    parts = [torch.arange(6).reshape(2, 3), torch.arange(4).reshape(2, 2)]
    (first, second) = Inputs(parts, "one", 0).only([1]).value
    assert (first.tolist(), second.tolist()) == ([[3, 4, 5]], [[2, 3]])
    assert Inputs(parts, "one", None).only([1]).value[0] is parts[1]

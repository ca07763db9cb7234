"""A watched network of any size: what is written can be read, what is too much is soon refused."""

import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import layerscope
from core import runs
from core.foreign.looking import looked_at
from core.foreign.passes import MOST_CALLS, Unseen
from core.foreign.watched import DEEPEST
from core.settings import settings_from
from core.unfit import Unfit


class Block(nn.Module):
    """A layer, and perhaps a block after it."""

    def __init__(self, inner: "Block | None") -> None:
        super().__init__()
        self.layer, self.inner = nn.Linear(4, 4), inner

    def forward(self, x):
        x = self.layer(x).relu()
        return self.inner(x) if self.inner else x


def nested(depth: int) -> Block:
    block = None
    for _ in range(depth):
        block = Block(block)
    assert block is not None
    return block


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 200))
def test_whatever_depth_is_written_can_be_read(depth):
    inputs = torch.randn(3, 4)
    limit = sys.getrecursionlimit()
    made, moment, _ = looked_at(nested(depth), inputs)
    assert sys.getrecursionlimit() == limit
    again = settings_from(made.model_dump_json())
    assert again == made and len(again.layers) == 3 * depth - 1
    places = [layer.place for layer in again.watched.layers]
    assert len(set(places)) == len(places)
    assert max(place.count(".") for place in places) == min(depth - 1, DEEPEST)
    told = any("deep in one another" in sentence for sentence in again.watched.left_out)
    assert told == (depth > DEEPEST + 1)
    inside = [layer for outer in again.layers for _, some in outer.inside for layer in some]
    assert len(inside) == sum("." in place for place in places)
    assert {layer.name for layer in again.layers} >= {key[0] for key in moment.arrays} - {""}


@pytest.mark.parametrize("depth", [DEEPEST + 1, DEEPEST + 2, 36])
def test_a_run_of_deep_blocks_opens(home, depth):
    seen = layerscope.watch(nested(depth), torch.randn(3, 4))
    seen.close()
    assert seen.run.summary().state == "finished"
    assert len(seen.run.settings().layers) == 3 * depth - 1


def test_settings_that_could_not_be_read_again_are_never_written(home):
    made, _, _ = looked_at(nested(2), torch.randn(3, 4))
    layers = tuple(layer.model_copy(update={"place": "x"}) for layer in made.watched.layers)
    broken = made.model_copy(update={"watched": made.watched.model_copy(update={"layers": layers})})
    with pytest.raises(Unfit):
        runs.create(broken)
    assert runs.ids() == [] and not list(home.rglob("*.sqlite"))


class Loop(nn.Module):
    """A step, as often as there are steps in time, and how often it was done."""

    def __init__(self, step: nn.Module, how) -> None:
        super().__init__()
        self.step, self.how, self.done = step, how, 0

    def forward(self, x):
        state = None
        for at in range(x.shape[1]):
            self.done += 1
            state = self.how(self.step, x[:, at], state)
        return state[0] if isinstance(state, tuple) else state


LOOPS = {
    "LSTMCell": (nn.LSTMCell(3, 3), lambda step, x, state: step(x, state)),
    "LSTM": (nn.LSTM(3, 3, batch_first=True), lambda step, x, state: step(x[:, None], state)[1]),
    "GRUCell": (nn.GRUCell(3, 3), lambda step, x, state: step(x, state)),
    "functions": (nn.Linear(3, 3), lambda step, x, state: torch.tanh(x)),
    "whole numbers": (nn.Linear(3, 3), lambda step, x, state: torch.add(x.long(), x.long())),
    "blocks": (nn.Sequential(nn.Linear(3, 3), nn.ReLU()), lambda step, x, state: step(x)),
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_of_thousands_of_calls_is_given_up_while_it_runs(name):
    loop = Loop(*LOOPS[name])
    with pytest.raises(Unseen, match="calls more than 2,000 layers and functions .* one torch.nn"):
        looked_at(loop, torch.randn(2, 100_000, 3))
    assert loop.done <= MOST_CALLS + 1
    assert not any(module._forward_hooks for module in loop.modules())


def test_a_list_of_thousands_of_layers_is_given_up_too():
    network = nn.Sequential(*(nn.Linear(2, 2) for _ in range(5000)))
    with pytest.raises(Unseen, match="calls more than 2,000 layers and functions"):
        looked_at(network, torch.randn(2, 2))


def test_what_a_single_layer_does_inside_is_not_counted():
    made, *_ = looked_at(nn.Sequential(nn.LSTM(3, 3, batch_first=True)), torch.randn(2, 3000, 3))
    assert len(made.layers) == 1

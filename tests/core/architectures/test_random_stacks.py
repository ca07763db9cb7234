"""Any stack over any kind of input trains and is recorded, or its wrong brick is named."""

import math
import re

import pytest
import torch
from hypothesis import HealthCheck, given
from hypothesis import settings as rules

from core.architectures.bricks import AnyBrick, Mismatch, Shape, sizes
from core.architectures.builder import build, initialise, owner
from core.architectures.plans import PASSING, plan
from core.exchange import WORD, fits
from core.recording import Recorder, outputs_of
from tests.core.architectures.random_stacks import brick_at, stacks

torch.set_num_threads(1)
Stack = tuple[tuple[AnyBrick, ...], Shape, int]


def assert_refused(stack: Stack, text: str) -> None:
    """The sentence names the place and the brick there, what it got, and what would fit."""
    found = re.fullmatch(r"layer (\d+(?:\.(?:\d+|shortcut))*): (\w+) (.*); (.*)", text)
    assert found, text
    place, name, got, better = found.groups()
    assert type(brick_at(stack[0], place)).__name__ == name, text
    assert re.search(r"\d|symbols", got) and better and "\n" not in text


@given(stacks())
@rules(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_stack_either_trains_and_is_recorded_or_its_wrong_brick_is_named(stack):
    bricks, shape, symbols = stack
    try:
        layers = plan(bricks, shape, symbols)
    except Mismatch as mismatch:
        return assert_refused(stack, str(mismatch))
    generator = torch.Generator().manual_seed(3)
    network = build(layers, generator)
    initialise(network, generator)
    x = torch.rand(6, *shape, generator=generator) * max(1, symbols)
    x = x.long() if symbols else x
    with outputs_of(network, {layer.name for layer in layers}) as seen:
        result = network(x)
    for layer in layers:
        assert tuple(seen[layer.name][0].shape[1:]) == layer.input_shape
        assert tuple(seen[layer.name][1].shape[1:]) == layer.output_shape
        assert layer.sizes and layer.formula and math.prod(layer.looks_at)
        assert brick_at(bricks, layer.place) == layer.brick
    known = {(x.name, kind): shape for x in layers for kind, shape in x.weights.items()}
    found = {owner(n): tuple(p.shape) for n, p in network.named_parameters()}
    assert found == known
    assert sum(layer.parameters for layer in layers) == sum(map(math.prod, known.values()))
    if known:
        (result - 1).square().mean().backward()
    recorder = Recorder(network, layers, x, 3, 4)
    moment, before = recorder.moment(0, 0.0, 0.5), recorder.weights()
    if known:
        torch.optim.SGD(network.parameters(), 0.1).step()
    recorder.note_updates(moment, before)
    drawn = {layer.name for layer in layers if layer.kind not in PASSING}
    assert {name for name, kind in moment.arrays if kind == "output"} == drawn
    assert {key for key in known if (key[0], f"{key[1]}_gradient") not in moment.arrays} == set()
    named = {layer.name: layer for layer in layers}
    for key, array in moment.arrays.items():
        assert WORD.fullmatch(key[1]) and fits(key, array, named[key[0]], False), key
    for numbers in moment.numbers.values():
        assert all(WORD.fullmatch(word) for word in numbers)


@pytest.mark.parametrize("shape", [(2, 3, 4), (3, 4), (5,)])
def test_no_brick_at_all_is_a_plan_of_no_layers(shape):
    assert plan((), shape) == () and sizes(shape)

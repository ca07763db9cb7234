"""Watching changes nothing: networks with all kinds of state end as if nobody had watched."""

from __future__ import annotations

import copy
import random
import types
import warnings
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import layerscope
from core.foreign.restoring import restored
from tests.core.foreign import nasty
from tests.core.foreign.nasty import KINDS, Nasty

STEPS = 5


def view(thing: Any, known: frozenset[int] = frozenset()) -> Any:
    """All that an object holds, however nested, as what can be compared to the bit."""
    if id(thing) in known:
        return "again"
    known |= {id(thing)}
    if isinstance(
        thing, torch.nn.parameter.UninitializedParameter | torch.nn.parameter.UninitializedBuffer
    ):
        return type(thing).__name__
    if isinstance(thing, torch.Tensor):
        bits = thing.detach().contiguous().numpy().tobytes()
        return type(thing), thing.dtype, thing.shape, bits, thing.requires_grad, view(vars(thing))
    if isinstance(thing, np.ndarray):
        return thing.dtype.str, thing.shape, thing.tobytes()
    if isinstance(thing, torch.Generator):
        return thing.get_state().tolist()
    if isinstance(thing, np.random.Generator):
        return str(thing.bit_generator.state)
    if isinstance(thing, np.random.RandomState):
        return str(thing.get_state())
    if isinstance(thing, random.Random):
        return thing.getstate()
    if isinstance(thing, dict):
        names = [name if isinstance(name, str) else "a number" for name in thing]  # ids of hooks
        return list(zip(names, [view(one, known) for one in thing.values()], strict=True))
    if isinstance(thing, list | tuple | set | frozenset):
        return type(thing), [view(one, known) for one in thing]
    if isinstance(thing, types.FunctionType):
        return [view(cell.cell_contents, known) for cell in thing.__closure__ or ()]
    if isinstance(thing, nn.Module):
        return type(thing).__name__, view(vars(thing), known)
    if hasattr(type(thing), "__slots__") and not hasattr(thing, "__dict__"):
        slots = getattr(type(thing), "__slots__", ())
        return [view(getattr(thing, name, None), known) for name in slots]
    return repr(thing) if not hasattr(thing, "__dict__") else type(thing).__name__


def trained(kind: type[Nasty], watched: bool, steps: int = STEPS) -> list[Any]:
    """What there is to compare after a loop, and the person's own next outputs."""
    torch.manual_seed(7)
    random.seed(8)
    np.random.seed(9)
    nasty.CALLS, nasty.Counting.ran = 0, 0
    nasty.LOG.clear()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Lazy modules are a new feature")
        network = kind()
    inputs, goal = torch.rand(9, 4, generator=torch.Generator().manual_seed(1)), torch.zeros(9, 3)
    seen = layerscope.watch(network, inputs[:8]) if watched else None
    if kind is nasty.Lazy:
        network(inputs)
    optimizer = torch.optim.Adam(network.parameters(), 0.01)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (network(inputs) - goal).square().mean()
        loss.backward()
        if seen:
            seen.step(loss, 0.5)
        optimizer.step()
        losses.append(loss.item())
    if seen:
        seen.close()
        assert seen.run.summary().state == "finished"
    parts = {name: view(module) for name, module in network.named_modules()}
    states = [torch.get_rng_state().tolist(), random.getstate(), str(np.random.get_state())]
    counted = [nasty.CALLS, nasty.Counting.ran, list(nasty.LOG)]
    versions = [p._version for p in network.parameters()]
    return [losses, parts, states, counted, versions, network(inputs[:3]).tolist()]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not nasty.Remembers])
def test_a_watched_network_ends_as_if_nobody_had_watched(kind):
    for one, other in zip(trained(kind, True), trained(kind, False), strict=True):
        assert one == other


def test_a_hidden_state_is_the_persons_own():
    torch.manual_seed(0)
    network, twin = nasty.Remembers(), None
    twin = copy.deepcopy(network)
    inputs = torch.rand(5, 4)
    seen = layerscope.watch(network, torch.rand(3, 4))
    assert network.hidden is None
    for _ in range(3):
        outputs, others = network(inputs), twin(inputs)
        assert torch.equal(outputs, others)
        hidden = network.hidden
        outputs.mean().backward()
        seen.step(0.1)
        assert network.hidden is hidden, "with its graph"
    said = list(seen._looker.omitted.values())
    assert len(said) == 1 and "the output of the network cannot be recorded" in said[0]
    seen.close()
    assert network.hidden is hidden and seen.run.summary().state == "finished"


class Stream(Nasty):
    """It takes from a Python generator, which nothing can turn back."""

    def __init__(self):
        super().__init__()
        self.stream = (number for number in range(100))

    def spoil(self, x):
        return x * next(self.stream)


def test_what_cannot_be_put_back_is_refused_before_it_is_changed():
    network = Stream()
    with pytest.raises(layerscope.Unseen, match="takes from a Python generator while it runs"):
        layerscope.watch(network, torch.rand(3, 4))
    assert next(network.stream) == 0


def test_a_fault_in_the_middle_is_no_reason_to_leave_anything_behind():
    network = nasty.Counting()
    before = view(network)
    with pytest.raises(RuntimeError):
        layerscope.watch(network, torch.rand(2, 5))
    assert view(network) == before and len(nasty.LOG) == nasty.CALLS


def test_versions_are_put_back_so_that_a_kept_graph_stays_good():
    network = nasty.InPlace()
    weight = network.first.weight
    kept = (weight * weight).sum()
    with restored(network):
        network(torch.rand(3, 4))
        with torch.no_grad():
            weight.add_(1)
    kept.backward()
    assert torch.equal(weight.grad, 2 * weight)

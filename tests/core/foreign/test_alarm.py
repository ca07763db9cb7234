"""A watched network whose numbers end: the step and the layer are told once, and nothing stops."""

import math

import numpy as np
import pytest
import torch
from torch import nn

import layerscope

torch.set_num_threads(1)


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))


def told(seen):
    return [(e.step, e.text) for e, _ in seen.run.events() if e.kind == "not_finite"]


def train(net, seen, steps, break_at=None, loss_given=True, breaking=None):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    inputs = torch.randn(8, 3)
    for step in range(steps):
        if step == break_at:
            with torch.no_grad():
                breaking(net)
        loss = net(inputs).square().mean()
        optimizer.zero_grad()
        loss.backward()
        seen.step(loss) if loss_given else seen.step()
        optimizer.step()


def first_weight(net):
    net[0].weight[1, 2] = math.nan


def last_bias(net):
    net[2].bias[0] = math.inf


def overflow(net):
    net[0].weight *= 1e25
    net[2].weight *= 1e25


@pytest.mark.parametrize(
    ("breaking", "where"),
    [(first_weight, "weight of 0"), (last_bias, "bias of 2"), (overflow, "output of 2")],
)
@pytest.mark.parametrize("at", [0, 5, 40])
def test_the_step_and_the_first_place_are_told_and_recording_goes_on(breaking, where, at):
    net = network()
    with layerscope.watch(net, torch.randn(4, 3)) as seen:
        train(net, seen, 60, at, breaking=breaking)
    ((step, text),) = told(seen)
    assert step == at and f"at step {at};" in text and f"began in the {where}." in text
    summary = seen.run.summary()
    assert summary.state == "finished" and summary.step == 60 and text in summary.message
    assert seen.run.steps()[-1] == 60, "it goes on"


def test_without_a_loss_it_is_seen_in_what_is_recorded():
    net = network()
    with layerscope.watch(net, torch.randn(4, 3)) as seen:
        train(net, seen, 12, 7, loss_given=False, breaking=first_weight)
    ((step, text),) = told(seen)
    assert step == 7 and "began in the weight of 0." in text


def test_a_loss_that_is_none_by_itself_is_not_blamed_on_a_layer():
    net = network()
    with layerscope.watch(net, torch.randn(4, 3)) as seen:
        for loss in (1.0, 0.5, math.inf, math.nan, 0.5):
            seen.step(loss)
        assert seen.run.summary().state == "running"
    ((step, text),) = told(seen)
    assert step == 2 and text.startswith("The loss became inf at step 2; what is looked at is")


def test_sound_training_is_left_alone():
    net = network()
    with layerscope.watch(net, torch.randn(4, 3)) as seen:
        train(net, seen, 50)
    assert told(seen) == [] and seen.run.summary().message == ""


def test_watching_a_network_that_breaks_changes_nothing_in_it():
    alone, watched = network(3), network(3)
    inputs = torch.randn(4, 3)
    for net in (alone, watched):
        seen = layerscope.watch(net, inputs) if net is watched else None
        optimizer = torch.optim.SGD(net.parameters(), lr=1e6)
        for _ in range(30):
            loss = net(inputs).square().mean()
            optimizer.zero_grad()
            loss.backward()
            if seen:
                seen.step(loss)
            optimizer.step()
    assert told(seen)
    seen.close()
    for one, other in zip(alone.parameters(), watched.parameters(), strict=True):
        np.testing.assert_array_equal(one.detach(), other.detach())

"""What a plain script records of its own network, checked against what the network computed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import layerscope
from core.foreign import watch as watching
from core.foreign.watched import ENDLESS
from core.runfile import Writer
from core.runs import find, ids
from tests.conftest import ROOT
from tests.core.foreign.networks import (
    CLASSES,
    Unseen,
    close,
    images,
    recorded,
    train,
)


def test_every_layer_of_an_unseen_network_is_recorded_as_it_was_computed():
    network = Unseen()
    seen = layerscope.watch(network, images(), classes=CLASSES, targets=range(6))
    train(network, 4, seen)
    seen.close()
    network.eval()(images())
    moment = recorded(seen.run, 4)
    names = {layer.name for layer in seen.run.settings().layers}
    assert network.told.keys() <= names
    for name, value in network.told.items():
        assert close(moment.arrays[name, "output"].numbers(), value), name
    weight = moment.arrays["ways.wide.0", "weight"].numbers()
    assert close(weight, network.ways["wide"][0].weight.detach())
    assert close(moment.arrays["scale", "weight_gain"].numbers(), [network.scale.gain.item()])
    assert close(moment.arrays["cat", "weight_start"].numbers(), network.start.detach())
    assert close(moment.arrays["norm", "running_var"].numbers(), network.norm.running_var)


def test_gradients_and_updates_are_those_of_the_step():
    network = Unseen()
    optimizer = torch.optim.SGD(network.parameters(), 0.1)
    seen = layerscope.watch(network, images())
    loss = F.cross_entropy(network(images(16))["classes"], torch.arange(16) % 10)
    loss.backward()
    slope, before = network.head.weight.grad.clone(), network.head.weight.detach().clone()
    seen.step(loss)
    optimizer.step()
    seen.close()
    moment = recorded(seen.run, 0)
    assert close(moment.arrays["head", "weight_gradient"].numbers(), slope)
    moved = (network.head.weight.detach() - before).norm() / before.norm()
    assert moment.numbers["head"]["update_ratio"] == pytest.approx(moved.item(), rel=1e-4)
    assert moment.numbers["head"]["gradient_norm"] == pytest.approx(slope.norm().item(), rel=1e-5)
    assert moment.loss == pytest.approx(loss.item())


def test_dead_units_are_counted_before_a_relu_works_in_place():
    network = Unseen()
    with torch.no_grad():
        network.norm.bias.fill_(-100)
    seen = layerscope.watch(network, images())
    seen.close()
    assert recorded(seen.run, 0).numbers["relu"]["dead"] == 1
    assert recorded(seen.run, 0).numbers["relu"]["in_dead_zone"] == 1


def test_a_watched_network_learns_as_if_nobody_watched():
    torch.manual_seed(5)
    alone = train(Unseen(), 30)
    state = torch.get_rng_state()
    torch.manual_seed(5)
    network = Unseen()
    watched = train(network, 30, layerscope.watch(network, images()))
    assert torch.equal(torch.get_rng_state(), state)
    for name, value in alone.state_dict().items():
        assert torch.equal(watched.state_dict()[name], value), name
    assert watched.training
    assert not any(module._forward_hooks for module in watched.modules())


def test_the_run_says_what_the_script_said():
    network = Unseen()
    with layerscope.watch(network, images(), name="Mine", classes=CLASSES) as seen:
        train(network, 40, seen)
    summary, metrics = seen.run.summary(), seen.run.metrics()
    assert (summary.name, summary.state, summary.step) == ("Mine", "finished", 40)
    assert metrics["step"][-1] == 40 and set(metrics["accuracy"]) == {0.5}
    assert np.isfinite(metrics["loss"]).all() and metrics["loss"][-1] < metrics["loss"][0]
    assert seen.run.steps()[:3] == [0, 1, 2] and seen.run.steps()[-1] == 40
    assert seen.run.settings().steps == ENDLESS
    assert str(seen.run.path) in str(seen)


def test_recording_takes_its_share_of_the_time_and_no_more(monkeypatch):
    clock = iter(float(tick) for tick in range(10_000))
    monkeypatch.setattr(watching.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(watching, "FREE_SECONDS", 3.5)
    network = Unseen()
    seen = layerscope.watch(network, images())
    train(network, 40, seen)
    # by this clock a step and its recording take the same: 3 % is one step in 33 after the first
    assert 1 < len(seen.run.steps()) <= 6, "without a bound it would be 27"


def test_a_disk_that_fails_ends_the_recording_and_not_the_training(monkeypatch):
    network = Unseen()
    seen = layerscope.watch(network, images())

    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Writer, "append", full)
    with pytest.warns(UserWarning, match="records no more of this network .*disk is full"):
        train(network, 3, seen)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(network, 3, seen)
        seen.close()


def test_a_script_that_ends_with_a_fault_is_stopped_and_says_so():
    network = Unseen()
    with pytest.raises(KeyError), layerscope.watch(network, images()) as seen:
        train(network, 2, seen)
        raise KeyError("lost")
    summary = seen.run.summary()
    assert (summary.state, summary.step) == ("stopped", 2)
    assert summary.message == "The script ended with KeyError: 'lost'"


CRASHES = """
import torch
import layerscope
network = torch.nn.Linear(3, 2)
seen = layerscope.watch(network, torch.rand(2, 3))
seen.step(1.0)
raise ZeroDivisionError("oh")
"""


def test_a_script_that_crashes_leaves_a_run_that_says_so(home):
    place = {**os.environ, "PYTHONPATH": str(ROOT), "LAYERSCOPE_HOME": str(home)}
    ended = subprocess.run([sys.executable, "-c", CRASHES], env=place, capture_output=True)
    assert ended.returncode == 1 and b"ZeroDivisionError: oh" in ended.stderr
    (run_id,) = ids()
    summary = find(run_id).summary()
    assert (summary.state, summary.step) == ("stopped", 1)
    assert "ZeroDivisionError: oh" in summary.message


def test_a_script_that_ended_without_a_word_is_told_so():
    network = Unseen()
    seen = layerscope.watch(network, images())
    train(network, 3, seen)
    assert find(seen.run.id).summary().state == "running"
    writer = Writer(seen.run.path)
    writer.note(owner="[0, 0]")
    writer.close()
    assert find(seen.run.id).summary().state == "interrupted"

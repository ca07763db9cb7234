"""Runs of recurrent, attentive and nested networks: recorded, steered and resumed exactly."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from core.architectures.builder import owner
from core.checkpoints import State
from core.commands import Command
from core.data import DATASETS
from core.divergence import first_not_finite
from core.exchange import fits
from core.pictures.strips import layer_numbers
from core.recording import Recorder
from core.records import Array
from core.shares import stack_shares
from core.training import epoch_batches, tensors
from tests.core.small_runs import (
    NESTED,
    after,
    assert_identical,
    checkpoints,
    exact,
    last_state,
    moments,
    probes,
    run,
    small,
)
from tests.core.test_recording import assert_recorded

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def often(monkeypatch):
    """Checkpoints after every step, and as many live pictures as steps, however slow it is."""
    monkeypatch.setattr("core.training.CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr("core.training.CHECKPOINT_SHARE", 1e9)
    monkeypatch.setattr("core.training.PICTURE_SECONDS", 0.0)
    monkeypatch.setattr("core.training.PICTURE_SHARE", 1e9)


def outputs(network: torch.nn.Module, images: torch.Tensor) -> dict[str, torch.Tensor]:
    """What every module gives, by its whole path."""
    found: dict[str, torch.Tensor] = {}

    def keep(path: str) -> Callable[..., None]:
        return lambda module, given, result: found.update({path: result})

    modules = network.named_modules()
    handles = [module.register_forward_hook(keep(path)) for path, module in modules if path]
    network(images)
    for handle in handles:
        handle.remove()
    return found


@pytest.mark.parametrize("network", NESTED)
def test_every_planned_array_is_recorded_with_its_gradient(network):
    settings = small(network)
    recorded = {moment.step: moment for moment in moments(run(settings))}
    state, (images, labels) = State(settings), tensors(DATASETS["digits"])[:2]
    planned = {(layer.name, kind) for layer in settings.layers for kind in layer.weights}
    for step, batch in enumerate(epoch_batches(settings, 0)):
        arrays, now = recorded[step].arrays, state.network.train()
        loss = cross_entropy(now(images[batch]), labels[batch])
        assert recorded[step].loss == loss.item()
        parameters = {owner(name): p for name, p in now.named_parameters()}
        assert parameters.keys() == planned
        slopes = torch.autograd.grad(loss, [*parameters.values()])
        found = outputs(now.eval(), probes())
        seen = {owner(f"{path}.output"): value for path, value in found.items()}
        for (key, parameter), slope in zip(parameters.items(), slopes, strict=True):
            assert_recorded(arrays[key], parameter)
            assert_recorded(arrays[key[0], f"{key[1]}_gradient"], slope)
            parameter.grad = slope
        for layer in settings.drawn_layers:
            assert_recorded(arrays[layer.name, "output"], seen[layer.name, "output"][:10])
        buffers = {owner(name): b for name, b in now.named_buffers() if b.ndim}
        for key, buffer in buffers.items():
            assert_recorded(arrays[key], buffer)
        kinds = len(settings.drawn_layers) + 2 * len(planned) + len(buffers)
        kinds += sum(layer.kind == "dropout" for layer in settings.layers)  # its mask
        kinds += 2 * sum(layer.kind == "batchnorm" for layer in settings.layers)  # of the batch
        assert len(arrays) == kinds
        before = {key: p.detach().clone() for key, p in parameters.items()}
        state.optimizer.step()
        for layer in {name for name, _ in planned}:
            pictured = [key for key in planned if key[0] == layer and key[1].startswith("weight")]
            size, moved = (
                math.sqrt(sum(part.square().sum().item() for part in parts))
                for parts in (
                    [before[key] for key in pictured],
                    [parameters[key] - before[key] for key in pictured],
                )
            )
            numbers = recorded[step].numbers[layer]
            assert numbers["weight_norm"] == pytest.approx(size, rel=1e-5)
            assert numbers["update_ratio"] == pytest.approx(moved / size, rel=1e-4)


@pytest.mark.parametrize("network", NESTED)
def test_watching_a_nested_network_changes_nothing(network):
    settings = small(network)
    watched, alone = run(settings, pictures=True), run(settings, record=False)
    live = [record for record in watched if getattr(record, "live", False)]
    assert len(live) == 24 and len(moments(watched)) == 25 and not moments(alone)
    assert_identical(last_state(watched), last_state(alone))


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop"])
@pytest.mark.parametrize("network", NESTED)
def test_a_nested_run_goes_on_from_a_checkpoint_bit_for_bit(network, optimizer):
    settings = small(network, optimizer=optimizer, learning_rate=0.004)
    whole = run(settings, after(4, Command("learning_rate", 0.02)))
    kept = {checkpoint.step: checkpoint for checkpoint in checkpoints(whole)}
    again = State(settings, kept[9])
    assert_identical(exact(again.checkpoint().arrays), exact(kept[9].arrays))
    for step in (9, 12, 23):
        rest = run(settings, start=kept[step])
        assert_identical(last_state(rest), last_state(whole))
        recorded = {moment.step: moment for moment in moments(whole)}
        for moment in moments(rest):
            assert_identical(exact(moment.arrays), exact(recorded[moment.step].arrays))
            assert moment.numbers == recorded[moment.step].numbers
    named = {layer.name: layer for layer in settings.layers}
    for (layer, kind), array in kept[9].arrays.items():
        assert fits((layer, kind), array, named.get(layer), exact=True), (layer, kind)


@pytest.mark.parametrize("network", NESTED)
def test_what_came_through_each_stack_is_told(network):
    settings = small(network)
    state = State(settings)
    recorder = Recorder(state.network, settings.layers, probes(), 10, 256)
    moment = recorder.moment(0, 0.0, None)
    seen = outputs(state.network.eval(), probes())
    containers = [layer for layer in settings.layers if layer.inside]
    assert containers
    for layer in containers:
        path = next(path for path in seen if path.split(".")[-1] == layer.name)
        sizes = {word: seen[f"{path}.{word}"].norm().item() for word, _ in layer.inside}
        whole, told = sum(sizes.values()), layer_numbers(layer, settings.layers, moment)
        if layer.kind == "residual":
            share = sizes["shortcut"] / whole
            assert moment.numbers[layer.name] == {"skip_share": pytest.approx(share, rel=1e-5)}
            assert told == {"through the skip": f"{100 * share:.0f} %"}
        else:
            expected = {f"{word}_share": pytest.approx(n / whole) for word, n in sizes.items()}
            assert moment.numbers[layer.name] == expected and len(sizes) == 3
            assert [*told] == ["through branch 1", "through branch 2", "through branch 3"]
    live = recorder.moment(1, 0.0, None, live=True)
    for layer in containers:
        assert live.numbers[layer.name] == moment.numbers[layer.name]


def test_shares_of_nothing_are_nothing():
    assert stack_shares("residual", {"block": 0.0, "shortcut": 0.0}) == {"skip_share": 0.0}
    assert stack_shares("residual", {"block": 1.0, "shortcut": 3.0}) == {"skip_share": 0.75}
    sizes = {"branch1": 1.0, "branch2": 0.0, "branch3": 4.0}
    told = stack_shares("branches", sizes)
    assert told == {"branch1_share": 0.2, "branch2_share": 0.0, "branch3_share": 0.8}


PLACES = {
    "steps": ["selfattention1.weight_key", "lstm1.weight_hh_l1_reverse", "layernorm1.bias"],
    "images": ["conv3.weight", "batchnorm1.running_var", "groupnorm1.weight", "conv6.bias"],
}


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("network, place", [(n, p) for n in PLACES for p in PLACES[n]])
def test_the_first_number_that_is_not_finite_is_found_inside(network, place, bad):
    made = State(small(network)).network.eval()
    assert first_not_finite(made, probes()) is None
    layer, kind = place.split(".")
    arrays = {owner(name): tensor for name, tensor in made.state_dict().items()}
    arrays[layer, kind].view(-1)[0] = bad
    assert first_not_finite(made, probes()) == f"{kind} of {layer}"


def test_a_sum_that_overflows_is_its_residuals():
    brick = {"kind": "residual", "block": [{"kind": "activation", "function": "identity"}]}
    settings = small(bricks=[{"kind": "flatten"}, brick, {"kind": "linear", "units": 10}])
    images = torch.full((2, 1, 8, 8), 3e38)
    assert first_not_finite(State(settings).network, images) == "output of residual1"


def test_an_array_of_another_layers_shape_does_not_fit():
    layers = {layer.name: layer for layer in small("steps").layers}
    lstm = layers["lstm1"]
    for kind, shape in lstm.weights.items():
        whole, other = np.zeros(shape, np.float16), np.zeros((*shape, 2), np.float16)
        for name in (kind, f"{kind}_gradient"):
            assert fits(("lstm1", name), Array(whole), lstm, exact=False)
            assert fits(("lstm1", name), Array(whole[:2], units=shape[0]), lstm, exact=False)
            assert not fits(("lstm1", name), Array(other), lstm, exact=False)
            assert not fits(("lstm1", name), Array(whole[:2]), lstm, exact=False)
        key = ("lstm1", f"optimizer/{kind}/exp_avg")
        assert fits(key, Array(whole), lstm, exact=True)
        assert not fits(key, Array(other), lstm, exact=True)
    residual = layers["residual1"]
    assert not fits(("residual1", "weight"), Array(np.zeros((6, 6))), residual, exact=False)
    output = Array(np.zeros((10, 8, 6), np.float16))
    assert fits(("residual1", "output"), output, residual, exact=False)

"""Recording: what is recorded is what the network was, and recording changes nothing in it."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from core.checkpoints import State
from core.copies import half, quick_half
from core.data import DATASETS
from core.divergence import first_not_finite
from core.recording import Recorder, outputs_of
from core.records import Array
from core.training import epoch_batches, tensors
from tests.core.small_runs import (
    NETWORKS,
    assert_identical,
    last_state,
    moments,
    probes,
    run,
    small,
)

torch.set_num_threads(1)
HALF = 2.0**-11  # the share by which a number at 16 bits may be off


def assert_recorded(array: Array, truth: torch.Tensor) -> None:
    """The same numbers, to 16 bits of the largest."""
    assert array.values.dtype == np.float16 and array.units is None
    truth = truth.detach()
    largest = max(1e-30, truth.abs().max().item())
    np.testing.assert_allclose(array.numbers(), truth.numpy(), rtol=HALF, atol=1e-7 * largest)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_moment_is_what_the_step_was(network):
    settings = small(network)
    recorded = {moment.step: moment for moment in moments(run(settings))}
    assert list(recorded) == list(range(25))
    state = State(settings)
    images, labels = tensors(DATASETS["digits"])[:2]
    batches = [batch for epoch in (0, 1) for batch in epoch_batches(settings, epoch)]
    for step, batch in enumerate(batches):
        moment, network_now = recorded[step], state.network.train()
        parameters = dict(network_now.named_parameters())
        loss = cross_entropy(network_now(images[batch]), labels[batch])
        gradients = dict(
            zip(parameters, torch.autograd.grad(loss, [*parameters.values()]), strict=True)
        )
        assert moment.loss == loss.item() and moment.epoch == pytest.approx(step / 12)
        expected = {}
        for name, parameter in parameters.items():
            layer, kind = name.split(".")
            expected[layer, kind] = parameter.clone()
            expected[layer, f"{kind}_gradient"] = gradients[name]
            parameter.grad = gradients[name]
        for name, buffer in network_now.named_buffers():
            if buffer.ndim:
                layer, kind = name.split(".")
                expected[layer, kind] = buffer.clone()
        with torch.no_grad():
            after = probes()
            for name, module in network_now.eval().named_children():
                after = module(after)
                if not name.startswith("flatten"):
                    expected[name, "output"] = after[:10]
        more = ("mask", "batch_mean", "batch_var")  # of the step, not of the network
        kept = {key for key in moment.arrays if key[1] in more}
        assert set(moment.arrays) - kept == set(expected)
        told = {key for key in kept if key[1] == "mask"}
        assert told == {(n, "mask") for n, m in network_now.named_modules() if hasattr(m, "mask")}
        for name, _ in told:
            before = network_now.get_submodule(name).mask
            assert torch.equal(torch.tensor(moment.arrays[name, "mask"].values == 1), before[:10])
        for key, truth in expected.items():
            assert_recorded(moment.arrays[key], truth)
        state.optimizer.step()
        for layer in {name.split(".")[0] for name in parameters}:
            old, new = expected[layer, "weight"], parameters[f"{layer}.weight"]
            slope, numbers = expected[layer, "weight_gradient"], moment.numbers[layer]
            assert numbers["weight_norm"] == pytest.approx(old.pow(2).sum().sqrt().item())
            assert numbers["gradient_norm"] == pytest.approx(slope.pow(2).sum().sqrt().item())
            moved = (new - old).pow(2).sum().sqrt() / old.pow(2).sum().sqrt()
            assert numbers["update_ratio"] == pytest.approx(moved.item())
    last = recorded[24]
    assert last.loss is None and not any("gradient" in kind for _, kind in last.arrays)
    for name, parameter in state.network.named_parameters():
        layer, kind = name.split(".")
        assert_recorded(last.arrays[layer, kind], parameter)


@pytest.mark.parametrize("pictures", [False, True], ids=["unwatched", "watched"])
@pytest.mark.parametrize("network", NETWORKS)
def test_watching_changes_nothing(network, pictures, monkeypatch):
    monkeypatch.setattr("core.training.PICTURE_SECONDS", 0.0)
    monkeypatch.setattr("core.training.PICTURE_SHARE", 1e9)
    settings = small(network)
    watched = run(settings, pictures=pictures)
    alone = run(settings, record=False)
    assert len(moments(watched)) == 25 and not moments(alone)
    live = [record for record in watched if getattr(record, "live", False)]
    assert len(live) == (24 if pictures else 0)
    assert_identical(last_state(watched), last_state(alone))


def test_a_live_moment_holds_all_of_the_layers_that_are_watched_from_inside():
    settings = small("lenet")
    state = State(settings)
    recorder = Recorder(state.network, settings.layers, probes(), 10, 256)
    images, labels = tensors(DATASETS["digits"])[:2]
    cross_entropy(state.network(images[:32]), labels[:32]).backward()
    live = recorder.moment(3, 0.5, 1.0, live=True, insides=("conv1",))
    whole = recorder.moment(3, 0.5, 1.0)
    kinds = {kind for name, kind in live.arrays if name == "conv1"}
    assert kinds == {kind for name, kind in whole.arrays if name == "conv1"}
    assert {"bias", "weight_gradient", "bias_gradient"} < kinds
    assert {kind for name, kind in live.arrays if name == "conv2"} == {"weight", "output"}
    for kind in kinds:
        true = whole.arrays["conv1", kind].numbers()
        close = 1e-3 * np.abs(true).max()
        np.testing.assert_allclose(live.arrays["conv1", kind].numbers(), true, rtol=0, atol=close)


def test_the_statistics_of_a_batch_are_those_that_batchnorm_used(monkeypatch):
    """Against the inputs that BatchNorm was given in the very training step."""
    settings, given = small("mlp", batch_size=16), []
    forward = nn.BatchNorm1d.forward

    def heard(module: nn.Module, x: torch.Tensor) -> torch.Tensor:
        if module.training:
            given.append(x.detach().clone())
        return forward(module, x)

    monkeypatch.setattr(nn.BatchNorm1d, "forward", heard)
    found = moments(run(settings))
    norms = [layer.name for layer in settings.layers if layer.kind == "batchnorm"]
    assert norms and ("batchnorm1", "batch_mean") not in found[-1].arrays
    for moment in found[:-1]:
        for place, name in enumerate(norms):
            x = given[moment.step * len(norms) + place]
            for kind, true in (("batch_mean", x.mean(0)), ("batch_var", x.var(0))):
                told = moment.arrays[name, kind].numbers()
                np.testing.assert_allclose(told, true, rtol=2e-3, atol=2e-4 * x.abs().max().item())


def test_a_live_moment_holds_no_pictures_of_gradients():
    settings = small()
    live = next(r for r in run(settings, pictures=True) if getattr(r, "live", False))
    assert ("linear1", "weight") in live.arrays and ("linear1", "output") in live.arrays
    assert {kind for _, kind in live.arrays} == {"weight", "output"}
    assert live.numbers["linear1"]["gradient_norm"] > 0


@pytest.mark.parametrize("network", NETWORKS)
def test_a_live_moment_shows_what_a_recorded_one_holds(network):
    records = run(small(network), pictures=True)
    kept = {moment.step: moment for moment in moments(records)}
    live = [r for r in records if getattr(r, "live", False) and r.step in kept]
    assert live
    for moment in live:
        for key, array in moment.arrays.items():
            exact = kept[moment.step].arrays[key].numbers()
            close = 1e-3 * max(np.abs(exact).max(), 1e-12)
            np.testing.assert_allclose(array.numbers(), exact, rtol=0, atol=close)


@pytest.mark.parametrize("largest", [0.0, 1e-9, 0.005, 0.007, 3.0, 5e4, 7e4, 1e30, np.inf, np.nan])
def test_a_quick_copy_is_as_good_as_a_scaled_one_whatever_the_size(largest):
    numbers = torch.linspace(-1, 1, 101)
    numbers = torch.cat([numbers * (largest if np.isfinite(largest) else 1), torch.zeros(2)])
    numbers[-1] = largest
    copy, scaled = quick_half(numbers, 7), half(numbers, 7)
    assert copy.units == 7 and copy.values.dtype == np.float16
    near = 1e-5 * largest if np.isfinite(largest) else 0
    np.testing.assert_allclose(copy.numbers(), scaled.numbers(), rtol=2e-3, atol=near)


def test_live_pictures_count_dead_units_rarely_and_recorded_moments_always(monkeypatch):
    monkeypatch.setattr("core.recording.COUNT_SECONDS", 1e9)
    state = State(small())
    recorder = Recorder(state.network, state.settings.layers, probes(), 10, 256)
    first = recorder.moment(0, 0.0, None, live=True).numbers["relu1"]["dead"]
    with torch.no_grad():
        state.network.get_submodule("linear1").bias -= 1e6
    assert first < 1
    assert recorder.moment(1, 0.0, None, live=True).numbers["relu1"]["dead"] == first
    assert recorder.moment(1, 0.0, None).numbers["relu1"]["dead"] == 1
    assert recorder.moment(1, 0.0, None, live=True).numbers["relu1"]["dead"] == 1


def test_recording_touches_no_random_state_and_leaves_the_mode_as_it_was():
    state = State(small("mlp"))
    recorder = Recorder(state.network, state.settings.layers, probes(), 10, 256)
    mine, everyones = state.generator.get_state(), torch.get_rng_state()
    before = state.checkpoint()
    for training in (True, False):
        state.network.train(training)
        recorder.moment(0, 0.0, None)
        assert all(module.training == training for module in state.network.modules())
    assert torch.equal(mine, state.generator.get_state())
    assert torch.equal(everyones, torch.get_rng_state())
    for key, array in state.checkpoint().arrays.items():
        assert np.array_equal(array.values, before.arrays[key].values), key


def hooks(network: nn.Module) -> int:
    return sum(len(module._forward_hooks) for module in network.modules())


def test_hooks_are_gone_afterwards_also_when_the_network_fails():
    state = State(small("mlp"))
    recorder = Recorder(state.network, state.settings.layers, probes(), 10, 256)
    recorder.moment(0, 0.0, None)
    assert hooks(state.network) == 0
    with outputs_of(state.network, {"relu1"}) as seen:
        assert hooks(state.network) == 1
        state.network(probes())
    assert list(seen) == ["relu1"] and hooks(state.network) == 0
    recorder.probes = torch.zeros(3, 1, 5, 5)
    with pytest.raises(RuntimeError):
        recorder.moment(0, 0.0, None)
    assert hooks(state.network) == 0 and state.network.training
    with pytest.raises(RuntimeError):
        first_not_finite(state.network, torch.zeros(3, 1, 5, 5))
    assert hooks(state.network) == 0


def test_of_a_wide_layer_the_first_units_are_recorded_and_the_true_number_is_said():
    settings = small(recorded_units=4)
    whole, part = (moments(run(s, record=True))[0].arrays for s in (small(), settings))
    for kind in ("weight", "bias", "weight_gradient", "bias_gradient"):
        array = part["linear1", kind]
        assert array.units == 16 and len(array.values) == 4
        assert part["linear2", kind].units == 10
        np.testing.assert_allclose(
            array.numbers(), whole["linear1", kind].numbers()[:4], rtol=3 * HALF, atol=1e-6
        )
    output = part["relu1", "output"]
    assert output.units == 16 and output.values.shape == (10, 4)
    state = State(settings)
    assert moments(run(settings))[0].numbers["linear1"]["weight_norm"] == pytest.approx(
        state.network.get_submodule("linear1").weight.norm().item()  # of all sixteen units
    )

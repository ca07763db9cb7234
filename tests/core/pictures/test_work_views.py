"""An activation function at work: shares, derivatives and their product are what torch computes."""

import numpy as np
import pytest
import torch

from core.activations import ACTIVATIONS
from core.pictures import arranged, live_work, unpack, work_view
from core.pictures.curves import GRID
from core.pictures.work_views import left_of_a_gradient
from tests.core.pictures.recorded import assert_shows, of_architecture, of_bricks

USUAL = [name for name in ACTIVATIONS if name != "identity"]


def deep(function: str):
    """Two activation layers, the second behind a BatchNorm."""
    bend = {"kind": "activation", "function": function}
    bricks = [{"kind": "flatten"}, {"kind": "linear", "units": 12}, bend]
    bricks += [{"kind": "linear", "units": 6}, {"kind": "batchnorm"}, bend]
    return of_bricks("digits", *bricks, {"kind": "linear", "units": 10})


def slopes_of(function: str, before: np.ndarray, parameter: float | None) -> torch.Tensor:
    given = ACTIVATIONS[function]
    module = getattr(torch.nn, given.torch_name)()
    if parameter is not None:
        torch.nn.init.constant_(module.weight, parameter)
    x = torch.tensor(before, requires_grad=True)
    module.double()(x).sum().backward()
    assert x.grad is not None
    return x.grad.abs()


@pytest.mark.parametrize("function", USUAL)
def test_derivatives_are_torchs_and_their_product_goes_down_the_layers(function):
    seen = deep(function)
    header, _ = unpack(work_view("run", seen.settings.layers, seen.probes, seen.moments))
    first, second = [card["id"] for card in header["cards"] if card["kind"] == "work"]
    for moment, frame in zip(seen.moments, header["frames"], strict=True):
        sizes = []
        for name, before in ((first, "linear1"), (second, "batchnorm1")):
            learned = moment.arrays.get((name, "weight"))
            parameter = float(learned.numbers()[0]) if learned else None
            given = moment.arrays[before, "output"].numbers().astype(float)
            size = slopes_of(function, given, parameter).mean().item()
            assert frame["work"][name]["slope"] == pytest.approx(size, rel=2e-3)
            assert frame["work"][name]["parameter"] == parameter
            sizes.append(size)
        assert frame["work"][second]["left"] == pytest.approx(sizes[1], rel=2e-3)
        assert frame["work"][first]["left"] == pytest.approx(sizes[0] * sizes[1], rel=4e-3)


def test_shares_are_those_that_were_counted_when_it_was_recorded():
    seen = deep("relu")
    header, _ = unpack(work_view("run", seen.settings.layers, seen.probes, seen.moments))
    for moment, frame in zip(seen.moments, header["frames"], strict=True):
        share = moment.numbers["relu1"]["in_dead_zone"]
        assert frame["numbers"]["relu1"]["values in the dead zone"] == f"{share:.1%}"
        assert frame["numbers"]["relu1"]["values elsewhere"] == f"{1 - share:.1%}"


def test_a_moment_without_a_layers_numbers_has_no_work_and_that_is_no_fault():
    seen = deep("relu")
    del seen.moments[0].arrays["linear1", "output"]
    header, _ = unpack(work_view("run", seen.settings.layers, seen.probes, seen.moments))
    assert [frame["work"]["relu1"] is None for frame in header["frames"]] == [True, False, False]
    assert not any(card["note"] for card in header["cards"] if card["kind"] == "work")


def test_the_pictures_are_of_the_pre_activations():
    seen = deep("tanh")
    packed = work_view("run", seen.settings.layers, seen.probes, seen.moments)
    for number, moment in enumerate(seen.moments):
        for name, before in (("tanh1", "linear1"), ("tanh2", "batchnorm1")):
            values = moment.arrays[before, "output"].numbers()
            true = arranged(values, values.shape[1:])
            assert_shows(packed, f"{name}/given", true, number)


@pytest.mark.parametrize("function", USUAL)
def test_the_curve_in_the_browser_is_torchs(function):
    seen = deep(function)
    header, _ = unpack(work_view("run", seen.settings.layers, seen.probes, seen.moments))
    x = torch.tensor(header["grid"], dtype=torch.float64, requires_grad=True)
    value = getattr(torch.nn, ACTIVATIONS[function].torch_name)().double()(x)
    (slope,) = torch.autograd.grad(value.sum(), x)
    curve = header["curves"][function]
    assert set(GRID) <= set(header["grid"])
    assert np.allclose(curve["value"], value.detach(), rtol=1e-4, atol=1e-9)
    assert np.allclose(curve["slope"], slope, rtol=1e-4, atol=1e-7)


def test_a_learned_curve_moves_with_its_parameter():
    seen = deep("prelu")
    header, _ = unpack(work_view("run", seen.settings.layers, seen.probes, seen.moments))
    for frame in header["frames"]:
        work = frame["work"]["prelu1"]
        grid = np.array(header["grid"])
        wanted = np.where(grid > 0, grid, work["parameter"] * grid)
        assert np.allclose(work["curve"]["value"], wanted, rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize("data, name", [
    ("mnist", "lenet"), ("fashion", "resnet"), ("fashion", "inception"), ("recall", "transformer"),
    ("carseats", "tabular"), ("spirals", "playground"), ("mnist", "lstm"),
])  # fmt: skip
def test_a_live_moment_is_laid_out_like_a_recorded_one(data, name):
    seen = of_architecture(data, name)
    layers = seen.settings.layers
    header, _ = unpack(work_view("run", layers, seen.probes, seen.moments))
    newer, _ = unpack(live_work(layers, len(seen.probes), seen.live))
    assert newer["layout"] == header["layout"]
    assert newer["frame_bytes"] == header["frame_bytes"]
    assert newer["frames"][0]["work"].keys() == header["frames"][0]["work"].keys()


def test_a_gradient_passes_by_the_functions_of_a_block_through_its_skip():
    bend = {"kind": "activation", "function": "tanh"}
    block = [{"kind": "linear", "units": 4}, bend, {"kind": "linear", "units": 4}, bend]
    bricks = [{"kind": "flatten"}, {"kind": "linear", "units": 4}, bend]
    bricks += [{"kind": "residual", "block": block}, bend, {"kind": "linear", "units": 10}]
    layers = of_bricks("digits", *bricks).settings.layers
    slopes = {"tanh1": 0.5, "tanh2": 0.1, "tanh3": 0.2, "tanh4": 0.8}
    assert left_of_a_gradient(layers, slopes) == pytest.approx(
        {"tanh1": 0.5 * 0.8, "tanh2": 0.1 * 0.2 * 0.8, "tanh3": 0.2 * 0.8, "tanh4": 0.8}
    )


def test_the_gradient_itself_is_told_with_the_layer_whose_weights_it_reached():
    seen = deep("relu")
    header, _ = unpack(work_view("run", seen.settings.layers, seen.probes, seen.moments))
    for moment, frame in zip(seen.moments, header["frames"], strict=True):
        norm = moment.numbers["linear1"].get("gradient_norm")
        told = frame["numbers"]["relu1"].get("RMS of ∇W of linear1")
        size = None if norm is None else norm / (64 * 12) ** 0.5
        assert told == (None if size is None else f"{size:.2g}")
    assert any("RMS of ∇W of linear1" in frame["numbers"]["relu1"] for frame in header["frames"])

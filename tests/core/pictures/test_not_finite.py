"""What is not a number is drawn as not a number, counted, and never as zero or as a largest one."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import DATASETS
from core.pictures import (
    Probes,
    inside_view,
    layer_view,
    live_frame,
    live_inside,
    live_work,
    plane_of,
    signed_bytes,
    strip,
    unpack,
    work_view,
)
from core.pictures.inputs import says
from core.records import Array
from tests.core.pictures.recorded import of_architecture, of_bricks

BAD = (np.nan, np.inf, -np.inf)


@given(
    st.lists(st.floats(width=16, allow_nan=True, allow_infinity=True), min_size=1, max_size=40),
    st.sampled_from([np.float16, np.float32, np.float64]),
    st.booleans(),
    st.floats(1e-3, 1e3),
)
def test_a_byte_is_0_just_where_a_number_is_not_finite(values, dtype, many, scale):
    array = np.array(values, dtype)
    array = np.tile(array, 5000 // len(array) + 1) if many else array  # long ones go by a table
    found = signed_bytes(array, scale)
    assert ((found == 0) == ~np.isfinite(array)).all()
    finite = np.isfinite(array)
    assert (found[finite] == signed_bytes(np.where(finite, array, 0), scale)[finite]).all()


def test_finite_numbers_whose_sum_is_not_are_numbers():
    assert signed_bytes(np.full(3, 1.7e308), 1.0).tolist() == [255] * 3
    assert signed_bytes(np.array([3e38, 3e38], np.float32), 1e38).tolist() == [255] * 2


def spoiled(seen, layer, kind, places):
    """The last moment with these numbers of one array made NaN and infinite."""
    last = seen.moments[-1]
    array = last.arrays[layer, kind]
    values = array.values.astype(np.float32)
    for number, place in enumerate(places):
        values[place] = BAD[number % 3]
    arrays = last.arrays | {(layer, kind): replace(array, values=values)}
    return replace(last, arrays=arrays)


@pytest.fixture(scope="module")
def small():
    """A convolution on digits, a ReLU and a Linear."""
    bricks = [{"kind": "conv2d", "filters": 4}, {"kind": "activation"}, {"kind": "flatten"}]
    return of_bricks("digits", *bricks, {"kind": "linear", "units": 10})


def notes(view, frame=-1):
    return unpack(view)[0]["frames"][frame]["scales"]


def test_every_view_draws_and_counts_them_for_each_input(small):
    places = [(2, 0, 0, 0), (2, 3, 1, 1), (2, 3, 1, 2), (7, 1, 0, 0)]
    moment = spoiled(small, "conv1", "output", places)
    layers, probes = small.settings.layers, small.probes
    views = {
        "conv1/output": [
            strip("r", "t", layers, probes, [small.moments[0], moment], live=False, url=None),
            live_frame(probes.dataset, layers, moment),
            inside_view("r", layers[0], layers, probes, [small.moments[0], moment]),
            live_inside(layers[0], layers, probes, moment),
        ],
        "relu1/given": [
            work_view("r", layers, probes, [small.moments[0], moment]),
            live_work(layers, len(probes), moment),
        ],
    }
    for plane, some in views.items():
        for view in some:
            header, _ = unpack(view)
            shown = plane_of(view, plane, len(header["frames"]) - 1)
            assert ((shown == 0).sum(axis=(1, 2, 3)) == [0, 0, 3, 0, 0, 0, 0, 1, 0, 0]).all()
            assert notes(view)[f"{plane}/not_finite/2"] == 3
            assert notes(view)[f"{plane}/not_finite/7"] == 1
            counted = [key for key in notes(view) if key.startswith(f"{plane}/not_finite")]
            assert len(counted) == 2
            if len(header["frames"]) > 1:
                assert not any("not_finite" in key for key in notes(view, 0))


def test_weights_and_gradients_too_as_tiles_and_as_a_matrix(small):
    moment = spoiled(small, "conv1", "weight", [(0, 0, 0, 0), (3, 0, 2, 2)])
    slopes = spoiled(small, "conv1", "weight_gradient", [(1, 0, 1, 1)])
    both = replace(
        moment, arrays=slopes.arrays | {("conv1", "weight"): moment.arrays["conv1", "weight"]}
    )
    for kind in ("tiles", "matrix"):
        view = layer_view("r", small.settings.layers[0], [both, both], kind)
        for name, count in (("start", 2), ("now", 2), ("gradient", 1)):
            assert (plane_of(view, f"{name}/weight", 1) == 0).sum() == count
            assert notes(view)[f"{name}/weight/not_finite/0"] == count


def test_the_histogram_and_the_share_beyond_leave_them_out(small):
    moment = spoiled(small, "conv1", "weight", [(0, 0, 0, 0), (3, 0, 2, 2)])
    last = small.moments[-1]
    view, plain = (
        strip("r", "t", small.settings.layers, small.probes, [one], live=False, url=None)
        for one in (moment, last)
    )
    beyond = "conv1/weight/beyond"
    assert notes(view)[beyond] <= notes(plain)[beyond] + 1e-9
    assert plane_of(view, "conv1/weight/histogram").sum() > 0


def test_a_picture_of_nothing_but_nan_says_so(small):
    shape = small.moments[-1].arrays["conv1", "weight"].values.shape
    nothing = Array(np.full(shape, np.nan, np.float16))
    arrays = small.moments[-1].arrays | {("conv1", "weight"): nothing}
    view = live_frame(
        small.probes.dataset, small.settings.layers, replace(small.moments[-1], arrays=arrays)
    )
    assert (plane_of(view, "conv1/weight") == 0).all()
    assert notes(view)["conv1/weight/not_finite/0"] == np.prod(shape)


def test_an_input_that_is_not_a_number_is_counted_live_too():
    seen = of_architecture("spirals", "playground")
    inputs = seen.probes.inputs.copy()
    inputs[1, 0] = np.nan
    probes = Probes(seen.probes.dataset, inputs, seen.probes.targets)
    view = strip(
        "r", "t", seen.settings.layers, probes, seen.moments[-1:], live=True, url="/live/r"
    )
    assert (plane_of(view, "input/image") == 0).sum() == 1
    header, _ = unpack(view)
    assert header["still_scales"]["input/image/not_finite/1"] == 1
    assert header["still_scales"].items() <= header["frames"][0]["scales"].items()


def test_a_sequence_with_a_gap_is_valid_json():
    seen = of_architecture("sunspots", "rnn")
    inputs = seen.probes.inputs.copy()
    inputs[0, 3, 0] = np.inf
    told = Probes(seen.probes.dataset, inputs, seen.probes.targets).told()
    assert told["probes"][0]["lines"][0][3] is None and told["probes"][0]["past"][3] is None
    json.dumps(told, allow_nan=False)


def test_of_outputs_that_are_no_numbers_nothing_is_said():
    digits, cars = DATASETS["digits"], DATASETS["carseats"]
    logits = np.zeros((3, 10), np.float32)
    logits[0, 4], logits[1, 0] = np.nan, -np.inf  # a class that is ruled out is said to be so
    first, second, third = says(digits, logits)
    assert first is None and second == [0.0, *[round(1 / 9, 4)] * 9] and third == [0.1] * 10
    logits[2, 1] = np.inf
    assert says(digits, logits)[2] is None
    told = says(cars, np.array([[np.nan], [np.inf], [0.5]], np.float32))
    assert told[:2] == [None, None] and told[2] == pytest.approx(
        [cars.quantity.spread / 2 + cars.quantity.mean], rel=1e-5
    )

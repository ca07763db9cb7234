"""The numbers of a recording: how much is kept, how exactly, and what is counted of it."""

import math

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.activations import ACTIVATIONS, shares
from core.checkpoints import State
from core.copies import half
from core.divergence import first_not_finite
from core.recording import Recorder, recorded_rows
from core.settings import Settings
from core.zones import zone_numbers
from tests.core.small_runs import probes, small

torch.set_num_threads(1)
HALF = 2.0**-11  # the share by which a number at 16 bits may be off
sizes = st.dictionaries(
    st.text(max_size=4), st.tuples(st.integers(1, 5000), st.integers(1, 5000)), max_size=8
)


@given(sizes, st.integers(0, 200_000), st.integers(1, 5000), st.integers(0, 3))
@example({"a": (3, 1), "b": (1, 100)}, 10, 5000, 0)
def test_recorded_rows_share_a_budget(sizes, budget, most, several):
    whole = set(list(sizes)[:several])
    rows = recorded_rows(sizes, budget, most, whole)
    assert rows.keys() == sizes.keys()
    first = sum(count * width for name, (count, width) in sizes.items() if name in whole)
    left = budget - (first if first <= budget // 2 else 0)
    for name, (count, width) in sizes.items():
        bound = count if name in whole else most
        assert 1 <= rows[name] <= min(count, bound)
        if count <= bound and count * width <= left // len(sizes):
            assert rows[name] == count  # small arrays are whole
        if name in whole and first <= budget // 2:
            assert rows[name] == count  # and so is what has to be
    taken = {name: rows[name] * sizes[name][1] for name in rows}
    assert sum(size for name, size in taken.items() if rows[name] > 1) <= budget
    if all(width <= budget // len(sizes) for _, width in sizes.values()):
        assert sum(taken.values()) <= budget
    if sum(count * width for count, width in sizes.values()) <= budget:
        bounds = {name: count if name in whole else most for name, (count, _) in sizes.items()}
        assert all(rows[name] == min(sizes[name][0], bounds[name]) for name in sizes)


def test_what_small_arrays_leave_is_shared_by_the_large_ones():
    sizes = {"small": (10, 2), "large": (1000, 3), "larger": (5000, 5)}
    assert recorded_rows(sizes, 620, 5000) == {"small": 10, "large": 100, "larger": 60}


def test_what_has_to_be_whole_comes_first_where_half_of_the_budget_is_enough():
    sizes = {"small": (10, 2), "large": (1000, 3), "larger": (5000, 5)}
    found = recorded_rows(sizes, 6000, 100, {"large"})
    assert found == {"small": 10, "large": 1000, "larger": 100}
    found = recorded_rows(sizes, 5999, 100, {"large"})
    assert found == {"small": 10, "large": 996, "larger": 100}


numbers = st.floats(width=32, allow_nan=True, allow_infinity=True)


@given(hnp.arrays(np.float32, hnp.array_shapes(max_dims=3, max_side=5), elements=numbers))
@example(np.array([1e38, np.inf, 1e-3], np.float32))
@example(np.array([np.nan, 7e20], np.float32))
@example(np.zeros((0, 3), np.float32))
@rules(deadline=None)
def test_16_bits_keep_what_is_large_and_say_what_is_not_finite(values):
    array = half(torch.from_numpy(values))
    assert math.isfinite(array.scale) and array.values.shape == values.shape
    back = array.numbers()
    finite = np.isfinite(values)
    np.testing.assert_array_equal(back[~finite], values[~finite])
    largest = float(np.abs(values[finite]).max(initial=0))
    np.testing.assert_allclose(back[finite], values[finite], rtol=2 * HALF, atol=1e-6 * largest)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_shares_of_values_are_those_of_the_activation_functions_room(name):
    before = 3 * np.random.default_rng(8).standard_normal((40, 30), np.float32)
    counted, known = zone_numbers(before, 1, name), shares(before, name)
    assert counted["in_dead_zone"] == pytest.approx(known["dead"])
    assert counted["saturated"] == pytest.approx(known["saturated"])


@pytest.mark.parametrize("function", ["relu", "sigmoid", "prelu"])
def test_a_runs_zones_are_those_of_all_its_probes(function):
    settings = small(options={"hidden": 16, "activation": function})
    state = State(settings)
    network = state.network
    with torch.no_grad():
        network.get_submodule("linear1").weight[:3] = -1.0  # three units below zero for all
        network.get_submodule("linear1").bias[:3] = -1.0
        if function == "prelu":
            network.get_submodule("prelu1").weight.zero_()  # so training could have ended
        before = network[1](network[0](probes()))
    moment = Recorder(network, settings.layers, probes(), 10, 256).moment(0, 0.0, None)
    found = moment.numbers[f"{function}1"]
    if function == "sigmoid":
        slope = before.double().sigmoid() * (1 - before.double().sigmoid())
        assert found["saturated"] == pytest.approx((slope < 0.05 / 4).double().mean().item())
        assert found["dead"] == 0
    else:
        assert found["dead"] == pytest.approx((before <= 0).all(0).double().mean().item())
        assert found["dead"] >= 3 / 16
        assert found["in_dead_zone"] == pytest.approx((before <= 0).double().mean().item())
    assert len(probes()) == 50 and len(moment.arrays["linear1", "output"].values) == 10


def test_a_learned_slope_that_is_not_zero_leaves_no_unit_dead():
    settings: Settings = small(options={"hidden": 16, "activation": "prelu"})
    state = State(settings)
    moment = Recorder(state.network, settings.layers, probes(), 10, 256).moment(0, 0.0, None)
    assert moment.numbers["prelu1"]["dead"] == moment.numbers["prelu1"]["in_dead_zone"] == 0
    assert moment.numbers["prelu1"]["weight_norm"] == 0.25


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_the_first_number_that_is_not_finite_is_found_on_the_way(bad):
    network = State(small("mlp")).network.eval()
    images = probes()
    assert first_not_finite(network, images) is None
    for name in ("linear3.bias", "batchnorm2.running_var", "linear1.weight"):
        layer, kind = name.split(".")
        with torch.no_grad():
            network.state_dict()[name][0] = bad
        assert first_not_finite(network, images) == f"{kind} of {layer}"
    network = State(small("two_linear")).network
    images[0, 0, 0, 0] = bad
    assert first_not_finite(network, images) == "output of flatten1"
    with torch.no_grad():
        network.get_submodule("linear1").weight *= 1e38
        network.get_submodule("linear2").weight *= 1e38
    assert first_not_finite(network, probes()) in ("output of linear1", "output of linear2")

"""The activations room against PyTorch: values, derivatives, flat zones, softmax."""

import math
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.activation import FLAT, Zone
from core.activations import ACTIVATIONS, shares
from core.softmax import TEMPERATURE, softmax, softmax_jacobian

torch.set_num_threads(1)

# Every 0.01 from -20 to 20, so that the kinks (0, 1, 3) are hit exactly.
GRID = np.arange(-2000, 2001) / 100


def settings_of(activation):
    if activation.parameter is None:
        return [None]
    p = activation.parameter
    return sorted({p.low, p.default, (p.low + p.high) / 2, p.high})


CASES = [
    pytest.param(name, setting, id=f"{name}-{setting}")
    for name, activation in ACTIVATIONS.items()
    for setting in settings_of(activation)
]


def by_torch(name, setting, grid):
    """Values and derivatives by torch.nn and autograd, in float64."""
    activation = ACTIVATIONS[name]
    arguments = {} if setting is None else {activation.torch_argument: setting}
    module = getattr(torch.nn, activation.torch_name)(**arguments).double()
    x = torch.tensor(grid, dtype=torch.float64, requires_grad=True)
    y = module(x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    return y.detach().numpy(), slope.numpy()


@pytest.mark.parametrize(("name", "setting"), CASES)
def test_value_and_derivative_are_those_of_torch(name, setting):
    value, slope = by_torch(name, setting, GRID)
    activation = ACTIVATIONS[name]
    np.testing.assert_allclose(activation.value(GRID, setting), value, rtol=0, atol=5e-8)
    np.testing.assert_allclose(activation.derivative(GRID, setting), slope, rtol=0, atol=5e-8)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_default_parameter_is_the_one_torch_has(name):
    value, slope = by_torch(name, None, GRID)
    np.testing.assert_allclose(ACTIVATIONS[name].value(GRID), value, rtol=0, atol=5e-8)
    np.testing.assert_allclose(ACTIVATIONS[name].derivative(GRID), slope, rtol=0, atol=5e-8)


def flat_by_definition(name, setting):
    """Dead and saturated points of a grid from -400 to 400, from autograd's derivative alone."""
    grid = np.arange(-80_000, 80_001) / 200
    size = np.abs(by_torch(name, setting, grid)[1])
    low = size < FLAT * size.max()
    saturated, dead = np.zeros(len(grid), bool), np.zeros(len(grid), bool)
    for side in (slice(None), slice(None, None, -1)):
        outside, sizes = low[side], size[side]
        end = len(grid) if outside.all() else int(np.argmin(outside))
        if end == 0 or (sizes[0] > 0 and sizes[0] == sizes[end - 1]):
            continue  # not flat at this end, or a straight line that never fades
        exactly_zero = bool((sizes[:end] == 0).all())
        (dead if exactly_zero else saturated)[side][:end] = True
    return grid, {"dead": dead, "saturated": saturated}


@pytest.mark.parametrize(("name", "setting"), CASES)
def test_zones_are_where_autograd_says_the_derivative_is_flat(name, setting):
    grid, expected = flat_by_definition(name, setting)
    zones = ACTIVATIONS[name].zones(setting)
    for kind in ("dead", "saturated"):
        inside = np.zeros(len(grid), bool)
        for zone in zones:
            if zone.kind == kind:
                inside |= (grid >= zone.low) & (grid <= zone.high)
        wrong = grid[inside != expected[kind]]
        # A saturated zone may end between two points of the grid, a dead one is exact.
        assert len(wrong) <= (1 if kind == "saturated" else 0), wrong[:5]


@pytest.mark.parametrize("name", ["gelu", "silu", "mish", "tanh", "sigmoid"])
def test_a_saturated_zone_ends_where_five_percent_of_the_steepest_slope_is_reached(name):
    steepest = np.abs(by_torch(name, None, np.arange(-50_000, 50_001) / 10_000)[1]).max()
    end = ACTIVATIONS[name].zones()[0].high
    (slope,) = np.abs(by_torch(name, None, np.array([end]))[1])
    assert slope == pytest.approx(FLAT * steepest, rel=1e-5)


@pytest.mark.parametrize(("name", "setting"), CASES)
def test_zones_are_in_order_and_apart(name, setting):
    zones = ACTIVATIONS[name].zones(setting)
    assert all(zone.low < zone.high for zone in zones)
    assert all(left.high < right.low for left, right in zip(zones, zones[1:], strict=False))


def test_the_zones_that_books_name():
    assert ACTIVATIONS["relu"].zones() == (Zone("dead", -math.inf, 0.0),)
    assert ACTIVATIONS["leaky_relu"].zones() == ()
    assert [zone.kind for zone in ACTIVATIONS["hardtanh"].zones()] == ["dead", "dead"]
    assert ACTIVATIONS["tanh"].zones()[1].low == pytest.approx(2.178, abs=1e-3)
    assert ACTIVATIONS["sigmoid"].zones()[1].low == pytest.approx(4.357, abs=1e-3)
    assert ACTIVATIONS["identity"].zones() == ()


def test_shares_count_dead_and_saturated_inputs():
    assert shares([-1.0, 0.0, 1.0, 2.0], "relu") == {"dead": 0.5, "saturated": 0.0}
    assert shares([[-9.0, 0.0], [1.0, 9.0]], "sigmoid") == {"dead": 0.0, "saturated": 0.5}
    assert shares([-1.0, 1.0], "leaky_relu") == {"dead": 0.0, "saturated": 0.0}
    assert shares([-1.0, 1.0], "leaky_relu", 0.0) == {"dead": 0.5, "saturated": 0.0}
    assert shares([-np.inf, np.inf, np.nan, 0.0], "tanh") == {"dead": 0.0, "saturated": 0.5}
    assert shares([], "relu") == {"dead": 0.0, "saturated": 0.0}


def test_dead_shares_are_the_zeros_of_the_gradient_in_torch():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(400, generator=generator).round(decimals=1).requires_grad_()
    torch.relu(x).sum().backward()
    assert (x == 0).any()
    assert shares(x.detach().numpy(), "relu")["dead"] == (x.grad == 0).double().mean().item()


EXTREME = st.floats(allow_nan=False) | st.sampled_from(
    [1e300, -1e300, math.inf, -math.inf, 5e-324, -0.0, 1.7976931348623157e308, -745.2, 710.0]
)


@pytest.mark.parametrize(("name", "setting"), CASES)
@given(xs=st.lists(EXTREME, max_size=6))
def test_extreme_inputs_give_numbers_and_no_warning(name, setting, xs):
    x = np.array(xs, np.float64)
    for result in (
        ACTIVATIONS[name].value(x, setting),
        ACTIVATIONS[name].derivative(x, setting),
    ):
        assert result.shape == x.shape
        assert result.dtype == np.float64
        assert not np.isnan(result[np.isfinite(x)]).any()
    assert not np.isnan(ACTIVATIONS[name].derivative(x, setting)).any()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_input_is_left_alone_and_never_handed_back(name):
    x = np.array([-2.0, 0.0, 2.0])
    ACTIVATIONS[name].value(x)[:] = 7
    ACTIVATIONS[name].derivative(x)[:] = 7
    assert x.tolist() == [-2.0, 0.0, 2.0]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_entry_has_its_words(name):
    activation = ACTIVATIONS[name]
    assert activation.name == name
    for formula in (activation.formula, activation.derivative_formula):
        assert formula.count("{") == formula.count("}")
        assert formula.count(r"\begin{cases}") == formula.count(r"\end{cases}")
    assert activation.title and activation.range and activation.sentence.endswith(".")
    assert (activation.parameter is None) == (activation.torch_argument is None)
    if activation.parameter:
        p = activation.parameter
        assert p.low <= p.default <= p.high and p.step > 0


@pytest.mark.parametrize("temperature", [TEMPERATURE.low, 0.5, 1.0, TEMPERATURE.high])
def test_softmax_and_its_jacobian_are_those_of_torch(temperature):
    scores = np.random.default_rng(0).normal(0, 3, (4, 10))
    expected = torch.softmax(torch.tensor(scores) / temperature, -1).numpy()
    np.testing.assert_allclose(softmax(scores, temperature), expected, rtol=1e-12, atol=1e-15)
    jacobians = softmax_jacobian(scores, temperature)
    assert jacobians.shape == (4, 10, 10)
    for row, jacobian in zip(scores, jacobians, strict=True):
        by_autograd = torch.autograd.functional.jacobian(
            lambda x: torch.softmax(x / temperature, -1), torch.tensor(row)
        )
        np.testing.assert_allclose(jacobian, by_autograd.numpy(), rtol=0, atol=1e-12)


@given(
    xs=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8),
    temperature=st.floats(0.01, 100),
)
def test_softmax_of_any_finite_scores_is_a_distribution(xs, temperature):
    p = softmax(xs, temperature)
    assert np.isclose(p.sum(), 1) and (p >= 0).all()
    jacobian = softmax_jacobian(xs, temperature)
    assert np.isfinite(jacobian).all()
    np.testing.assert_allclose(jacobian.sum(axis=-1), 0, atol=1e-12)


@pytest.mark.parametrize("temperature", [0, -1, math.inf, math.nan])
def test_softmax_refuses_a_temperature_without_meaning(temperature):
    with pytest.raises(ValueError, match="temperature"):
        softmax([1.0, 2.0], temperature)


def test_the_table_needs_no_torch():
    script = "import sys, core.activations; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)

"""Every function that a network from elsewhere may use: values, slopes and zones are autograd's."""

import numpy as np
import pytest
import torch
from torch import nn

from core.activation import FLAT
from core.elementwise import FAMILIES, function_of
from tests.core.elementwise_cases import CASES, module_of

GRID = np.arange(-8_000, 8_001) / 200


def by_torch(name, arguments):
    x = torch.tensor(GRID, requires_grad=True)
    y = module_of(name, arguments)(x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    return y.detach().numpy(), slope.numpy()


def test_every_family_is_tried():
    assert {name for name, _ in CASES} == set(FAMILIES)


def test_all_that_torch_has_is_known_but_what_is_not_for_each_number_alone():
    mixing = {"GLU", "MultiheadAttention", "Softmax", "Softmax2d", "LogSoftmax", "Softmin"}
    there = set(nn.modules.activation.__all__) - mixing
    assert {family.torch_name for family in FAMILIES.values()} == there


@pytest.mark.parametrize("name, arguments", CASES, ids=str)
def test_values_and_derivatives_are_torchs(name, arguments):
    value, slope = by_torch(name, arguments)
    function = function_of(name, arguments)
    np.testing.assert_allclose(function.value(GRID), value, rtol=1e-9, atol=5e-8)
    np.testing.assert_allclose(function.derivative(GRID), slope, rtol=1e-9, atol=5e-8)


@pytest.mark.parametrize("name", FAMILIES)
def test_an_argument_that_is_left_out_is_torchs_own(name):
    if None in FAMILIES[name].arguments.values():
        with pytest.raises(TypeError, match="takes"):
            function_of(name, {})
        return
    np.testing.assert_allclose(function_of(name, {}).value(GRID), by_torch(name, {})[0], atol=5e-8)
    assert function_of(name, {}).arguments == ""


def within(zones, kind):
    inside = np.zeros(len(GRID), bool)
    for zone in zones:
        if zone.kind == kind:
            inside |= (zone.low <= GRID) & (zone.high >= GRID)
    return inside


@pytest.mark.parametrize("name, arguments", CASES, ids=str)
def test_zones_are_where_the_derivative_is_zero_or_an_outer_end_fades(name, arguments):
    size = np.abs(by_torch(name, arguments)[1])
    zones = function_of(name, arguments).zones()
    assert all(one.high < other.low for one, other in zip(zones, zones[1:], strict=False))
    dead, saturated = (within(zones, kind) for kind in ("dead", "saturated"))
    zeros = (size[1:] == 0) & (size[:-1] == 0)  # a single zero, as in a dip, is no zone
    wide = np.append(zeros, False) | np.insert(zeros, 0, False)
    assert (dead == wide)[~saturated].all()
    limit = FLAT * size.max()
    for side in (slice(None), slice(None, None, -1)):
        sizes, inside = size[side], saturated[side]
        straight = sizes[0] > 0 and sizes[0] == sizes[400]  # a line never fades
        assert inside[0] == (sizes[0] < limit and not straight and not dead[side][0])
        if inside[0]:
            end = int(np.argmin(inside))
            assert sizes[:end].max() <= limit * (1 + 1e-6) and sizes[end] >= limit * (1 - 1e-6)
    assert saturated.any() == (saturated[0] or saturated[-1])


def test_arguments_that_a_function_has_not_are_refused():
    with pytest.raises(TypeError, match="ReLU takes no argument"):
        function_of("relu", {"alpha": 1.0})
    with pytest.raises(TypeError, match="Threshold takes threshold, value"):
        function_of("threshold", {"value": 1.0})


def test_slopes_of_several_units_are_each_units_own():
    module = nn.PReLU(3).double()
    with torch.no_grad():
        module.weight[:] = torch.tensor([0.1, 0.0, -2.0])
    x = torch.randn(5, 3, 4, dtype=torch.double, requires_grad=True)
    module(x).sum().backward()
    assert x.grad is not None
    slopes = module.weight.detach().numpy()[:, None]
    found = function_of("prelu", {"num_parameters": 3}).derivative(x.detach().numpy(), slopes)
    np.testing.assert_array_equal(found, x.grad.numpy())

"""What is read off an activation function in the browser, against torch.nn and autograd."""

import json

import numpy as np
import pytest
import torch

from core.activations import ACTIVATIONS
from core.pictures.curves import GRID, curve_of
from pages.shared.scope import CURVE
from tests.core.test_activations import JUMPS


def by_torch(name, setting, x):
    activation = ACTIVATIONS[name]
    arguments = {} if setting is None else {activation.torch_argument: setting}
    module = getattr(torch.nn, activation.torch_name)(**arguments).double()
    at = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    value = module(at)
    (slope,) = torch.autograd.grad(value.sum(), at)
    return value.detach().numpy(), slope.numpy()


SHAPED = [
    (name, setting)
    for name, activation in ACTIVATIONS.items()
    for setting in ([None] if activation.parameter is None else [activation.parameter.low, 0.9])
]


@pytest.mark.parametrize(("name", "setting"), SHAPED)
def test_value_and_derivative_at_any_number_are_torchs(page, name, setting):
    activation = ACTIVATIONS[name]
    grid = activation.sampled(GRID, setting)
    kinks = np.array(JUMPS.get(name, [0]), float)
    apart = np.outer([0.03, 1e-3, 1e-9, 0, -1e-9, -1e-3, -0.03], np.ones(len(kinks)))
    x = np.concatenate([np.linspace(-9, 9, 997), (kinks + apart).ravel(), [0.03, 150, -150]])
    given = json.dumps([grid.tolist(), curve_of(activation, grid, setting), x.tolist()])
    page.add_script_tag(content=CURVE.read_text("utf-8"))
    got = page.evaluate(
        "text => { const [grid, curve, xs] = JSON.parse(text);"
        " return xs.map((x) => curveAt(grid, curve, x)).map((at) => [at.value, at.slope]); }",
        given,
    )
    value, slope = by_torch(name, setting, x)
    np.testing.assert_allclose([one[0] for one in got], value, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose([one[1] for one in got], slope, rtol=1e-3, atol=1e-3)

"""Bars begin at zero on an even axis; where an axis is logarithmic there are points."""

import numpy as np
import pytest

from core.figures import FIGURES
from core.figures.layer_sizes import layer_sizes
from tests.core.figures.test_every_figure import ARGUMENTS, VALUES


def along(fig, trace):
    """The axis along which a trace's bars are long."""
    return fig.layout.xaxis if trace.orientation == "h" else fig.layout.yaxis


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("name", FIGURES)
def test_no_bar_stands_on_a_logarithmic_axis_or_begins_above_zero(name, values):
    fig = FIGURES[name](**ARGUMENTS[name](VALUES[values]))
    for trace in fig.data:
        if trace.type != "bar":
            continue
        axis = along(fig, trace)
        assert axis.type != "log"
        assert axis.range is None or trace.base is not None or axis.range[0] <= 0


def test_sizes_nearly_equal_stand_nearly_together():
    fig = layer_sizes(["a", "b", "c"], [0.0050, 0.0053, 0.0])
    (dots,) = fig.data
    assert "markers" in dots.mode and np.allclose(dots.x[:2], [0.005, 0.0053])
    low, high = fig.layout.xaxis.range
    a, b = (np.log10(dots.x[:2]) - low) / (high - low)
    assert 0 < a < b < 1 and b - a < 0.2
    assert "1 of 3 are 0" in fig.layout.annotations[-1].text

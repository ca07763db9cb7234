"""Numbers over time."""

import numpy as np
import pytest

from core.figures import numbers_over_time, style


def test_every_name_is_a_line():
    fig = numbers_over_time([0, 1], {"linear1": [1, 2], "linear2": [3, None]}, y_title="norm")
    assert [trace.name for trace in fig.data] == ["linear1", "linear2"]
    assert fig.data[0].y.tolist() == [1, 2]
    assert np.isnan(fig.data[1].y[1])
    assert fig.layout.yaxis.title.text == "norm"


def test_shares_can_be_drawn_in_percent():
    fig = numbers_over_time([0], {"relu1": [0.25]}, y_title="dead units", percent=True)
    assert fig.data[0].y.tolist() == [25]
    assert fig.layout.yaxis.title.text == "dead units (%)"


def test_more_names_than_colours_are_told_apart_by_dashes():
    series = {f"layer {i}": [1.0] for i in range(2 * len(style.LINES))}
    looks = {(t.line.color, t.line.dash) for t in numbers_over_time([0], series).data}
    assert len(looks) == len(series)


def test_the_axis_can_be_logarithmic():
    assert numbers_over_time([0], {"a": [1]}, log=True).layout.yaxis.type == "log"


@pytest.mark.parametrize("low, step", [(1e-3, 1), (1e-13, 3), (0.2, None)])
def test_a_logarithmic_axis_has_whole_powers_of_ten_where_there_are_enough(low, step):
    axis = numbers_over_time([0, 1], {"a": [1.0, low]}, log=True).layout.yaxis
    assert axis.dtick == step

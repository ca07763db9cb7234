"""The accuracy curve."""

import numpy as np
import pytest

from core.figures import accuracy_curve
from core.figures.accuracy_curve import percent_range


def test_shares_are_drawn_in_percent():
    fig = accuracy_curve([1, 2], [0.5, 0.75], [2], [0.7])
    assert fig.data[0].y.tolist() == [50.0, 75.0]
    assert fig.data[1].y.tolist() == pytest.approx([70.0])
    assert fig.layout.yaxis.title.text == "accuracy (%)"


def test_the_axis_is_whole_when_nothing_is_known():
    assert percent_range(np.array([])) == (0, 100)
    assert percent_range(np.array([np.nan])) == (0, 100)


def test_a_few_early_values_do_not_hide_the_last_percent():
    values = np.concatenate([[10.0, 40.0], np.linspace(95, 98, 200)])
    low, high = percent_range(values)
    assert 90 <= low < 95
    assert 98 < high < 101


def test_the_axis_never_leaves_zero_to_a_hundred_by_more_than_the_line():
    assert percent_range(np.array([0.0, 100.0])) == (0, 101)

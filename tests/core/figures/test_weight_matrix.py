"""The weight matrix."""

import re

import numpy as np

from core.figures import style, weight_matrix
from core.figures.weight_matrix import BUDGET, shown_cells


def test_zero_is_in_the_middle_of_the_colours():
    heat = weight_matrix(np.array([[0.5, -2.0], [1.0, 0.0]])).data[0]
    assert (heat.zmin, heat.zmid, heat.zmax) == (-2, 0, 2)
    assert heat.colorscale[2][0] == 0.5
    assert heat.z.tolist() == [[0.5, -2.0], [1.0, 0.0]]


def test_a_convolution_has_a_row_a_filter():
    heat = weight_matrix(np.arange(24.0).reshape(2, 3, 2, 2)).data[0]
    assert heat.z.shape == (2, 12)
    assert heat.z[1].tolist() == list(range(12, 24))


def test_a_bias_is_one_column():
    assert weight_matrix(np.array([1.0, 2.0])).data[0].z.tolist() == [[1.0], [2.0]]


def test_two_moments_can_share_a_scale():
    assert weight_matrix(np.eye(2), scale=4.0).data[0].zmax == 4


def test_numbers_are_written_on_colours_that_are_not_see_through():
    small, large = (weight_matrix(np.full(shape, 0.1)).data[0] for shape in [(3, 3), (9, 9)])
    assert small.texttemplate and not large.texttemplate
    assert all(colour.startswith("rgb(") for _, colour in small.colorscale)
    for (_, solid), (_, thin) in zip(style.SOLID, style.SIGNED, strict=True):
        *parts, share = (float(n) for n in re.findall(r"[\d.]+", thin))
        laid = [share * part + (1 - share) * 255 for part in parts]
        found = [float(n) for n in re.findall(r"\d+", solid)]
        assert np.allclose(found, laid, atol=1), "the same on white"


def test_a_gate_goes_from_shut_to_open():
    heat = weight_matrix(np.array([[0.0, 1.0]] * 40), role="gate").data[0]
    assert (heat.zmin, heat.zmax) == (0, 1)
    assert heat.colorscale[-1][1] == style.faded(style.GATE, 1)


def test_a_large_matrix_is_thinned_and_the_picture_says_so():
    values = np.random.default_rng(0).normal(size=(512, 784))
    fig = weight_matrix(values)
    heat = fig.data[0]
    assert heat.z.size <= BUDGET
    assert np.allclose(heat.z, values[np.ix_(heat.y, heat.x)])
    assert "of 512 rows shown" in fig.layout.annotations[0].text.replace("<br>", " ")


def test_cells_stay_under_the_budget_whatever_the_shape():
    for shape in [(1, 10**6), (10**6, 1), (5000, 5000), (10, 784), (1, 1), (0, 0)]:
        rows, columns = shown_cells(*shape)
        assert len(rows) * len(columns) <= BUDGET
        assert (len(rows) > 0) == (shape[0] > 0)


def test_what_is_not_finite_is_grey_and_counted():
    fig = weight_matrix(np.array([[1.0, np.nan], [np.inf, 0.0]]))
    grey = fig.data[1]
    assert np.isfinite(grey.z).tolist() == [[False, True], [True, False]]
    assert grey.colorscale[0][1] == style.DEAD
    assert "2 of 4 values are not finite" in fig.layout.annotations[0].text
    assert fig.data[0].zmax == 1

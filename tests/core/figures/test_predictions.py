"""Figures of predictions: forecasts, predicted against true, the decision boundary."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import r2_score

from core.figures import decision_boundary, forecast, predicted_against_true, style
from core.r_squared import r_squared
from tests.core.figures.test_sequences import caption


def test_a_forecast_goes_on_where_the_given_values_end():
    fig = forecast([1, 2, 3], [4, 5], [4.5, 4.5], quantity="heat", unit="°C")
    given_, true, said = fig.data
    assert [t.name for t in fig.data] == ["given", "true", "predicted"]
    assert (given_.x.tolist(), given_.y.tolist()) == ([-2, -1, 0], [1, 2, 3])
    assert (true.x.tolist(), true.y.tolist()) == ([0, 1, 2], [3, 4, 5])
    assert (said.x.tolist(), said.y.tolist()) == ([1, 2], [4.5, 4.5])
    assert fig.layout.yaxis.title.text == "heat (°C)"
    assert caption(fig) == "On average the prediction is 0.5 °C off."


def test_a_future_that_is_not_known_is_left_out():
    fig = forecast([1, 2], [], [3])
    assert len(fig.data[1].x) == 0
    assert caption(fig) == ""


def test_points_lie_at_the_true_and_the_predicted_value_on_equal_axes():
    fig = predicted_against_true([1, 2, 3], [1.5, 2, 2.5], others={"linear regression": [2, 2, 2]})
    other, network = fig.data
    assert (network.name, other.name) == ("network", "linear regression")
    assert (network.x.tolist(), network.y.tolist()) == ([1, 2, 3], [1.5, 2, 2.5])
    assert fig.layout.xaxis.range == fig.layout.yaxis.range
    (line,) = fig.layout.shapes
    assert (line.x0, line.x1) == (line.y0, line.y1)
    assert (
        caption(fig)
        == "R² of these 3 inputs is 0.750 for the network, 0.000 for the linear regression."
    )


@given(st.integers(2, 40), st.integers(1, 4), st.integers(0, 10**6))
def test_r_squared_is_scikit_learns(n, outputs, seed):
    rng = np.random.default_rng(seed)
    true, said = rng.normal(5, 3, (n, outputs)), rng.normal(5, 3, (n, outputs))
    assert r_squared(true, said) == pytest.approx(r2_score(true, said), rel=1e-9)
    assert r_squared(true[:, 0], said[:, 0]) == pytest.approx(r2_score(true[:, 0], said[:, 0]))


def test_r_squared_leaves_out_what_is_not_finite_and_needs_values_that_differ():
    true, said = np.array([1.0, 2, 3, np.nan]), np.array([1.5, 2, 2, 9])
    assert r_squared(true, said) == pytest.approx(r2_score(true[:3], said[:3]))
    assert np.isnan(r_squared(np.ones(3), np.ones(3)))
    assert np.isnan(r_squared(np.full(10, 0.1), np.linspace(0, 1.7, 10))), (
        "its mean is not quite 0.1"
    )
    assert np.isnan(r_squared(np.array([]), np.array([])))
    assert r_squared(1e300 * true, 1e300 * said) == pytest.approx(r_squared(true, said))


def field(*shares):
    """A field of one row: the probabilities at places 0, 1, 2 …"""
    return np.array([shares])


def test_the_field_of_two_classes_is_the_second_ones_probability():
    shares = np.repeat(field([0.9, 0.1], [0.5, 0.5], [0.0, 1.0]), 2, axis=0)
    fig = decision_boundary([0, 1, 2], [0, 1], shares, [[0, 1], [2, 0]], [1, 0], classes="ab")
    heat, line, first, second = fig.data
    assert heat.z[0] == pytest.approx([10, 50, 100])
    assert (heat.x.tolist(), heat.y.tolist()) == ([0, 1, 2], [0, 1])
    assert line.contours.start == line.contours.end == 50
    assert (first.name, first.x.tolist(), first.y.tolist()) == ("a", [2], [0])
    assert (second.name, second.x.tolist(), second.y.tolist()) == ("b", [0], [1])
    assert first.marker.color == style.SIGNED[0][1]
    assert first.marker.symbol != second.marker.symbol


def test_the_field_of_more_classes_is_the_likeliest_ones_colour():
    shares = field([0.8, 0.1, 0.1], [0.3, 0.4, 0.3], [0, 0, 1.0], [np.nan, 0, 1])
    fig = decision_boundary(range(4), [0], shares, np.zeros((0, 2)), [], classes=["a", "b", "<c>"])
    heat = fig.data[0]
    assert np.floor(heat.z[0][:3]).tolist() == [0, 1, 2]
    assert np.isnan(heat.z[0][3])
    assert list(heat.text[0][:3]) == ["a", "b", "&lt;c&gt;"]
    assert heat.customdata[0][:3] == pytest.approx([80, 40, 100])
    scale = dict(enumerate(heat.colorscale))
    assert [scale[i][1] for i in (1, 3, 5)] == [style.faded(c, 0.6) for c in style.LINES[:3]]
    assert heat.z[0][0] % 1 > heat.z[0][1] % 1  # the surer, the stronger
    assert "1 of 4 values are not finite" in caption(fig)


def test_a_field_of_two_classes_with_one_name_calls_the_other_the_second():
    fig = decision_boundary([0, 1], [0], field([0.5, 0.5], [0.2, 0.8]), [], [], classes=["a"])
    assert "the second" in fig.data[0].hovertemplate


def test_a_field_of_one_class_has_its_points_alone():
    fig = decision_boundary([0, 1], [0], field([1.0], [1.0]), [[0, 0]], [0], classes=["a"])
    assert [trace.name for trace in fig.data] == ["a"]


def test_more_classes_than_colours_have_other_symbols_or_names():
    classes = [f"class {i}" for i in range(10)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fig = decision_boundary(
            [0], [0], np.full((1, 1, 10), 0.1), np.zeros((10, 2)), range(10), classes=classes
        )
    assert [t.name for t in fig.data[1:]] == classes

"""An activation function's curve."""

import math

import numpy as np
import pytest

from core.figures import activation_curve, style

X = np.linspace(-4, 4, 81)
RELU = {
    "name": "relu",
    "title": "ReLU",
    "value": np.maximum(X, 0),
    "derivative": (X > 0).astype(float),
}


def traces(fig):
    return {trace.name: trace for trace in fig.data}


def test_the_value_is_solid_and_the_derivative_dashed():
    drawn = traces(activation_curve(X, [RELU]))
    assert drawn["ReLU"].y.tolist() == RELU["value"].tolist()
    assert drawn["ReLU"].line.dash is None
    assert drawn["ReLU, derivative"].line.dash == "dash"


def test_a_curve_may_have_no_derivative():
    assert list(traces(activation_curve(X, [dict(RELU, derivative=None)]))) == ["ReLU"]


def test_zones_end_where_the_picture_ends_and_tell_their_share():
    zones = [("dead", -math.inf, 0.0), ("saturated", 3.0, math.inf), ("saturated", 9, 10)]
    fig = activation_curve(X, [RELU], zones, shares={"dead": 0.431, "saturated": 0.0})
    assert [(shape.x0, shape.x1) for shape in fig.layout.shapes] == [(-4, 0), (3, 4)]
    texts = [note.text for note in fig.layout.annotations if note.name == "zone"]
    assert texts == ["<b>dead: 43.1 %</b>", "<b>saturated: 0.0 %</b>"]
    red, green, blue = (int(style.SATURATED[i : i + 2], 16) for i in (1, 3, 5))
    assert fig.layout.shapes[1].fillcolor == f"rgba({red},{green},{blue},0.18)"


def test_pre_activations_lie_on_the_curve_and_are_counted_under_it():
    points = np.random.default_rng(0).normal(size=(10, 100))
    drawn = traces(activation_curve(X, [RELU], points=points))
    dots, bars = drawn["on the curve"], drawn["pre-activations"]
    assert np.allclose(dots.y, np.maximum(dots.x, 0), atol=0.05)
    assert set(dots.x) <= set(points.ravel())
    assert bars.y.sum() == pytest.approx(100)


def test_pre_activations_outside_the_picture_are_counted_in_words():
    fig = activation_curve(X, [RELU], points=[-1.0, 0.0, 50.0, math.nan])
    assert traces(fig)["pre-activations"].y.sum() == pytest.approx(200 / 3)
    caption = next(note.text for note in fig.layout.annotations if note.name == "caption")
    assert "Outside the part shown: 1." in caption.replace("<br>", " ")

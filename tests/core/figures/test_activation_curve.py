"""An activation function's curve."""

import math

import numpy as np

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
    drawn = activation_curve(X, [dict(RELU, derivative=None)]).data
    assert [trace.name for trace in drawn if trace.visible is not False] == ["ReLU"]


def test_zones_end_where_the_picture_ends():
    zones = [("dead", -math.inf, 0.0), ("saturated", 3.0, math.inf), ("saturated", 9, 10)]
    fig = activation_curve(X, [RELU], zones)
    assert [(shape.x0, shape.x1) for shape in fig.layout.shapes] == [(-4, 0), (3, 4)]
    texts = [note.text for note in fig.layout.annotations if note.name == "zone"]
    assert texts == ["<b>dead</b>", "<b>saturated</b>"]
    red, green, blue = (int(style.SATURATED[i : i + 2], 16) for i in (1, 3, 5))
    assert fig.layout.shapes[1].fillcolor == f"rgba({red},{green},{blue},0.18)"


def test_a_slider_hands_over_the_curve_at_each_of_its_values():
    slopes = [0.0, 0.5, 1.0]
    value = np.stack([np.where(X > 0, X, a * X) for a in slopes])
    derivative = np.stack([np.where(X > 0, 1.0, a) for a in slopes])
    slider = dict(title="a", curve=1, values=slopes, at=0.5, value=value, derivative=derivative)
    zones = [[("dead", -math.inf, 0.0)], [], []]
    fig = activation_curve(X, [RELU, RELU], sliders=[slider | {"zones": zones}])
    assert [(frame.group, frame.name) for frame in fig.frames] == [
        *(("a", "0"), ("a", "0.5"), ("a", "1"))
    ]
    assert fig.layout.meta["sliders"] == {"a": "0.5"}
    for frame, lines in zip(fig.frames, zip(value, derivative, strict=True), strict=True):
        assert list(frame.traces) == [2, 3]
        for drawn, wanted in zip(frame.data, lines, strict=True):
            assert np.allclose(drawn.y, wanted, rtol=1e-4)
    assert [len(frame.layout.shapes) for frame in fig.frames] == [1, 0, 0]


def test_a_jump_of_the_derivative_is_upright_and_its_reading_names_both_sides():
    x = np.array([-1.0, 0.0, 5e-324, 1 - 2**-53, 1.0])
    step = {"name": "f", "value": np.clip(x, 0, 1), "derivative": np.array([0, 0, 1, 1, -2.0])}
    steep = np.array([-2, -2, 1, 1, 1.0])
    slider = dict(title="a", curve=0, values=[0.0], at=0.0)
    slider |= {"value": step["value"][None], "derivative": steep[None], "zones": None}
    fig = activation_curve(x, [step], sliders=[slider])
    drawn = fig.data[1]
    first, second = "0 (jumps from 0 to 1)", "-2 (jumps from 1 to -2)"
    assert list(drawn.hovertext) == ["0", first, first, second, second]
    assert "hovertext" in drawn.hovertemplate
    assert list(fig.frames[0].data[1].hovertext)[:2] == ["-2", "-2 (jumps from -2 to 1)"]

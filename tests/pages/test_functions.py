"""The page of activation functions: curve, derivative, formula, and a run's layers at work."""

import base64
import json

import numpy as np
import pytest

from core.activations import ACTIVATIONS
from core.softmax import softmax
from tests.core.small_runs import small
from tests.pages.conftest import run_box, said, sound


def chart(tab):
    return json.loads(tab.get("plotly_chart")[-1].proto.spec)


def numbers(values):
    """A trace's numbers, which Plotly may send as base64."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])
    return np.array(values, float)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_function_is_drawn_with_its_formula(open_page, name):
    activation = ACTIVATIONS[name]
    tab = open_page("functions.py", function=activation.title)
    assert activation.formula in said(tab) and activation.derivative_formula in said(tab)
    assert activation.sentence in said(tab)
    for values, wanted in (("value", activation.value), ("derivative", activation.derivative)):
        assert any(
            len(numbers(trace["x"])) == 801
            and np.allclose(numbers(trace["y"]), wanted(numbers(trace["x"])), equal_nan=True)
            for trace in chart(tab)["data"]
            if trace.get("mode") == "lines"
        ), values


@pytest.mark.parametrize("name", [n for n, a in ACTIVATIONS.items() if a.parameter])
def test_a_parameter_shapes_the_curve(open_page, name):
    tab = open_page("functions.py", function=ACTIVATIONS[name].title)
    before = chart(tab)
    slider = tab.slider(f"parameter_{name}")
    slider.set_value(slider.max).run()
    assert chart(sound(tab))["data"] != before["data"]


def test_the_zones_of_a_run_are_counted(open_page, make_run):
    run = make_run()
    tab = open_page("functions.py", run=run.id, function="ReLU", step="5")
    moment = run.moments([5], layer="linear1", kinds=("output",))[0]
    inputs = moment.arrays["linear1", "output"].numbers()
    assert f"Of {inputs.size:,} pre-activations, {(inputs <= 0).mean():.1%} lie where" in said(tab)


def test_a_function_that_the_run_does_not_use_says_so(open_page, make_run):
    tab = open_page("functions.py", run=make_run().id, function="Tanh")
    assert "does not use this function" in tab.info[0].value
    assert tab.get("plotly_chart")


def test_of_many_layers_with_one_function_one_is_chosen(open_page, make_run):
    small_one, deep = make_run(), make_run(network="mlp")
    tab = open_page("functions.py", run=deep.id, at="relu2")
    assert tab.button_group(key="at").value == "relu2"
    run_box(tab).select(small_one.id).run()
    assert sound(tab).button_group(key="at").value == "relu1"


def test_functions_are_found_in_a_run_that_uses_them(open_page, make_run):
    settings = small(epochs=1, options={"hidden": 16, "activation": "tanh"})
    tab = open_page("functions.py", run=make_run(settings=settings).id, function="Tanh")
    assert not tab.info
    assert "pre-activations" in said(tab)


@pytest.mark.parametrize("heat", [None, 5.0])
def test_softmax_is_drawn_at_the_temperature(open_page, make_run, heat):
    run = make_run()
    given = {"temperature": str(heat)} if heat else {}
    tab = open_page("functions.py", run=run.id, function="Softmax", input="2", step="5", **given)
    moment = run.moments([5], layer="linear2", kinds=("output",))[0]
    logits = moment.arrays["linear2", "output"].numbers()[2].astype(np.float64)
    drawn = [numbers(trace["x"]) for trace in chart(tab)["data"]]
    assert np.allclose(drawn[0], 100 * softmax(logits))
    assert np.allclose(drawn[1], 100 * softmax(logits, heat or 1.0))

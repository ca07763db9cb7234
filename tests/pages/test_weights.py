"""The Weights page: any layer at any moment, as pictures, as a matrix or as distributions."""

import json

import numpy as np
import pytest

from core import pictures
from tests.pages.conftest import scopes, sound


def shown(tab):
    """The packed pictures that the page hands to the browser."""
    return tab.get("bidi_component")[0].proto.bytes


def chart(tab, number):
    return json.loads(tab.get("plotly_chart")[number].proto.spec)


@pytest.mark.parametrize("network", ["lenet", "mlp"])
def test_every_layer_with_weights_can_be_chosen(open_page, make_run, network):
    run = make_run(network=network)
    wanted = [layer.name for layer in run.settings().layers if layer.weights]
    for name in wanted:
        for view in ("pictures", "matrix", "distributions"):
            tab = open_page("weights.py", run=run.id, layer=name, view=view)
            assert tab.button_group[0].value == name
            assert bool(scopes(tab)) == (view != "distributions")
            assert len(tab.get("plotly_chart")) == (3 if view == "distributions" else 1)


def test_the_pictures_hold_every_recorded_moment_and_the_random_start(open_page, make_run):
    run = make_run()
    header, _ = pictures.unpack(shown(open_page("weights.py", run=run.id)))
    assert [frame["step"] for frame in header["frames"]] == run.steps()
    assert [card["id"] for card in header["cards"]] == ["start", "now", "gradient"]
    assert header["step"] == run.steps()[-2]  # the last with a gradient


def test_the_pictures_are_those_of_the_run(open_page, make_run):
    run = make_run()
    packed = shown(open_page("weights.py", run=run.id, layer="linear2", view="matrix"))
    header, _ = pictures.unpack(packed)
    for number, step in enumerate(run.steps()):
        moment = run.moments([step], layer="linear2")[0]
        weight = moment.arrays["linear2", "weight"].numbers()
        drawn = pictures.plane_of(packed, "now/weight", number).reshape(weight.shape).astype(int)
        scale = header["frames"][number]["scales"]["now/weight"]
        wanted = np.clip(128 + weight / scale * 127, 1, 255)
        assert np.abs(drawn - wanted).max() <= 1


def test_the_link_says_where_it_opens(open_page, make_run):
    run = make_run()
    tab = open_page("weights.py", run=run.id, step="3", view="matrix", layer="linear2")
    assert pictures.unpack(shown(tab))[0]["step"] == 3
    tab.button_group[1].set_value("pictures").run()
    assert pictures.unpack(shown(sound(tab)))[0]["step"] == 3
    assert tab.query_params["step"] == "3"


@pytest.mark.parametrize("what", ["weights", "gradients"])
def test_the_distributions_count_every_number(open_page, make_run, what):
    run = make_run()
    tab = open_page("weights.py", run=run.id, view="distributions", what=what, layer="linear1")
    heat = chart(tab, 0)["data"][0]
    moments = run.moments(layer="linear1")
    kind = "weight" if what == "weights" else "weight_gradient"
    recorded = [m.step for m in moments if ("linear1", kind) in m.arrays]
    assert heat["type"] == "heatmap"
    assert len(recorded) == len(run.steps()) - (what == "gradients")


def test_a_layer_that_the_next_run_does_not_have_is_left(open_page, make_run):
    small, deep = make_run(), make_run(network="lenet")
    tab = open_page("weights.py", run=deep.id, layer="conv1", view="matrix")
    tab.selectbox[0].select(small.id).run()
    assert sound(tab).button_group[0].value == "linear1"
    assert tab.button_group[1].value == "matrix"

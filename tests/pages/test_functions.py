"""The page of activation functions: at work in a run, all of them side by side, softmax."""

import json

import numpy as np
import pytest

from core import pictures
from core.activations import ACTIVATIONS
from core.softmax import softmax
from core.zones import Zones
from pages.shared.at_work import counted_over
from pages.shared.scope import Seen
from tests.core.small_runs import small
from tests.pages.conftest import chart, numbers, run_box, said, sound

ALL = "all functions"
NOTHING = {
    ("saturated values", "relu"),
    ("dead units", "tanh"),
    ("values in a dead zone", "tanh"),
}
"""What a function does not have: ReLU does not saturate, and tanh has no dead zone."""


def figure(tab):
    """The figure of the page's live chart."""
    component = next(c for c in tab.get("bidi_component") if "chart" in c.proto.component_name)
    return json.loads(component.proto.bytes)["figure"]


def work(tab):
    """The header of the functions at work."""
    component = next(c for c in tab.get("bidi_component") if "scope" in c.proto.component_name)
    return pictures.unpack(component.proto.bytes)[0]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_function_is_told_with_its_formula(open_page, name):
    activation = ACTIVATIONS[name]
    tab = open_page("functions.py", view=ALL, functions=activation.title)
    assert activation.formula in said(tab) and activation.derivative_formula in said(tab)
    assert activation.sentence in said(tab)
    names = [trace["name"] for trace in figure(tab)["data"]]
    assert names == [activation.title, f"{activation.title}, derivative"]
    frames = figure(tab).get("frames", [])
    if activation.parameter is None:
        assert not frames
    else:
        values = [float(frame["name"]) for frame in frames]
        given = activation.parameter
        assert (values[0], values[-1]) == (given.low, given.high) and given.default in values
        x = np.linspace(-6, 6, 241)
        for value, frame in zip(values, frames, strict=True):
            drawn = [trace["y"] for trace in frame["data"]]
            assert np.allclose(drawn[0], activation.value(x, value), rtol=1e-4, atol=1e-9)
            assert np.allclose(drawn[1], activation.derivative(x, value), rtol=1e-4, atol=1e-9)


def test_several_functions_lie_on_one_another(open_page):
    tab = open_page("functions.py", view=ALL)
    tab.multiselect[0].set_value(["relu", "elu", "softplus"]).run()
    drawn = figure(sound(tab))
    assert len(drawn["data"]) == 6 and not drawn["layout"].get("shapes")
    assert len({frame["group"] for frame in drawn["frames"]}) == 2


def test_all_functions_are_listed_with_where_they_stop_learning(open_page):
    table = open_page("functions.py", view=ALL).dataframe[0].value.set_index("Function")
    assert list(table.index) == [one.title for one in ACTIVATIONS.values()]
    assert table.loc["ReLU", "Derivative is 0"] == "x ≤ 0"
    assert table.loc["Tanh", "Derivative under 5 % of its largest"] == "x ≤ −2.18, x ≥ 2.18"
    assert table.loc["PReLU", "Derivative is 0"] == "nowhere"


def test_a_runs_functions_are_shown_at_work(open_page, make_run):
    run = make_run(network="mlp")
    tab = open_page("functions.py", run=run.id)
    header = work(tab)
    cards = [card["id"] for card in header["cards"] if card["kind"] == "work"]
    assert cards == ["relu1", "relu2"]
    moment = run.moments([header["frames"][-1]["step"]], layer="relu1", kinds=())[0]
    share = moment.numbers["relu1"]["in_dead_zone"]
    assert header["frames"][-1]["numbers"]["relu1"]["values in the dead zone"] == f"{share:.1%}"


@pytest.mark.parametrize(
    "word", ["dead units", "values in a dead zone", "saturated values", "values elsewhere"]
)
@pytest.mark.parametrize("function", ["relu", "tanh"])
def test_shares_are_drawn_over_the_run(open_page, make_run, word, function):
    options = {"hidden": 16, "activation": function}
    run = make_run(settings=small(options=options, epochs=1, initialisation="large"))
    tab = open_page("functions.py", run=run.id, count=word)
    (line,) = chart(tab)["data"]
    name = f"{function}1"
    assert line["name"] == name
    shares = []
    for step in run.steps():
        found = run.moments([step], layer=name, kinds=())[0].numbers[name]
        flat = {"values in a dead zone": "in_dead_zone", "saturated values": "saturated"}
        if word == "values elsewhere":
            shares.append(1 - sum(found[kind] for kind in flat.values()))
        else:
            shares.append(found[flat.get(word, "dead")])
    np.testing.assert_allclose(numbers(line["y"]), 100 * np.array(shares), atol=1e-6)
    assert any(shares) == ((word, function) not in NOTHING)


def test_it_is_said_over_how_many_inputs_it_was_counted(open_page):
    counted, none = Zones(1, 6, 50, 0.2, 0.0), Zones(None, 6, 1, 0.2, 0.0)
    vector, places, anew = (
        Zones(1, 6, None, 0.2, 0.0), Zones(None, 6, None, 0.2, 0.0), Zones(1, 6, 10, 0.2, 0.0),
    )  # fmt: skip
    assert counted_over([counted, counted]) == "Counted over 50 inputs. "
    assert "nothing of units" in counted_over([none])
    earlier = "Counted over up to 60 test inputs, by an earlier version. "
    assert counted_over([vector]) == earlier and counted_over([]) == ""
    assert counted_over([vector, anew]).endswith("counted over 10 recorded inputs. ")
    assert "places of images" in counted_over([places, vector])
    assert earlier.strip() in said(open_page("functions.py", run="demo"))


def test_an_older_link_opens_at_the_same_count(open_page, make_run):
    run = make_run(network="mlp")
    tab = open_page("functions.py", run=run.id, count="numbers in a dead zone")
    assert chart(tab)["layout"]["yaxis"]["title"]["text"].startswith("share of values in a dead")


def test_a_running_runs_functions_go_on_live(open_page, make_run, monkeypatch):
    monkeypatch.setattr("core.live.route_is_open", True)
    run = make_run("running")
    assert work(open_page("functions.py", run=run.id))["url"] == f"/live/{run.id}/@work"


def test_a_run_without_activation_functions_says_so(open_page, make_run):
    run = make_run(settings=small(architecture="lstm", epochs=1, options={}))
    tab = open_page("functions.py", run=run.id)
    assert "no activation function of its own" in tab.info[0].value


@pytest.mark.parametrize("probe", ["2", "7"])
def test_softmax_is_taken_apart_for_an_input_of_the_run(open_page, make_run, probe):
    run = make_run()
    tab = open_page("functions.py", run=run.id, view="softmax", input=probe, step="5")
    moment = run.moments([5], layer="linear2", kinds=("output",))[0]
    logits = moment.arrays["linear2", "output"].numbers()[int(probe)].astype(np.float64)
    part = next(c for c in tab.get("bidi_component") if "lesson" in c.proto.component_name)
    given = json.loads(part.proto.json)
    assert given["name"] == "softmax" and np.allclose(given["numbers"]["logits"], logits)
    assert given["numbers"]["truth"] == [int(probe)] and given["numbers"]["names"][3] == "3"
    loss = -np.log(softmax(logits)[int(probe)])
    assert f"here {loss:.4g}." in said(tab)


def test_another_run_shows_its_own_functions(open_page, make_run):
    small_one, deep = make_run(), make_run(network="mlp")
    tab = open_page("functions.py", run=deep.id)
    run_box(tab).select(small_one.id).run()
    assert [c["id"] for c in work(sound(tab))["cards"] if c["kind"] == "work"] == ["relu1"]


def test_softmax_of_numbers_that_are_not_finite_says_so(open_page, make_run, monkeypatch):
    from pages.shared import at_work

    run = make_run()
    whole = at_work.answer

    def broken(*given):
        found = whole(*given)
        return found._replace(outputs=found.outputs | {"linear2": np.full(10, np.nan)})

    monkeypatch.setattr(at_work, "answer", broken)
    tab = open_page("functions.py", run=run.id, view="softmax", input="2", step="5")
    assert "not finite" in tab.warning[0].value and not tab.exception


@pytest.mark.parametrize("between", [(), ({"kind": "flatten"},)], ids=["direct", "flattened"])
def test_a_number_at_work_opens_how_it_is_made(open_page, make_run, monkeypatch, between):
    bricks = ({"kind": "conv2d", "filters": 4}, *between, {"kind": "activation"})
    bricks += (() if between else ({"kind": "flatten"},)) + ({"kind": "linear", "units": 10},)
    run = make_run(settings=small(bricks=bricks, epochs=1))
    clicks = [Seen(None, None, None, None, ("relu1", (1, 2, 3)))]
    monkeypatch.setattr(
        "pages.shared.scope.scope", lambda *_: clicks.pop() if clicks else Seen(*[None] * 4)
    )
    tab = open_page("functions.py", run=run.id)
    assert "2 · Forward" in said(tab) and "channel 1 · row 2 · column 3" in said(tab)
    assert tab.session_state["layer"] == ("conv1" if between else "relu1")

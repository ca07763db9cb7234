"""Twins: two runs that differ in one setting, side by side, and what is said of them."""

import numpy as np
import pytest

from core import pictures, runs
from core.races.race import create
from core.runs import this_process
from core.settings import settings_from
from core.zones import dead_units
from pages.shared import choose
from pages.shared.sides import VIEWS
from pages.shared.twins import differences
from tests.core.races.races import a_plan
from tests.pages.conftest import said, scopes, sound


def pressed(open_page, listener, run, what):
    """The settings of the two runs that a press on the button starts."""
    tab = open_page("twins.py", run=run.id, differs=what)
    sound(next(button for button in tab.button if button.label == "Train both").click().run())
    return [settings for word, settings in listener.told if word == "train"]


@pytest.mark.parametrize(
    "what, changed",
    [
        ("Activation function", {"activation": "sigmoid"}),
        ("BatchNorm", {"batch_norm": False}),
        ("Dropout", {"dropout": 0.0}),
        ("Hidden layers", {"depth": 3}),
    ],
)
def test_a_twin_differs_in_one_option_of_its_architecture(
    open_page, make_run, listener, what, changed
):
    run = make_run(network="mlp")
    one, other = pressed(open_page, listener, run, what)
    assert one == run.settings()
    assert other.options == {**one.options, **changed} and other.bricks != one.bricks


@pytest.mark.parametrize(
    "what, field, value",
    [
        ("Learning rate", "learning_rate", None),
        ("Random start", "initialisation", "small"),
        ("Optimizer", "optimizer", "sgd"),
    ],
)
def test_a_twin_differs_in_one_setting(open_page, make_run, listener, what, field, value):
    one, other = pressed(open_page, listener, make_run(), what)
    now = getattr(one, field)
    assert getattr(other, field) == (pytest.approx(10 * now) if value is None else value)
    assert other.model_copy(update={field: now}) == one


@pytest.mark.parametrize(
    "what, changes, other",
    [
        ("Hidden layers", {"options": {"depth": 12}}, ("depth", 11)),
        ("Share of the training data", {"share": 0.001}, ("share", 0.001)),
        ("Learning rate", {"learning_rate": 900.0}, ("learning_rate", 1000.0)),
    ],
)
def test_a_value_at_its_bound_has_a_twin_within(
    open_page, make_run, listener, what, changes, other
):
    settings = settings_from({"data": "digits", "architecture": "mlp", "epochs": 1, **changes})
    run = runs.create(settings)
    listener.jobs[run.id] = None
    tab = open_page("twins.py", run=run.id, differs=what)
    name, value = other
    assert tab.number_input(key=f"twin_{name}").value == value


def test_data_that_differs_is_told_by_its_title_and_length():
    one, other = (
        settings_from({"data": "recall", "architecture": "rnn", "length": length})
        for length in (None, 60)
    )
    (told,) = differences(one, other)
    assert told == ("data Recall the first symbol, 60 steps instead of Recall the first symbol")


def test_both_are_shown_with_what_differs_and_who_is_ahead(open_page, make_run):
    one = make_run()
    given = one.settings().model_dump(mode="json", exclude={"bricks"})
    given["options"]["activation"] = "tanh"
    other = make_run(settings=settings_from(given))
    tab = open_page("twins.py", run=one.id, twin=other.id)
    (told,) = differences(one.settings(), other.settings())
    assert told == "activation Tanh instead of ReLU" and f"What differs: {told}." in said(tab)
    table = tab.dataframe[0].value
    assert table["Score"].tolist() == [one.summary().accuracy, other.summary().accuracy]
    scores = [f"{score:.1%}" for score in table["Score"]]
    if scores[0] == scores[1]:
        assert f"More accurate: neither, {scores[0]} each." in said(tab)
    else:
        ahead = int(np.argmax(table["Score"]))
        wanted = f"More accurate: **{'AB'[ahead]}**, {scores[ahead]} against {scores[1 - ahead]}."
        assert wanted in said(tab)
    scopes = [c for c in tab.get("bidi_component") if "scope_scope" in c.proto.component_name]
    functions = [pictures.unpack(c.proto.bytes)[0]["cards"][1]["function"] for c in scopes]
    assert functions == ["relu", "tanh"]


def test_dead_units_are_counted_over_all_layers(open_page, make_run):
    settings = settings_from({"data": "mnist", "architecture": "lenet", "share": 0.01, "epochs": 1})
    run = make_run(settings=settings)
    tab = open_page("twins.py", run=run.id, twin="demo")
    last = run.moments(run.steps()[-1:])[0]
    dead, units = dead_units(settings.layers, last)
    assert units == 6 + 16 + 120 + 84
    assert tab.dataframe[0].value["Dead units"][0] == pytest.approx(dead / units)


def test_without_a_second_run_the_page_says_what_to_do(open_page, make_run):
    tab = open_page("twins.py", run=make_run().id)
    assert not tab.dataframe and "train twins above" in tab.selectbox[-1].proto.placeholder


def test_a_second_run_that_is_not_here_is_told(open_page, make_run):
    tab = open_page("twins.py", run=make_run().id, twin="gone")
    assert "not on this machine" in tab.warning[0].value


def test_the_second_run_is_in_the_link(open_page, make_run):
    one, other = make_run(), make_run()
    tab = open_page("twins.py", run=one.id)
    box = next(box for box in tab.selectbox if box.label == "Beside it")
    box.select(other.id).run()
    assert sound(tab).query_params["twin"] == other.id


def test_a_browser_that_lags_behind_keeps_the_twin_that_was_started(
    open_page, make_run, monkeypatch
):
    tab = open_page("twins.py", run=make_run().id)
    sound(next(button for button in tab.button if button.label == "Train both").click().run())
    twin = tab.query_params["twin"]
    del tab.query_params["twin"]  # as it is sent by who had not heard of it yet
    assert sound(tab.run()).query_params["twin"] == twin
    beside = next(box for box in tab.selectbox if box.label == "Beside it")
    beside.set_value(None).run()  # as a menu sends it that had not heard either
    assert sound(tab).query_params["twin"] == twin
    monkeypatch.setattr(choose, "LAG_SECONDS", 0)
    del tab.query_params["twin"]
    assert "twin" not in sound(tab.run()).query_params


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("networks", [("two_linear", "lenet"), ("lenet", "lenet")])
def test_any_two_runs_are_seen_side_by_side_in_every_way(open_page, make_run, view, networks):
    one, other = (make_run(network=network) for network in networks)
    tab = open_page("twins.py", run=one.id, twin=other.id, seen=view)
    heads = [head.value for head in tab.subheader]
    assert [head[:4] for head in heads[-2:]] == ["A · ", "B · "]
    assert len(scopes(tab)) == 2
    assert not tab.error


def test_a_run_of_a_race_can_stand_beside_another(open_page, make_run, home):
    race = create(a_plan(), this_process())
    one = make_run()
    run = make_run()
    run.path.rename(race.path.parent / run.path.name)
    for pair in ((one.id, run.id), (run.id, one.id)):
        assert len(scopes(open_page("twins.py", run=pair[0], twin=pair[1]))) == 2

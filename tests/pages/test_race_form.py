"""The form of a race: what can race, what it costs, and that one press begins one race."""

import pytest

from core.data import DATASETS
from core.races.race import create, found
from core.runs import this_process
from pages.shared import race_shelf
from tests.pages.conftest import said, sound
from tests.pages.test_race import button

DIGITS = DATASETS["digits"].title


@pytest.fixture
def begun(monkeypatch):
    """Races are made, and nobody drives them."""
    monkeypatch.setattr(race_shelf, "begin", lambda plan: create(plan, this_process()))


def test_without_a_race_one_is_to_be_planned(open_page, monkeypatch):
    monkeypatch.setattr(race_shelf, "recorded", lambda: [])
    tab = open_page("race.py")
    assert "No race yet: plan one above" in said(tab)
    assert "30 runs" in said(tab) and "about 75 seconds on 2 workers" in said(tab)
    assert not button(tab, "Start the race").disabled


def test_a_plan_is_priced_and_begun_once(open_page, begun):
    tab = open_page("race.py", data=DIGITS, contestants="Multilayer perceptron", seeds="2")
    assert "59,210" not in said(tab)  # that is of MNIST
    button(tab, "Start the race").click()
    sound(tab.run())
    (race,) = found()
    plan = race.plan()
    assert plan.name == f"Multilayer perceptron on {DIGITS}"
    assert (len(plan.seeds), plan.epochs, plan.values) == (2, None, (100, 300, 1000))
    assert plan.seconds == 5
    assert [one.settings.data for one in plan.contestants] == ["digits"]
    assert tab.query_params["race"] == race.id
    button(tab, "Start the race").click()
    sound(tab.run())
    assert found() == [race]


def test_the_time_is_measured_where_somebody_asks(open_page, listener):
    given = {"data": DIGITS, "contestants": "Multilayer perceptron", "budget": "Epochs"}
    tab = open_page("race.py", **given)
    assert "time not measured yet" in said(tab)
    tab.toggle(key="measure").set_value(True)
    sound(tab.run())
    assert [what for what, _ in listener.told].count("pace") == 1
    assert "time not measured yet" not in said(tab) and "Measured just now" in said(tab)


def test_a_race_that_is_too_large_for_the_folder_is_told(open_page, monkeypatch):
    assert "too small for that" not in said(open_page("race.py", budget="Epochs"))
    monkeypatch.setenv("LAYERSCOPE_BUDGET_MB", "100")
    tab = open_page("race.py", budget="Epochs")
    assert "too small for that" not in said(tab)  # 88 MB
    tab.multiselect(key="contestants").set_value(["mlp", "lenet", "resnet"])
    assert "too small for that" in said(sound(tab.run()))


def test_a_plan_that_does_not_fit_is_told_and_not_begun(open_page):
    tab = open_page("race.py", seeds="20")
    tab.multiselect(key="contestants").set_value(["mlp", "lenet", "resnet"])
    sizes = ["100", "300", "1,000", "3,000", "10,000", "30,000", "all 60,000"]
    tab.multiselect(key="sizes_mnist").set_value(sizes)
    sound(tab.run())
    assert "these would be 420 runs" in said(tab).lower()
    assert button(tab, "Start the race").disabled


def test_one_setting_of_one_architecture_can_race(open_page, begun):
    tab = open_page("race.py", data=DIGITS, who="One architecture, one setting")
    button(tab, "Start the race").click()
    sound(tab.run())
    (race,) = found()
    used = [one.settings.options["activation"] for one in race.plan().contestants]
    assert len(used) == len(set(used)) == 3
    assert {one.settings.architecture for one in race.plan().contestants} == {"two_linear"}


def test_another_setting_can_be_varied(open_page, begun):
    tab = open_page("race.py", data=DIGITS, varied="Learning rate")
    tab.text_input(key="varied_learning_rate").set_value("0.1 zero 0.01 0.01")
    sound(tab.run())
    assert "Left out, for it is no number: zero" in said(tab)
    button(tab, "Start the race").click()
    sound(tab.run())
    assert found()[0].plan().values == (0.1, 0.01)

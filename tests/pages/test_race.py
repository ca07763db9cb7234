"""The page of races: followed, steered, judged as the outcomes say."""

from dataclasses import replace

import pandas as pd
import pytest

from core import runs
from core.data import DATASETS
from core.races import judging
from core.races.driving import drivers
from core.races.outcomes import FAILED, FINISHED, RUNNING, Outcome
from core.races.race import create, found, race_of
from core.races.ready import READY
from core.runs import this_process
from pages.shared import race_course, race_shelf
from pages.shared.plain import plain
from pages.shared.race_figures import SECONDS, figure
from tests.core.races.races import a_plan, contestant, scored
from tests.pages.conftest import NOBODY, PAYLOADS, said, sound

DIGITS = DATASETS["digits"].title
SCORES = {0: ([0.5, 0.6, 0.4, 0.5, 0.5], [0.9, 0.91, 0.89, 0.9, 0.92])}


def a_race(plan=None, owner=None, **notes):
    """A race of two: the second is clearly better with 100 inputs; with all, nobody finished."""
    race = create(plan or a_plan(), owner or this_process())
    race.write([*scored(0, SCORES[0][0], run="a" * 26), *scored(1, SCORES[0][1])], **notes)
    return race


def button(tab, label):
    return next(one for one in tab.button if one.label == label)


def test_a_race_is_judged_as_its_outcomes_say(open_page):
    race = a_race()
    tab = open_page("race.py", race=race.id, judged="100 inputs")
    plan, outcomes = race.plan(), race.outcomes()
    told = judging.difference(plan, outcomes, 0, 1, 0)
    assert told.verdict == "clear" and plain(told.sentence) in said(tab)
    assert "Alike for all" in said(tab)
    tables = [frame.value for frame in tab.dataframe]
    table = next(one for one in tables if isinstance(one, pd.DataFrame) and "Seed" in one)
    wanted = judging.table(plan, outcomes)
    assert table["Score"].dropna().tolist() == pytest.approx(
        (100 * wanted["Score"].dropna()).tolist()
    )
    assert len(table) == len(plan.cells)


def test_too_few_seeds_are_called_so(open_page):
    race = create(a_plan(seeds=[0, 1]), this_process())
    race.write([*scored(0, [0.5, 0.6]), *scored(1, [0.8, 0.9])])
    assert "too few seeds" in said(open_page("race.py", race=race.id, judged="100 inputs"))


@pytest.mark.parametrize(
    "axis", ["over examples seen", "over seconds", "against parameters", "against training time"]
)
def test_every_figure_is_drawn(open_page, axis):
    race = a_race()
    assert not open_page("race.py", race=race.id, axis=axis).error


def test_a_curve_ends_where_its_run_did_with_the_score_on_all_test_inputs():
    race = race_of("data_hunger")
    plan, outcomes = race.plan(), race.outcomes()
    fig = figure(plan, outcomes, SECONDS, 5)
    drawn = {(one.x[-1], one.y[-1]) for one in fig.data if one.name.startswith("LeNet, run")}
    ends = {(o.seconds, 100 * o.score) for o in outcomes if o.cell.contestant and o.cell.value == 5}
    assert drawn == ends and len(ends) == 5


def test_a_failed_run_is_told_with_its_reason(open_page):
    race = a_race()
    race.write([Outcome(race.plan().cells[-1], FAILED, note="It diverged at step 3.")])
    tab = open_page("race.py", race=race.id)
    assert any("It diverged at step 3." in frame.value.to_string() for frame in tab.dataframe)


@pytest.mark.parametrize(
    ("notes", "owner", "label"),
    [
        ({"wanted": "stopped"}, "", "Go on"),
        ({"wanted": "going"}, NOBODY, "Go on"),
    ],
)
def test_a_race_that_nobody_drives_can_go_on(open_page, monkeypatch, notes, owner, label):
    driven = []
    monkeypatch.setattr(race_course, "drive", driven.append)
    race = a_race(owner=owner or None, **notes)
    tab = open_page("race.py", race=race.id)
    button(tab, label).click()
    sound(tab.run())
    assert driven == [race]


def test_a_race_of_another_server_can_be_watched(open_page):
    race = a_race()
    tab = open_page("race.py", race=race.id)
    assert "Another server drives this race" in said(tab)


class Driver:
    def __init__(self):
        self.told = []

    def pause(self):
        self.told.append("pause")

    def resume(self):
        self.told.append("resume")

    def stop(self):
        self.told.append("stop")


@pytest.mark.parametrize(
    ("wanted", "labels"), [("going", ["Pause", "Stop"]), ("paused", ["Resume", "Stop"])]
)
def test_a_race_that_is_driven_here_is_steered(open_page, monkeypatch, wanted, labels):
    race, driver = a_race(wanted=wanted), Driver()
    monkeypatch.setitem(drivers, race.id, driver)
    tab = open_page("race.py", race=race.id)
    for label in labels:
        button(tab, label).click()
        sound(tab.run())
    assert driver.told == [label.lower() for label in labels]


def test_a_run_that_trains_is_followed_from_its_own_file(open_page, make_run, monkeypatch):
    race = a_race()
    run = make_run("running")
    cell = race.plan().cells[-1]
    race.write([Outcome(cell, RUNNING, run.id)])
    tab = open_page("race.py", race=race.id)
    step = run.summary().step
    assert any(
        step in frame.value.get("Steps", pd.Series(dtype=int)).tolist() for frame in tab.dataframe
    )


def test_a_run_opens_or_is_told_to_be_gone(open_page, make_run, monkeypatch):
    run = make_run()
    opened = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda _, query_params: opened.append(query_params)
    )
    from pages.shared.race_verdict import open_it

    open_it(run.id)
    assert opened == [{"run": run.id}]
    other = make_run()
    open_it(run.id, other.id)
    assert opened[1:] == [{"run": run.id, "twin": other.id}]
    runs.delete(run)
    for gone in ((run.id,), (other.id, run.id)):
        open_it(*gone)
    assert len(opened) == 2


def test_a_damaged_race_and_one_that_is_gone_are_told(open_page):
    race = a_race()
    whole = a_race()
    race.path.write_bytes(b"no database")
    assert plain("This race's file is damaged") in said(open_page("race.py", race=race.id))
    tab = open_page("race.py", race="0" * 26)
    assert "This race is not on this machine" in said(tab)
    assert whole.plan().name in said(tab)


def test_trouble_is_told(open_page):
    race = a_race(wanted="paused", trouble="The disk has 1 MB left.")
    assert plain("The disk has 1 MB left.") in said(open_page("race.py", race=race.id))


def test_a_race_is_deleted_when_it_rests(open_page, monkeypatch):
    race = a_race()
    assert button(open_page("race.py", race=race.id), "Delete it").disabled
    race.write(wanted="stopped")
    monkeypatch.setitem(drivers, race.id, Driver())  # it was stopped, and its thread is ending
    tab = open_page("race.py", race=race.id)
    button(tab, "Delete it").click()
    sound(tab.run())
    assert found() == []


def test_one_more_takes_part(open_page, monkeypatch):
    added = []
    monkeypatch.setattr("core.races.driving.add", lambda race, one: added.append((race, one)))
    race = a_race()
    tab = open_page("race.py", race=race.id)
    button(tab, "Let it take part").click()
    sound(tab.run())
    ((where, one),) = added
    assert where == race and one.settings.data == "digits"


@pytest.mark.parametrize("evil", PAYLOADS)
def test_names_are_only_text(open_page, evil):
    plan = a_plan([contestant(evil[:80]), contestant("other")], name=evil[:80])
    race = create(plan, this_process())
    race.write([*scored(0, SCORES[0][0]), *scored(1, SCORES[0][1])])
    tab = open_page("race.py", race=race.id, judged="100 inputs")
    told = "\n".join(one.value for one in [*tab.markdown, *tab.caption, *tab.subheader])
    assert plain(evil[:80]) in told and (evil[:80] == plain(evil[:80]) or evil[:80] not in told)


def test_the_outcomes_of_the_page_are_those_of_the_file(home):
    race = a_race()
    assert [replace(one, curve=one.curve) for one in race_course.outcomes_now(race, race.plan())]
    states = [one.state for one in race_course.outcomes_now(race, race.plan())]
    assert states.count(FINISHED) == 10


@pytest.mark.parametrize("name", READY)
def test_a_ready_made_race_opens_at_once_and_can_be_run_here(open_page, monkeypatch, name):
    begun = []
    monkeypatch.setattr(race_shelf, "begin", lambda plan: begun.append(plan) or a_race())
    tab = open_page("race.py", race=name)
    assert READY[name].question in said(tab) and READY[name].finding in said(tab)
    assert not {"Delete it", "Go on", "Pause", "Let it take part"} & {b.label for b in tab.button}
    button(tab, "Run it here").click()
    sound(tab.run())
    assert begun == [READY[name].plan()]


def test_the_first_ready_made_race_is_shown_where_there_is_no_other(open_page):
    assert READY[next(iter(READY))].question in said(open_page("race.py"))

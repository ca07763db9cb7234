"""Driving a race on a real worker: all of it is done once, nobody waits for it, nothing is lost."""

import time

import pytest

from core import runs
from core.commands import Command
from core.engine import Engine
from core.races.driving import add, drive, drivers
from core.races.outcomes import FINISHED, RUNNING, WAITING
from core.races.plan import Contestant
from core.races.race import create
from core.runs import this_process
from core.unfit import Unfit
from tests.core.races.conftest import running, small_plan, states, until_state
from tests.samples import assert_as_if_unbroken, small_settings, told, until
from tests.samples import until_state as until_run

LONG = {"epochs": 1000}


def test_every_run_of_the_plan_is_trained_once_and_as_if_alone(engine: Engine, racing):
    plan = small_plan()
    race = racing(plan)
    until_state(race, "finished")
    outcomes = race.outcomes()
    assert [one.cell for one in outcomes] == list(plan.cells)
    assert states(race) == [FINISHED] * 8 and len({one.run for one in outcomes}) == 8
    for one in outcomes:
        run, settings = runs.find(one.run), plan.settings(one.cell)
        assert run.path.parent == race.path.parent and run.settings() == settings
        assert_as_if_unbroken(run, settings, resumed=True)  # of few moments
        assert (
            (one.score, one.step)
            == (run.summary().accuracy, settings.steps)
            == (
                one.score,
                one.steps,
            )
        )
        assert one.examples == settings.images and one.seconds > 0
        assert len(one.curve.scores) and one.curve.examples[-1] == settings.images
    assert runs.summaries() == []  # they are in no list
    until(lambda: race.id not in drivers)


def test_a_single_run_does_not_wait_for_a_race_and_the_race_goes_on(engine: Engine, racing):
    race = racing(small_plan(**LONG))
    until(lambda: running(race) and running(race)[0].summary().step > 0)
    (first,) = running(race)
    waiting = [one.run for one in race.outcomes() if one.run and one.run != first.id]
    single = engine.train(small_settings(batch_size=32, epochs=200))
    assert engine.place(single.id) in (None, 1)
    assert all(engine.place(run_id) in (None, 1, 2) for run_id in waiting)  # None: it stands by
    until(lambda: first.summary().state == "paused")
    until_run(single, "finished")
    until(lambda: first.summary().state == "running")
    kinds = [kind for _, kind, *_ in told(first)]
    assert kinds[:4] == ["created", "started", "paused", "resumed"]


def test_a_paused_single_run_holds_no_race_up(engine: Engine, racing):
    single = engine.train(small_settings(batch_size=32, epochs=1000))
    engine.command(single.id, Command("pause"))
    until_run(single, "paused")
    race = racing(small_plan(seeds=[0], values=[0]))
    until_state(race, "finished")
    assert single.summary().state == "paused"


def test_a_race_rests_and_goes_on(engine: Engine, racing):
    race = racing(small_plan(**LONG))
    until(lambda: running(race) and running(race)[0].summary().step > 0)
    (first,) = running(race)
    driver = drivers[race.id]
    driver.pause()
    assert race.state() == "paused"
    until(lambda: first.summary().state == "paused")
    at = first.summary().step
    time.sleep(0.5)
    assert first.summary().step == at
    driver.resume()
    until(lambda: first.summary().step > at)
    assert race.state() == "running"


def test_a_stopped_race_goes_on_where_it_was_and_repeats_nothing(engine: Engine, racing):
    plan = small_plan(epochs=60, seeds=[0])
    race = racing(plan)
    until(lambda: FINISHED in states(race))
    drivers[race.id].stop()
    assert race.state() == "stopped"
    before = {one.cell: one for one in race.outcomes()}
    assert RUNNING not in states(race) and WAITING in states(race) and not engine.jobs
    events = {one.run: len(told(runs.find(one.run))) for one in before.values() if one.run}
    drive(race, engine)
    until_state(race, "finished")
    for one in race.outcomes():
        was = before[one.cell]
        run = runs.find(one.run)
        assert_as_if_unbroken(run, plan.settings(one.cell), resumed=True)
        assert was.run in ("", one.run)
        if was.state == FINISHED:
            assert len(told(run)) == events[one.run]


def test_one_more_takes_part_after_the_end(engine: Engine, racing):
    race = racing(small_plan(seeds=[0], values=[300]))
    driver = drivers[race.id]
    driver.thread.join(60)
    new = Contestant(name="third", settings=small_settings(options={"hidden": 4}))
    assert not driver.add(new)  # it is over, though somebody may still hold it
    add(race, new, engine)
    until_state(race, "finished")
    assert states(race) == [FINISHED] * 3


def test_a_race_that_rests_begins_no_run(engine: Engine, racing):
    race = racing(small_plan(**LONG))
    driver = drivers[race.id]
    until(lambda: running(race))
    driver.pause()
    until(lambda: all(run.summary().state == "paused" for run in running(race)))
    before = [(one.run, one.state) for one in race.outcomes()]
    begun = [one.run for one in race.outcomes() if one.run and engine.place(one.run) is None]
    for one in reversed(begun):  # who stands by first; the worker is free then
        engine.remove(runs.find(one))
    time.sleep(1)
    waits = [run for run, _ in before if run and run not in begun]
    assert all(engine.place(run) for run in waits)


def test_the_last_runs_of_several_seeds_begin_with_what_takes_longest(engine: Engine, racing):
    race = racing(small_plan(epochs=1000))
    plan, driver = race.plan(), drivers[race.id]
    cells = list(plan.cells)
    turns = [one.cell for one in driver._in_turn(1)]
    assert turns[:5] == cells[:5]
    assert turns[5:] == [cells[6], cells[7], cells[5]]  # the large value's before the small one's
    assert [one.cell.value for one in driver._in_turn(5)] == [1] * 4 + [0] * 4


def test_one_more_takes_part_while_it_goes_on(engine: Engine, racing):
    race = racing(small_plan(seeds=[0], values=[300], epochs=50))
    driver = drivers[race.id]
    new = Contestant(name="third", settings=small_settings(options={"hidden": 4}))
    driver.add(new)
    with pytest.raises(Unfit, match="one name"):
        driver.add(new)
    until_state(race, "finished")
    assert states(race) == [FINISHED] * 3 and race.plan().contestants[2].name == "third"
    assert runs.find(race.outcomes()[2].run).settings().options["hidden"] == 4


def test_who_drives_a_race_twice_has_one_driver(engine: Engine, racing):
    race = racing(small_plan(**LONG))
    assert drive(race, engine) is drivers[race.id]
    assert create(small_plan(), this_process()).id != race.id

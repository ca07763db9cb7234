"""Driving a race when what it stands on goes: workers, servers, disks, the runs' own files."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from core import runs
from core.commands import Command
from core.engine import Engine, Full
from core.races.driving import TRIES, drive, drivers
from core.races.outcomes import FAILED, FINISHED
from core.races.plan import Contestant
from core.races.race import Race
from tests.core.races.conftest import running, small_plan, states, until_state
from tests.samples import assert_as_if_unbroken, small_settings, told, until

LONG = {"epochs": 1000}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_a_killed_worker_costs_a_race_nothing(engine: Engine, racing):
    plan = small_plan(epochs=300, seeds=[0], values=[0])
    race = racing(plan)
    until(lambda: running(race) and running(race)[0].summary().step > 50)
    for pid in engine.workers.client.run(os.getpid).values():
        os.kill(pid, signal.SIGKILL)
    until_state(race, "finished")
    assert states(race) == [FINISHED] * 2
    for one in race.outcomes():
        assert_as_if_unbroken(runs.find(one.run), plan.settings(one.cell), resumed=True)
    kinds = [kind for one in race.outcomes() for _, kind, *_ in told(runs.find(one.run))]
    assert "interrupted" in kinds


SERVER = """
import sys
from core.races.driving import begin
from core.races.plan import plan_from
import time
print(begin(plan_from(sys.argv[1])).id, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_a_killed_server_leaves_a_race_that_another_one_finishes(engine: Engine, racing, home):
    plan = small_plan(epochs=100)
    given = [sys.executable, "-c", SERVER, plan.model_dump_json()]
    root = Path(__file__).parents[3]
    with subprocess.Popen(given, stdout=subprocess.PIPE, text=True, cwd=root) as server:
        assert server.stdout
        race_id = server.stdout.readline().strip()
        race = Race(race_id, runs.races() / race_id / "race.sqlite")
        until(lambda: states(race).count(FINISHED) >= 2)
        server.kill()
    assert race.state() == "interrupted"
    done = {one.cell: one for one in race.outcomes() if one.state == FINISHED}
    events = {one.run: told(runs.find(one.run)) for one in done.values()}
    drive(race, engine)
    until_state(race, "finished")
    assert states(race) == [FINISHED] * 8
    for one in race.outcomes():
        assert_as_if_unbroken(runs.find(one.run), plan.settings(one.cell), resumed=True)
        if one.cell in done:
            assert one.run == done[one.cell].run and told(runs.find(one.run)) == events[one.run]


def test_a_run_that_diverges_has_failed_and_says_why(engine: Engine, racing):
    wild = Contestant(name="wild", settings=small_settings(learning_rate=1e12))
    race = racing(small_plan(contestants=[wild], seeds=[0], values=[0]))
    until_state(race, "finished")
    (one,) = race.outcomes()
    assert (one.state, one.score) == (FAILED, None) and "step" in one.note


def test_a_run_that_somebody_stops_has_failed(engine: Engine, racing):
    race = racing(small_plan(**LONG, seeds=[0], values=[0]))
    until(lambda: running(race) and running(race)[0].summary().step > 0)
    (first,) = running(race)
    engine.command(first.id, Command("stop"))
    until(lambda: states(race)[0] == FAILED)
    assert "stopped by hand" in race.outcomes()[0].note


def test_a_run_that_was_deleted_meanwhile_is_trained_anew(engine: Engine, racing):
    race = racing(small_plan(seeds=[0], epochs=300))
    until(lambda: running(race) and running(race)[0].summary().step > 0)
    drivers[race.id].stop()
    (begun,) = [one for one in race.outcomes() if one.run and one.step == 0][:1]
    runs.delete(runs.find(begun.run))
    drive(race, engine)
    until_state(race, "finished")
    (anew,) = [one for one in race.outcomes() if one.cell == begun.cell]
    assert anew.state == FINISHED and anew.run != begun.run


def test_a_damaged_run_has_failed_and_the_race_goes_on(engine: Engine, racing):
    race = racing(small_plan(**LONG, seeds=[0]))
    until(lambda: running(race) and running(race)[0].summary().step > 0)
    driver, (first,) = drivers[race.id], running(race)
    with driver.lock:
        engine.command(first.id, Command("stop"))
        until(lambda: first.id not in engine.jobs)
        first.path.write_bytes(b"no run at all, but as long as it must be to be opened")
    until(lambda: states(race)[0] == FAILED)
    assert "damaged" in race.outcomes()[0].note and driver.over is False


def test_a_full_disk_lets_a_race_rest_and_says_so(engine: Engine, racing, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise Full("The disk has 1 MB left.")

    with monkeypatch.context() as patch:
        patch.setattr(engine, "train", full)
        race = racing(small_plan(seeds=[0], values=[300]))
        until_state(race, "paused")
    assert race.notes()["trouble"] == "The disk has 1 MB left."
    drivers[race.id].resume()
    until_state(race, "finished")
    assert race.notes()["trouble"] == ""


def test_a_race_that_cannot_be_written_down_stops(engine: Engine, racing, monkeypatch):
    race = racing(small_plan(**LONG))
    driver = drivers[race.id]

    def broken(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(driver, "_look", broken)
    until(lambda: driver.over)
    until_state(race, "stopped")
    assert "disk I/O error" in race.notes()["trouble"]


def test_a_run_that_is_lost_again_and_again_has_failed(engine: Engine, racing, monkeypatch):
    monkeypatch.setattr("core.races.driving.Driver._begun", lambda self, one: "0" * 26)
    race = racing(small_plan(seeds=[0], values=[300]))
    until_state(race, "finished")
    assert {one.note for one in race.outcomes()} == {
        f"It was begun {TRIES} times and each time lost with its worker."
    }

"""The file of a race: what was written is read, damage is a sentence, and nothing is lost."""

import sqlite3
from dataclasses import replace

import numpy as np
import pytest

from core import runs
from core.budget import crowded_out, weight
from core.races.outcomes import FAILED, FINISHED, RUNNING, WAITING, Curve, Outcome
from core.races.race import Broken, Race, create, delete, found, outcome_of, race_of
from core.runs import this_process
from tests.core.races.conftest import small_plan
from tests.samples import append, small_settings, trained

DEAD = "[999999999, 5]"


def same(one: Outcome, other: Outcome) -> bool:
    curves = zip(vars(one.curve).values(), vars(other.curve).values(), strict=True)
    plain = [replace(each, curve=Curve()) for each in (one, other)]
    return repr(plain[0]) == repr(plain[1]) and all(np.array_equal(*pair) for pair in curves)


def test_what_is_written_is_read(home):
    plan = small_plan()
    race = create(plan, this_process())
    assert race.plan() == plan and race.state() == "running"
    assert [one.state for one in race.outcomes()] == [WAITING] * 8
    curve = Curve(np.array([1.0, 2]), np.array([0.1, 0.2]), np.array([0.5, 0.75]))
    done = Outcome(plan.cells[3], FINISHED, "r" * 26, 0.75, 1.5, 10, 10, 320, "", curve)
    lost = Outcome(plan.cells[4], FAILED, note="It diverged.")
    race.write([done, lost])
    read = {one.cell: one for one in race.outcomes()}
    assert same(read[done.cell], done) and same(read[lost.cell], lost)
    race.write([replace(lost, state=RUNNING)])
    assert race.outcomes()[4].state == RUNNING


@pytest.mark.parametrize(
    ("wanted", "owner", "state"),
    [
        ("going", "", "running"),
        ("paused", "", "paused"),
        ("stopped", "", "stopped"),
        ("going", DEAD, "interrupted"),
        ("paused", DEAD, "interrupted"),
        ("stopped", DEAD, "stopped"),
    ],
)
def test_the_state_is_told_by_who_is_there(home, wanted, owner, state):
    race = create(small_plan(), owner or this_process())
    race.write(wanted=wanted)
    assert race.state() == state
    race.write([Outcome(cell, FINISHED) for cell in race.plan().cells])
    assert race.state() == "finished"


def test_a_runs_file_tells_its_outcome(home):
    plan = small_plan()
    race, cell = create(plan, this_process()), small_plan().cells[2]
    settings = plan.settings(cell)
    run = runs.create(settings, race=race.id)
    assert outcome_of(run, plan, cell).state == WAITING
    append(run, *trained(settings))
    one = outcome_of(run, plan, cell)
    assert (one.state, one.run, one.score) == (FINISHED, run.id, run.summary().accuracy)
    assert (one.step, one.steps, one.examples) == (settings.steps, settings.steps, settings.images)
    metrics = run.metrics()
    kept = np.isfinite(metrics["held_out_accuracy"])
    assert one.curve.scores.tolist() == metrics["held_out_accuracy"][kept].tolist()
    seen = [min(step * settings.batch_size, settings.images) for step in metrics["step"][kept]]
    assert one.curve.examples.tolist() == seen


def test_the_runs_of_a_race_are_found_and_in_no_list(home):
    race = create(small_plan(), this_process())
    run = runs.create(small_settings(), race=race.id)
    assert runs.find(run.id) == run and run.path.parent == race.path.parent
    assert runs.summaries() == [] and runs.ids() == []
    runs.delete(run)
    with pytest.raises(runs.Missing):
        runs.find(run.id)
    assert runs.restore(run.id) == run
    assert found() == [race] and race_of(race.id) == race


def test_the_runs_of_races_count_and_make_room(home, monkeypatch):
    race = create(small_plan(), this_process())
    run = runs.create(small_settings(), race=race.id)
    append(run, *trained(small_settings()))
    assert weight() >= run.path.stat().st_size
    assert crowded_out() == []
    monkeypatch.setattr("core.budget.budget", lambda: 1)
    assert [one.id for one in crowded_out()] == [run.id]


def test_a_deleted_race_is_gone_with_its_runs(home):
    race = create(small_plan(), this_process())
    run = runs.create(small_settings(), race=race.id)
    delete(race)
    assert found() == [] and not run.path.exists()
    with pytest.raises(Broken, match="not on this machine"):
        race.plan()
    with pytest.raises(Broken, match="Choose another"):
        race_of(race.id)


@pytest.mark.parametrize(
    "damage",
    [
        b"no database at all",
        "UPDATE about SET value = '{}' WHERE key = 'plan'",
        "UPDATE about SET value = 'x' WHERE key = 'plan'",
        "DROP TABLE about",
        "PRAGMA user_version = 9",
    ],
)
def test_a_damaged_race_is_told_in_a_sentence(home, damage):
    race = create(small_plan(), this_process())
    if isinstance(damage, bytes):
        race.path.write_bytes(damage)
    else:
        with sqlite3.connect(race.path) as connection:
            connection.execute(damage)
        connection.close()
    with pytest.raises(Broken) as fault:
        race.outcomes()
    assert str(fault.value).startswith("This race")


@pytest.mark.parametrize(
    "damage",
    ["state = 'dancing'", "curve = x'00'", "seconds = 'a'", "curve = 5", "score = x'00'"],
)
def test_a_damaged_outcome_is_told_in_a_sentence(home, damage):
    race = create(small_plan(), this_process())
    race.write([Outcome(race.plan().cells[0], FINISHED)])
    with sqlite3.connect(race.path) as connection:
        connection.execute(f"UPDATE cells SET {damage}")
    connection.close()
    with pytest.raises(Broken, match="damaged"):
        race.outcomes()


def test_other_folders_are_left_alone(home):
    race = create(small_plan(), this_process())
    (runs.races() / "notes").mkdir()
    (runs.races() / ("0" * 26)).mkdir()
    assert found() == [race] and isinstance(race, Race)

"""The ready-made races: every file is listed, and what each says is what its numbers say."""

from pathlib import Path

import pytest

from core.races import ready as family
from core.races.outcomes import FAILED, FINISHED
from core.races.race import race_of, recorded
from core.races.ready import READY

FILES = Path(family.__file__).parent


def test_every_file_of_the_folder_is_listed():
    assert {path.stem for path in FILES.glob("*.py")} - {"__init__", "ready"} == set(READY)
    assert all(name == one.name for name, one in READY.items())


def test_every_one_is_recorded_and_nothing_else():
    assert {race.id for race in recorded()} == set(READY)


@pytest.mark.parametrize("name", READY)
def test_a_record_is_of_its_plan_and_whole(name):
    race = race_of(name)
    assert race.plan() == READY[name].plan()
    assert race.state() == "finished"
    assert {one.state for one in race.outcomes()} <= {FINISHED, FAILED}
    assert {one.run for one in race.outcomes()} == {""}
    assert race.path.stat().st_size < 200_000


@pytest.mark.parametrize("name", READY)
def test_a_finding_holds_in_the_recorded_numbers(name):
    race, ready = race_of(name), READY[name]
    assert ready.question.endswith("?") and ready.finding.endswith(".")
    assert ready.holds(race.plan(), race.outcomes())


@pytest.mark.parametrize("name", READY)
def test_a_finding_does_not_hold_in_other_numbers(name):
    race, ready = race_of(name), READY[name]
    from dataclasses import replace

    alike = [replace(one, state=FINISHED, score=0.5) for one in race.outcomes()]
    assert not ready.holds(race.plan(), alike)

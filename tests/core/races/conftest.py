"""What the tests of races share: a warm engine of one worker, races that end with their test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.engine import Engine
from core.races.driving import begin, drivers
from core.races.outcomes import RUNNING
from core.races.plan import Contestant, Plan
from core.races.race import Race
from core.runs import Run, find
from tests.samples import small_settings, until


def small_plan(**more: object) -> Plan:
    """Two contestants on the digits, two sizes, two seeds, one epoch; `more` makes it another."""
    pair = {"narrow": small_settings(batch_size=64), "wide": small_settings(options={"hidden": 16})}
    contestants = [Contestant(name=name, settings=settings) for name, settings in pair.items()]
    given = {"name": "A race", "contestants": contestants, "values": [300, 0], "seeds": [0, 1]}
    return Plan.model_validate({**given, "epochs": 1, **more})


def until_state(race: Race, state: str) -> None:
    """Wait until a race is in a state."""
    until(lambda: race.state() == state, f"for {state}")


def states(race: Race) -> list[str]:
    """What each run of a race is, in order."""
    return [one.state for one in race.outcomes()]


def running(race: Race) -> list[Run]:
    """The runs of a race that are in training, paused ones too."""
    found = [find(one.run) for one in race.outcomes() if one.state == RUNNING]
    return [run for run in found if run.summary().state in ("running", "paused")]


@pytest.fixture
def racing(
    engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Plan], Race]]:
    """Begin races on the engine's one worker; they are stopped afterwards."""
    monkeypatch.setenv("LAYERSCOPE_WORKERS", "1")
    yield lambda plan: begin(plan, engine)
    for driver in list(drivers.values()):
        driver.stop()
        driver.thread.join(20)
    for job in list(engine.jobs.values()):
        engine.remove(job.run)
    assert not engine.jobs and not drivers

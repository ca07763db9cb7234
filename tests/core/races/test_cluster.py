"""A race on somebody's Dask cluster: other processes, other homes, no disk is shared."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.loopback import VARIABLE, Loopback, loopback
from core import runs
from core.data.own import kept as kept_data
from core.engine import Engine
from core.fitness import misfit, versions
from core.races.driving import begin, drive, drivers
from core.races.outcomes import FAILED, FINISHED
from core.races.plan import Contestant, Plan
from core.races.pricing import pace
from core.races.race import Race
from core.workers import Unreachable
from tests.conftest import unused_port
from tests.core.data.own.files import own_settings
from tests.core.races.conftest import running, small_plan, states, until_state
from tests.samples import assert_as_if_unbroken, small_settings, told, until
from tests.samples import until_state as until_run

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loopback]:
    """A scheduler and two workers, each with a home of its own, for tests that end none of them."""
    made = Loopback(tmp_path_factory.mktemp("standing"))
    try:
        made.start_scheduler()
        made.start_worker()
        made.start_worker()
        yield made
    finally:
        made.end()


@pytest.fixture
def cluster(standing: Loopback, home: Path, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    """The cluster that stands, as the one that engines of this test join."""
    monkeypatch.setenv(VARIABLE, standing.address)
    return standing


@pytest.fixture
def fragile(tmp_path: Path, home: Path) -> Iterator[Loopback]:
    """A scheduler and two workers that this test may end."""
    with loopback(tmp_path / "cluster") as made:
        yield made


@pytest.fixture
def joined() -> Iterator[Callable[..., Engine]]:
    """Engines that join the cluster of the environment; races end with them."""
    made: list[Engine] = []

    def join(workers: int = 2) -> Engine:
        made.append(engine := Engine())
        until(lambda: not workers or len(engine.workers.addresses()) == workers, "for workers")
        return engine

    yield join
    for driver in list(drivers.values()):
        driver.over = True
        driver.thread.join(20)
    for engine in made:
        engine.close()


def assert_trained(race: Race, plan: Plan) -> None:
    """Every run has finished and is what it is when nothing happens to it."""
    until_state(race, "finished")
    assert set(states(race)) == {FINISHED}
    for one in race.outcomes():
        assert_as_if_unbroken(runs.find(one.run), plan.settings(one.cell), resumed=True)


def kept(race: Race) -> dict[str, int]:
    """The step of the last checkpoint of each run in training that has one."""
    found = {run.id: run.last_checkpoint() for run in running(race)}
    return {run_id: checkpoint.step for run_id, checkpoint in found.items() if checkpoint}


def long_plan() -> Plan:
    """Two runs that train for longer than it takes until a checkpoint is kept."""
    sizes = {"narrow": 8, "wide": 16}
    pair = [
        Contestant(name=name, settings=small_settings(batch_size=32, options={"hidden": hidden}))
        for name, hidden in sizes.items()
    ]
    return small_plan(contestants=pair, epochs=350, seeds=[0], values=[0])


def test_a_race_on_a_cluster_is_the_same_race(cluster: Loopback, joined):
    plan, engine = small_plan(), joined()
    assert engine.workers.process is None and engine.workers.joined == cluster.address
    race = begin(plan, engine)
    assert_trained(race, plan)
    assert all((cluster.folder / f"worker-{n}").is_dir() for n in (0, 1))
    assert not list(cluster.folder.rglob("*.sqlite")), "records come by the network alone"


def test_ones_own_data_is_sent_to_the_worker_and_goes_with_the_run(cluster: Loopback, joined):
    settings, engine = own_settings("classify"), joined()
    run = engine.train(settings)
    until_run(run, "finished")
    until(lambda: not engine.jobs)
    assert (
        settings.own
        and kept_data.is_here(settings.own.id)
        and not list(cluster.folder.rglob("*.session"))
    )


def test_a_question_about_ones_own_data_takes_it_along_and_leaves_none(cluster: Loopback, joined):
    settings, engine = own_settings("classify"), joined()
    assert engine.ask(pace, settings, 0.05).step_seconds > 0
    assert not list(cluster.folder.rglob("*.session"))


@pytest.mark.parametrize("nanny", [False, True])
def test_a_killed_worker_loses_no_run_and_repeats_none(tmp_path, home, joined, nanny):
    with loopback(tmp_path / "cluster", nanny=nanny) as cluster:
        engine, plan = joined(), long_plan()
        race = begin(plan, engine)
        until(lambda: len(kept(race)) == 2, "for a checkpoint of each", 40)
        killed = next(iter(engine.workers.client.run(os.getpid).items()))
        (lost,) = [job for job in engine.jobs.values() if job.worker == killed[0]]
        at = kept(race)[lost.run.id]
        os.kill(killed[1], signal.SIGKILL)
        until(lambda: "interrupted" in [kind for _, kind, *_ in told(lost.run)])
        assert_trained(race, plan)
        resumed = [step for step, kind, *_ in told(lost.run) if kind == "resumed"]
        assert resumed and resumed[0] >= at > 0
        assert "started" not in [kind for _, kind, *_ in told(lost.run)][2:]
        assert len({one.run for one in race.outcomes()}) == len(plan.cells)
        until(lambda: len(engine.workers.addresses()) == (2 if nanny else 1))
        assert (cluster.workers[0].poll() is None) or not nanny


def test_a_race_waits_for_its_scheduler_and_goes_on(fragile: Loopback, joined):
    engine, plan = joined(), long_plan()
    race = begin(plan, engine)
    until(lambda: len(kept(race)) == 2, "for a checkpoint of each", 40)
    first = running(race)
    fragile.end()
    until(lambda: all("interrupted" in [k for _, k, *_ in told(run)] for run in first))
    assert race.state() == "running" and FAILED not in states(race) + [FINISHED]
    assert fragile.address in engine.workers.trouble()
    with pytest.raises(Unreachable, match="answers"):
        engine.ask(versions)
    fragile.workers.clear()
    fragile.start_scheduler(int(fragile.address.rsplit(":")[-1]))
    fragile.start_worker()
    fragile.start_worker()
    assert_trained(race, plan)
    for run in first:
        assert [step > 0 for step, kind, *_ in told(run) if kind == "resumed"] == [True]
    assert engine.workers.trouble() == ""


def test_another_engine_finishes_what_a_dead_scheduler_left(
    fragile: Loopback, joined, tmp_path: Path
):
    plan, engine = long_plan(), joined()
    race = begin(plan, engine)
    until(lambda: len(kept(race)) == 2, "for a checkpoint of each", 40)
    fragile.end()
    drivers[race.id].stop()
    assert race.state() == "stopped" and FAILED not in states(race)
    with loopback(tmp_path / "another"):
        drive(race, joined())
        assert_trained(race, plan)


def test_a_run_waits_where_no_scheduler_answers_yet(home, joined, monkeypatch, caplog, tmp_path):
    port = unused_port()
    monkeypatch.setenv(VARIABLE, f"tcp://127.0.0.1:{port}")
    engine = joined(workers=0)
    assert "No Dask scheduler answers" in caplog.text
    run = engine.train(small_settings())
    assert engine.trouble(run.id) == engine.workers.trouble() != ""
    made = Loopback(tmp_path)
    try:
        made.start_scheduler(port)
        made.start_worker()
        until_run(run, "finished")
        assert engine.trouble(run.id) == ""
    finally:
        made.end()


def test_a_run_whose_worker_has_no_room_for_it_waits_again(cluster: Loopback, joined, monkeypatch):
    engine, asked = joined(), []
    real = engine.workers.trainer

    def busy(address: str) -> object:
        asked.append(address)
        if len(asked) > 1:
            return real(address)
        return engine.workers.client.submit(time.sleep, 5, workers=[address], pure=False)

    monkeypatch.setattr(engine.workers, "trainer", busy)
    monkeypatch.setattr("core.engine.START_SECONDS", 1.0)
    run = engine.train(small_settings())
    until(lambda: len(asked) > 1)
    monkeypatch.setattr("core.engine.START_SECONDS", 60.0)
    until_run(run, "finished")
    assert "interrupted" not in [kind for _, kind, *_ in told(run)]


def test_a_worker_that_cannot_train_is_left_out_with_a_sentence(fragile: Loopback, joined, caplog):
    engine = joined()
    fragile.start_worker(python_path=str(fragile.folder))
    until(lambda: len(engine.workers.addresses()) == 2 and len(engine.workers.unfit) == 3)
    (why,) = filter(None, engine.workers.unfit.values())
    assert "is left out: this project cannot be imported there" in why
    assert [one.getMessage() for one in caplog.records if "left out" in one.getMessage()] == [why]
    assert [engine.ask(int, "7") for _ in range(6)] == [7] * 6  # it is asked nothing


def test_a_question_to_a_scheduler_without_workers_is_answered_in_a_sentence(
    home, joined, monkeypatch, tmp_path
):
    made = Loopback(tmp_path)
    try:
        made.start_scheduler()
        monkeypatch.setenv(VARIABLE, made.address)
        with pytest.raises(Unreachable, match="has no worker"):
            joined(workers=0).ask(int, "7")
    finally:
        made.end()


def test_a_scheduler_without_the_project_is_no_mystery(home, joined, monkeypatch, tmp_path):
    made = Loopback(tmp_path)
    try:
        made.start_scheduler(python_path=str(tmp_path))
        monkeypatch.setenv(VARIABLE, made.address)
        assert "cannot import this project" in joined(workers=0).workers.trouble()
    finally:
        made.end()


def test_other_versions_are_named():
    assert misfit(versions()) == ""
    assert misfit({**versions(), "torch": "1.0"}).startswith("it has torch 1.0 instead of")
    assert "Python none" in misfit({})

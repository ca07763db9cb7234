"""Races to measure: twelve runs on MNIST, raced by every worker there is or trained one by one."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from core.engine import Engine
from core.races.driving import begin, drivers
from core.races.outcomes import FINISHED
from core.races.plan import Contestant, Plan, plan_from
from core.races.race import Race
from core.settings import settings_from
from core.worker import warm_up

WORKERS = 2
LONGEST_SECONDS = 1200
LOOK_SECONDS = 0.02


def twelve_runs(**more: object) -> Plan:
    """Two Linear layers on MNIST, two sizes, six seeds, five epochs; `more` makes it another."""
    one = Contestant(name="Two Linear layers", settings=settings_from({"data": "mnist"}))
    given = {"contestants": [one], "values": [3000, 10000], "seeds": range(6), "epochs": 5}
    return Plan.model_validate({"name": "Twelve runs", **given, **more})


@contextlib.contextmanager
def warm(workers: int = WORKERS) -> Iterator[Engine]:
    """An engine with so many workers, all of them warm: its own, or those of the environment."""
    before = os.environ.get("LAYERSCOPE_WORKERS")
    os.environ["LAYERSCOPE_WORKERS"] = str(workers)
    engine = Engine()
    try:
        wait_for(lambda: len(engine.workers.addresses()) >= workers)
        engine.workers.client.run(warm_up)
        yield engine
    finally:
        engine.close()
        os.environ.pop("LAYERSCOPE_WORKERS")
        if before is not None:
            os.environ["LAYERSCOPE_WORKERS"] = before


def wait_for(true: object, seconds: float = LONGEST_SECONDS) -> None:
    """Look until it is true; raises TimeoutError."""
    assert callable(true)
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"a race took more than {seconds:g} s")
        time.sleep(LOOK_SECONDS)


@dataclass(frozen=True)
class Raced:
    """A race that is over, and where its time went."""

    race: Race
    seconds: float
    """By the clock, from its beginning to its last run's end."""
    training: float
    """The sum of the runs' own training seconds, by their metrics."""
    server: float
    """Seconds of a processor that this process took."""
    workers: float
    """The same of all workers, the threads that talk included."""


def raced(engine: Engine, plan: Plan) -> Raced:
    """Race to the end; raises RuntimeError where a run has not finished."""
    server, workers, since = time.process_time(), worked(engine), time.perf_counter()
    race = begin(plan, engine)
    if driver := drivers.get(race.id):  # who asked the race itself would take its time
        driver.thread.join(LONGEST_SECONDS)
    seconds = time.perf_counter() - since
    server, workers = time.process_time() - server, worked(engine) - workers
    outcomes = race.outcomes()
    if unfinished := [one for one in outcomes if one.state != FINISHED]:
        raise RuntimeError(f"{len(unfinished)} runs did not finish: {unfinished[0].note}")
    return Raced(race, seconds, sum(one.seconds for one in outcomes), server, workers)


def worked(engine: Engine) -> float:
    """Seconds of a processor that the workers took so far."""
    spent = [psutil.Process(pid).cpu_times() for pid in pids(engine).values()]
    return sum(one.user + one.system for one in spent)


def pids(engine: Engine) -> dict[str, int]:
    """The process of every worker, by its address."""
    return engine.workers.client.run(os.getpid)


def one_by_one(plan: str) -> float:
    """In a worker: seconds that the same runs take in a bare loop, one after the other."""
    import torch

    from benchmarks.bare_loop import take, training

    known = plan_from(plan)
    every = [known.settings(cell) for cell in known.cells]
    since = time.perf_counter()
    for settings in every:
        torch.set_num_threads(settings.threads)
        take(training(settings), settings.steps)
    return time.perf_counter() - since

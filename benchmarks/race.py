"""Twelve runs as a race with a worker a core, against the same, one by one, in a bare loop."""

from benchmarks import races
from benchmarks.alternation import alternated
from benchmarks.recorded_run import temporary_home
from benchmarks.result import Result, is_quick

TURNS, TARGET = 5, 0.6


def measure() -> Result:
    """Measure bare, race, bare, race … in the same warm workers."""
    plan, ran, work = races.twelve_runs(), list[races.Raced](), list[float]()
    with temporary_home(), races.warm() as engine:

        def race() -> float:
            ran.append(races.raced(engine, plan))
            return ran[-1].seconds

        def bare() -> float:
            before = races.worked(engine)
            seconds = engine.ask(races.one_by_one, plan.model_dump_json(), patience=600.0)
            work.append(races.worked(engine) - before)
            return seconds

        turns = alternated(race, bare, 1 if is_quick() else TURNS)
    told = turns.told("race_seconds", "bare_seconds")
    return Result(
        "seconds of the race ÷ seconds of its runs in a bare loop, one after the other",
        f"<= {TARGET}",
        turns.ratio <= TARGET,
        ratio=told.pop("ratio"),
        raw={
            **told,
            "runs": len(plan.cells),
            "workers": races.WORKERS,
            "runs_own_training_seconds": [one.training for one in ran],
            "server_processor_seconds": [one.server for one in ran],
            "worker_processor_seconds": [one.workers for one in ran],
            "bare_processor_seconds": work,
            "quick": is_quick(),
        },
    )

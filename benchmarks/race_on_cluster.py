"""The same race by way of a scheduler and workers that are separate processes, on loopback."""

from benchmarks import races
from benchmarks.alternation import alternated
from benchmarks.loopback import loopback
from benchmarks.recorded_run import temporary_home
from benchmarks.result import Result, is_quick

TURNS, TARGET = 3, 1.1


def measure() -> Result:
    """Measure local, cluster, local, cluster …; what does not race then is idle."""
    plan = races.twelve_runs()
    with (
        temporary_home() as home,
        races.warm() as local,
        loopback(home / "cluster", races.WORKERS),
        races.warm() as joined,
    ):
        turns = alternated(
            lambda: races.raced(joined, plan).seconds,
            lambda: races.raced(local, plan).seconds,
            1 if is_quick() else TURNS,
        )
    told = turns.told("cluster_seconds", "local_seconds")
    return Result(
        "seconds of a race on a cluster of separate processes ÷ on the local cluster",
        f"<= {TARGET}",
        turns.ratio <= TARGET,
        ratio=told.pop("ratio"),
        raw={**told, "runs": len(plan.cells), "workers": races.WORKERS, "quick": is_quick()},
    )

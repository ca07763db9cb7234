"""Training speed with recording on and nobody watching, against a bare PyTorch loop."""

import statistics
from typing import Any

from benchmarks.alternation import alternated
from benchmarks.child import answer
from benchmarks.recorded_run import train, warm_engine
from benchmarks.result import Result, is_quick
from core.engine import Engine
from core.settings import settings_from

TARGET = 0.95
TURNS = {"two_linear": 5, "lenet": 3}
"""How often each architecture is trained both ways, with its default settings."""


def measure() -> Result:
    """Both architectures; the ratio that counts is the lower one."""
    with warm_engine() as engine:
        found = {name: _compare(engine, name, turns) for name, turns in TURNS.items()}
    ratio = {name: each["ratio"] for name, each in found.items()}
    return Result(
        compared="steps/s of a recorded run in a Dask worker, by its own metrics' seconds, ÷ "
        "steps/s of a bare loop over tensors with the same optimizer and threads; median of turns",
        target=f"≥ {TARGET}",
        reached=min(ratio.values()) >= TARGET,
        ratio=ratio,
        raw=found,
    )


def _compare(engine: Engine, name: str, turns: int) -> dict[str, Any]:
    given = {"architecture": name} | ({"epochs": 1} if is_quick() else {})
    settings = settings_from(given)
    walls: list[float] = []

    def ours() -> float:
        trained = train(engine, settings)
        walls.append(trained.wall_speed)
        return trained.speed

    def bare(threads: int | None = settings.threads) -> float:
        return answer("bare_loop", settings=given, threads=threads)["steps_per_second"]

    found = alternated(above=ours, below=bare, turns=turns)
    free = answer("bare_loop", settings=given, threads=None)
    same = answer("bare_loop", settings=given, threads=settings.threads, by_index_select=True)
    return {
        **found.told("recorded_steps_per_s", "bare_steps_per_s"),
        "recorded_steps_per_s_by_wall_clock": walls,
        # ours gathers its batches by index_select, which is faster than the usual images[batch]
        "bare_steps_per_s_by_index_select": same["steps_per_second"],
        "ratio_to_that": statistics.median(found.above) / same["steps_per_second"],
        "threads": settings.threads,
        "steps": settings.steps,
        "bare_steps_per_s_with_default_threads": free["steps_per_second"],
        "default_threads": free["threads"],
        "ratio_to_default_threads": statistics.median(found.above) / free["steps_per_second"],
    }

"""Training speed with recording on and nobody watching, against a bare PyTorch loop."""

import statistics
from typing import Any

from benchmarks.alternation import alternated
from benchmarks.child import answer
from benchmarks.recorded_run import train, warm_engine
from benchmarks.result import Result, is_quick
from core.engine import Engine
from core.settings import settings_from

TARGET, SHORT_TARGET = 0.95, 0.93
TURNS = {"two_linear": 5, "lenet": 5}
"""How often each architecture is trained both ways, with its default settings."""
SHORT_TURNS, LONG_TURNS = 3, 1
"""Turns of the others: one is enough of those that take minutes, in 60 stretches."""
SHORT: dict[str, dict[str, Any]] = {
    "mlp": {"data": "mnist", "epochs": 3},
    "rnn": {"data": "recall"},
    "lstm": {"data": "recall"},
    "gru": {"data": "recall"},
    "transformer": {"data": "recall"},
    "tabular": {"data": "superstore"},
    "playground": {"data": "spirals"},
    "vgg": {"data": "fashion"},
    "resnet": {"data": "fashion"},
    "inception": {"data": "fashion"},
}
"""All others: what each is trained on, in a thread with the bare loop."""
LONG = {"vgg", "resnet", "inception"}


def measure() -> Result:
    """Every architecture; each must reach its goal."""
    with warm_engine() as engine:
        found = {name: _compare(engine, name, turns) for name, turns in TURNS.items()}
    found |= {name: short(name, LONG_TURNS if name in LONG else SHORT_TURNS) for name in SHORT}
    ratio = {name: each["ratio"] for name, each in found.items()}
    return Result(
        compared="steps/s of a recorded run in a Dask worker, by its own metrics' seconds, ÷ "
        "steps/s of a bare loop over tensors with the same optimizer and threads; median of turns. "
        f"{', '.join(SHORT)}: both in one thread, a stretch of steps each in turns, "
        "the records thrown away",
        target=f"≥ {TARGET} of {' and '.join(TURNS)}, ≥ {SHORT_TARGET} of the others",
        reached=all(ratio[n] >= (TARGET if n in TURNS else SHORT_TARGET) for n in ratio),
        ratio=ratio,
        raw=found,
    )


def short(name: str, turns: int) -> dict[str, Any]:
    """One of the others, trained both ways a stretch of steps in turns; the median of so many."""
    asked = {"architecture": name, **SHORT[name]}
    found = [answer("interleaved", **asked) for _ in range(1 if is_quick() else turns)]
    each = {key: [one[key] for one in found] for key in found[0]}
    return {
        "ratio": statistics.median(each["ratio"]),
        "ratios": each["ratio"],
        "ratios_by_cpu_time": each["ratio_by_cpu_time"],
        "recorded_steps_per_s": each["recorded_steps_per_s"],
        "bare_steps_per_s": each["bare_steps_per_s"],
        **{"data": SHORT[name]["data"], "steps": each["steps"][0]},
    }


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

"""What it costs a script's own training loop to be watched, at default settings."""

import tempfile
from typing import Any

from benchmarks.alternation import alternated
from benchmarks.child import answer
from benchmarks.result import Result, is_quick

TARGET = 0.95
STEPS, QUICK_STEPS, TURNS = 1500, 300, 5


def measure() -> Result:
    """Seconds of a loop of some 10 ms a step, with and without its two lines, in turns."""
    steps = QUICK_STEPS if is_quick() else STEPS
    told: list[dict[str, Any]] = []

    with tempfile.TemporaryDirectory() as home:

        def loop(watched: bool) -> float:
            told.append(answer("script_loop", watched=watched, steps=steps, home=home))
            return told[-1]["seconds"]

        turns = 1 if is_quick() else TURNS
        found = alternated(above=lambda: loop(False), below=lambda: loop(True), turns=turns)
    watched = [one for one in told if one["moments"]]
    return Result(
        compared="seconds of a bare training loop ÷ those of the same loop watched with "
        "layerscope.watch, a residual network on one thread; median of the turns, each in a "
        "process of its own",
        target=f"≥ {TARGET}",
        reached=found.ratio >= TARGET,
        ratio=found.ratio,
        raw=found.told("bare_s", "watched_s")
        | {"steps": steps, "moments": [one["moments"] for one in watched]}
        | {"making_it_s": [one["making_it_s"] for one in watched]}
        | {"bare_ms_a_step": [one["ms_a_step"] for one in told if not one["moments"]]},
    )

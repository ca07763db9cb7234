"""What it costs a script's own training loop to be watched, at default settings."""

import statistics
import tempfile

from benchmarks.child import answer
from benchmarks.result import Result, is_quick

TARGET = 0.95
STEPS, QUICK_STEPS, TURNS = 1500, 300, 3


def measure() -> Result:
    """Seconds of a loop with and without its two lines, a stretch of steps each in turns."""
    steps = QUICK_STEPS if is_quick() else STEPS
    with tempfile.TemporaryDirectory() as home:
        turns = range(1 if is_quick() else TURNS)
        found = [answer("script_loop", steps=steps, home=home) for _ in turns]
    ratios = [one.pop("ratio") for one in found]
    ratio = statistics.median(ratios)
    return Result(
        compared="seconds of a bare training loop ÷ those of the same loop watched with "
        "layerscope.watch, a residual network on one thread, in turns in one process; "
        "median of some processes",
        target=f"≥ {TARGET}",
        reached=ratio >= TARGET,
        ratio=ratio,
        raw={"steps": steps, "ratios": ratios}
        | {name: [one[name] for one in found] for name in found[0]},
    )

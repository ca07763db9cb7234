"""What it costs a script's own training loop to be watched, at default settings."""

import statistics
import tempfile

from benchmarks.child import answer
from benchmarks.result import Result, is_quick

TARGET, BOOKKEEPING_TARGET = 0.95, 0.02
STEPS, QUICK_STEPS, TURNS = 1500, 300, 3


def measure() -> Result:
    """Seconds of a loop with and without its two lines, a stretch of steps each in turns."""
    steps = QUICK_STEPS if is_quick() else STEPS
    with tempfile.TemporaryDirectory() as home:
        turns = range(1 if is_quick() else TURNS)
        found = [answer("script_loop", steps=steps, home=home) for _ in turns]
    ratios = [one.pop("ratio") for one in found]
    ratio = statistics.median(ratios)
    share = statistics.median(one["bookkeeping_share"] for one in found)
    return Result(
        compared="seconds of a bare training loop ÷ those of the same loop watched with "
        "layerscope.watch, a residual network on one thread, in turns in one process; "
        "median of some processes. Bookkeeping: seconds of calls at which no moment is "
        "recorded ÷ those of a small MLP's bare steps, by the process's own time.",
        target=f"≥ {TARGET}, and bookkeeping ≤ {BOOKKEEPING_TARGET:.0%}",
        reached=ratio >= TARGET and share <= BOOKKEEPING_TARGET,
        ratio=ratio,
        raw={"steps": steps, "ratios": ratios, "bookkeeping": share}
        | {name: [one[name] for one in found] for name in found[0]},
    )

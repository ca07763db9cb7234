"""The size of a run's file: two_linear with the default settings, after a short and a long run."""

from typing import Any

from benchmarks.recorded_run import train, warm_engine
from benchmarks.result import Result, is_quick
from core.settings import settings_from

MEGABYTE = 10**6


def measure() -> Result:
    """Megabytes when the run has ended, and the most that it took while it went on."""
    epochs = {3: 32, 30 if is_quick() else 300: 64}
    raw: dict[str, Any] = {}
    value, reached = {}, True
    with warm_engine() as engine:
        for number, most in epochs.items():
            trained = train(engine, settings_from({"architecture": "two_linear", "epochs": number}))
            value[f"{number} epochs"] = trained.bytes / MEGABYTE
            reached &= trained.bytes <= most * MEGABYTE
            raw[f"{number} epochs"] = {
                "most_while_it_went_on": trained.largest / MEGABYTE,
                "moments": len(trained.run.steps()),
                "checkpoints": len(trained.run.steps(exact=True)),
                "steps": trained.run.settings().steps,
            }
    note = {"note": "LAYERSCOPE_BENCH_QUICK: 30 epochs, not 300"} if is_quick() else {}
    return Result(
        compared="megabytes (10^6 bytes) of the run's file, with what SQLite keeps beside it",
        target=" and ".join(f"≤ {most} MB after {number}" for number, most in epochs.items()),
        reached=reached,
        value=value,
        raw=raw | note,
    )

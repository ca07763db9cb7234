"""One epoch the usual way, a DataLoader and TensorBoard histograms, against one recorded here."""

from typing import Any

from benchmarks.alternation import alternated
from benchmarks.child import answer
from benchmarks.recorded_run import train, warm_engine
from benchmarks.result import Result, is_quick
from core.settings import settings_from

TARGET = 5
GIVEN: dict[str, Any] = {"architecture": "two_linear", "epochs": 1, "batch_size": 128}


def measure() -> Result:
    """Seconds of an epoch of two_linear at batches of 128, both ways in turns."""
    settings = settings_from(GIVEN)
    with warm_engine() as engine:

        def ours() -> float:
            return settings.steps / train(engine, settings).speed

        def usual(histograms: bool = True) -> float:
            return answer(
                "usual_loop", settings=GIVEN, histograms=histograms, threads=settings.threads
            )["seconds"]

        found = alternated(above=usual, below=ours, turns=2 if is_quick() else 5)
        plain = usual(histograms=False)
    return Result(
        compared="seconds of one epoch with a DataLoader and add_histogram of all weights and "
        "gradients every 10 steps ÷ seconds of one epoch recording every layer into a run's file, "
        "two_linear, batches of 128, the same number of threads; median of the turns",
        target=f"≥ {TARGET}",
        reached=found.ratio >= TARGET,
        ratio=found.ratio,
        raw=found.told("usual_s", "recorded_s") | {"usual_without_histograms_s": plain},
    )

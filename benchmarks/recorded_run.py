"""Recorded runs: training through the real engine, into a real run file, with nobody watching."""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.engine import Engine
from core.runs import ENDED, Run, files
from core.settings import Settings, settings_from

LOOK_SECONDS = 0.02
LONGEST_SECONDS = 3600


@dataclass(frozen=True)
class Trained:
    """A run that has ended, and how fast it was."""

    run: Run
    speed: float
    """Steps a second by the run's own metrics, pauses not counted."""
    wall_speed: float
    """Steps a second by this process's clock, between the first and the last news of the run."""
    largest: int
    """Bytes that the run's files took when they took most."""

    @property
    def bytes(self) -> int:
        """What the run's files take now."""
        return _bytes(self.run)

    @property
    def accuracy(self) -> float:
        """The share of all test images that was named right at the end."""
        event = next(e for e, _ in reversed(self.run.events()) if e.kind in ENDED)
        if event.kind != "finished" or event.value is None:
            raise RuntimeError(f"the run {event.kind}: {event.text}")
        return event.value


@contextlib.contextmanager
def temporary_home() -> Iterator[Path]:
    """A home of its own for runs, gone afterwards."""
    before = os.environ.get("LAYERSCOPE_HOME")
    with tempfile.TemporaryDirectory(prefix="layerscope-bench-") as folder:
        os.environ["LAYERSCOPE_HOME"] = folder
        try:
            yield Path(folder)
        finally:
            os.environ.pop("LAYERSCOPE_HOME")
            if before is not None:
                os.environ["LAYERSCOPE_HOME"] = before


@contextlib.contextmanager
def warm_engine() -> Iterator[Engine]:
    """An engine in this process, its workers warmed by a short run."""
    with temporary_home():
        engine = Engine()
        try:
            train(engine, settings_from({"epochs": 1, "share": 0.1}))
            yield engine
        finally:
            engine.close()


def train(engine: Engine, settings: Settings) -> Trained:
    """Train a run to its end and give it; raises RuntimeError where it does not finish."""
    run = engine.train(settings)
    seen: list[tuple[float, int]] = []
    largest, until = 0, time.monotonic() + LONGEST_SECONDS
    while job := engine.jobs.get(run.id):
        if job.step and (not seen or seen[-1][1] != job.step):
            seen.append((time.perf_counter(), job.step))
            largest = max(largest, _bytes(run))
        if time.monotonic() > until:
            raise RuntimeError(f"the run did not end within {LONGEST_SECONDS} s")
        time.sleep(LOOK_SECONDS)
    metrics = run.metrics()
    if not len(metrics["step"]) or metrics["step"][-1] != settings.steps:
        raise RuntimeError(run.summary().message or "the run has no metrics")
    trained = [(at, step) for at, step in seen if step <= settings.steps]
    wall = 0.0  # of a run that is over before it is looked at twice
    if len(trained) > 1:
        (first, low), (last, high) = trained[0], trained[-1]
        wall = (high - low) / (last - first)
    speed = float(metrics["step"][-1] / metrics["seconds"][-1])
    return Trained(run, speed, wall, max(largest, _bytes(run)))


def _bytes(run: Run) -> int:
    size = 0
    for path in files(run.path):
        with contextlib.suppress(FileNotFoundError):  # a log goes when its file is let go of
            size += path.stat().st_size
    return size

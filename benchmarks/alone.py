"""One network trained with its default settings, and nothing else in the process.

    python -m benchmarks.alone '{"architecture": "lstm", "data": "recall"}'

Records are taken as in any run and thrown away. Run as a child (see `child.py`).
"""

import json
import time
from typing import Any

import numpy as np

from benchmarks.child import asked
from core.commands import Inbox
from core.data.dataset import Dataset
from core.records import Event, Metric
from core.settings import settings_from
from core.training import train


def trivial_guess(dataset: Dataset) -> float:
    """The score of who always says the training part's most frequent class or symbol, or 0."""
    if dataset.task == "regress":
        return 0.0
    split = dataset.load()
    usual = np.bincount(split.train_targets.ravel()).argmax()
    return float((split.test_targets == usual).mean())


def main(given: dict[str, Any]) -> None:
    """Train with these settings and print the score, the trivial guess and what it took.

    Neither the reading of the data nor the measuring at the end counts.
    """
    settings = settings_from(given)
    dataset = settings.dataset
    guess = trivial_guess(dataset)
    seconds, spent, ending = 0.0, 0.0, None
    started = time.thread_time()
    for record in train(settings, Inbox()):
        if isinstance(record, Metric):
            seconds, spent = record.seconds, time.thread_time() - started
        elif isinstance(record, Event):
            ending = record
            started = started if spent else time.thread_time()
    told: dict[str, Any] = {"score": ending.value if ending else None, "guess": guess}
    told |= {"seconds": seconds, "cpu_seconds": spent, "steps": settings.steps}
    if seconds and spent:
        speeds = {"steps_per_second": seconds, "steps_per_cpu_second": spent}
        told |= {name: settings.steps / took for name, took in speeds.items()}
    if ending and ending.kind != "finished":
        told["ending"] = ending.text
    print(json.dumps(told))


if __name__ == "__main__":
    main(asked())

"""A run with its recording and a bare loop in one thread, a stretch of steps each in turns.

    python -m benchmarks.interleaved '{"architecture": "lstm", "data": "recall"}'

A machine that is slow for some seconds is slow for both. Records are taken as in any run and thrown
away; neither the reading of the data nor the measuring at the end counts. Run as a child (see
`child.py`).
"""

import json
import time
from typing import Any

import torch

from benchmarks.bare_loop import WARM_UP, take, training
from benchmarks.child import asked
from core.commands import Inbox
from core.records import Metric
from core.settings import settings_from
from core.training import train

STRETCHES = 60
"""In how many parts a run is measured."""


def main(given: dict[str, Any]) -> None:
    """Train with these settings both ways and print the speeds, by the clock and by CPU time."""
    settings = settings_from(given)
    torch.set_num_threads(settings.threads)
    stretch = max(1, settings.steps // STRETCHES)
    bare = training(settings)
    take(bare, WARM_UP)
    take(train(settings, Inbox()), WARM_UP)
    records = train(settings, Inbox())
    next(records)
    clock, spent, done = {"recorded": 0.0, "bare": 0.0}, {"recorded": 0.0, "bare": 0.0}, 0
    while done < settings.steps:
        since, worked = time.perf_counter(), time.thread_time()
        step = done
        while step < min(done + stretch, settings.steps):
            record = next(records)
            step = record.step if isinstance(record, Metric) else step
        clock["recorded"] += time.perf_counter() - since
        spent["recorded"] += time.thread_time() - worked
        worked = time.thread_time()
        clock["bare"] += take(bare, step - done)
        spent["bare"] += time.thread_time() - worked
        done = step
    told: dict[str, Any] = {"steps": done, "data": settings.data}
    told |= {f"{name}_steps_per_s": done / seconds for name, seconds in clock.items()}
    told["ratio"] = clock["bare"] / clock["recorded"]
    told["ratio_by_cpu_time"] = spent["bare"] / spent["recorded"]
    print(json.dumps(told))


if __name__ == "__main__":
    main(asked())

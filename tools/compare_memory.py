"""Records who remembers how long: four networks of about equal size on three tasks for memory.

python -m tools.compare_memory
"""

import time
from dataclasses import replace
from typing import Any

from core.comparisons import MEMORY, Comparison, written
from core.data import adding, recall, temporal_order
from tools.contest import Rules, trained

NETWORKS: dict[str, dict[str, Any]] = {
    "rnn": {"units": 112},
    "lstm": {"units": 54},
    "gru": {"units": 62},
    "transformer": {"width": 7},
}
"""Options that give each 12,000 to 17,000 weights."""
TASKS = (recall, temporal_order, adding)
LENGTHS, SEEDS = (20, 60), (0, 1, 2)
RULES = Rules(steps=1_000, every=100, learning_rate=0.003, enough=0.98)


def main() -> None:
    """Train all of them, one after the other, and keep their scores."""
    found = []
    for dataset in [task.of_length(length) for task in TASKS for length in LENGTHS]:
        for name, options in NETWORKS.items():
            for seed in SEEDS:
                started = time.thread_time()
                one = trained(RULES, name, options, dataset, seed)
                found.append(replace(one, losses=()))
                print(f"{found[-1]}, {time.thread_time() - started:.1f} s", flush=True)
    title = "Four networks of 12,000 to 17,000 weights on three tasks for memory"
    told = Comparison(title, RULES.told(options=NETWORKS), RULES.measured, tuple(found))
    MEMORY.write_text(written(told), "utf-8")
    print(f"{MEMORY}: {MEMORY.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

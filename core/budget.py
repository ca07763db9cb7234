"""What runs may weigh: one run's file, all runs together, and which ones make room."""

import contextlib
import math
import os
import shutil

from core.runfile import Writer
from core.runs import ENDED, Summary, folder, summaries

RUN_BUDGET, CHECKPOINT_BUDGET = 56_000_000, 3_600_000
"""Bytes of moments, and of exact checkpoints, in one run's file."""


def kept_steps(steps: list[int], number: int) -> list[int]:
    """Which of the sorted steps stay when only `number` (≥ 2) may: spread evenly in log time.

    The first and the last always stay; of the others the one whose neighbours are closest goes.
    """
    kept = list(steps)
    while len(kept) > max(2, number):
        gaps = [math.log1p(kept[i + 1]) - math.log1p(kept[i - 1]) for i in range(1, len(kept) - 1)]
        del kept[1 + gaps.index(min(gaps))]
    return kept


def thin(writer: Writer) -> None:
    """Keep a run's file within its budget: fewer moments, evenly in log time, and checkpoints."""
    for exact, budget in ((False, RUN_BUDGET), (True, CHECKPOINT_BUDGET)):
        sizes = writer.sizes(exact)
        total = sum(sizes.values())
        if total > budget:
            number = int(len(sizes) * budget * 0.85 / total)
            kept = kept_steps(sorted(sizes), number) if number > 1 else [max(sizes)]
            writer.drop(set(sizes) - set(kept), exact)


def budget() -> int:
    """Bytes that all runs together may take: LAYERSCOPE_BUDGET_MB, or 2 GB."""
    with contextlib.suppress(ValueError):
        return max(100, int(os.environ.get("LAYERSCOPE_BUDGET_MB", ""))) * 10**6
    return 2_000 * 10**6


def crowded_out(listed: list[Summary] | None = None) -> list[Summary]:
    """The runs that starting another would remove: the oldest ones that rest and are not pinned."""
    everything = summaries() if listed is None else listed
    over = sum(s.bytes for s in everything) + RUN_BUDGET + CHECKPOINT_BUDGET - budget()
    gone: list[Summary] = []
    for summary in reversed(everything):
        if over <= 0:
            break
        if not summary.pinned and summary.state in (*ENDED, "damaged"):
            gone.append(summary)
            over -= summary.bytes
    return gone


def free_space() -> int:
    """Bytes free on the disk that holds the runs."""
    return shutil.disk_usage(folder()).free

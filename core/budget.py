"""What runs may weigh: one run's file, all runs together, and which ones make room."""

import contextlib
import math
import os
import shutil
import sqlite3
import time
from collections.abc import Sequence

from core.home import HomeError, files_in, home, size_of
from core.records import Record
from core.runfile import Writer
from core.runs import (
    ENDED,
    ID,
    Missing,
    Run,
    Summary,
    create,
    delete,
    find,
    folder,
    folders,
    summaries,
)
from core.settings import Settings

RUN_BUDGET, CHECKPOINT_BUDGET = 56_000_000, 3_600_000
"""Bytes of moments, and of exact checkpoints, in one run's file."""
SPARE_DISK = 200_000_000
"""Bytes that must be free on the disk before a run starts."""


class Full(Exception):
    """The run cannot start now; the text is a sentence that says why and what would help."""


def kept_steps(steps: list[int], number: int) -> list[int]:
    """Which of the sorted steps stay when only `number` (≥ 2) may: spread evenly in log time.

    The first and the last always stay; of the others the one whose neighbours are closest goes.
    """
    kept = list(steps)

    def gap(place: int) -> float:
        return math.log1p(kept[place + 1]) - math.log1p(kept[place - 1])

    gaps = [gap(place) for place in range(1, len(kept) - 1)]
    while len(kept) > max(2, number):
        gone = gaps.index(min(gaps)) + 1
        del kept[gone], gaps[gone - 1]
        for place in (gone - 1, gone):
            if 0 < place < len(kept) - 1:
                gaps[place - 1] = gap(place)
    return kept


def thin(writer: Writer) -> None:
    """Keep a run's file within its budget: fewer moments, evenly in log time, and checkpoints.

    The first and the last moment stay, whatever they weigh, and so do the last checkpoint and the
    one of step 0, which nothing else gives where a run began with weights from a file.
    """
    for exact, budget in ((False, RUN_BUDGET), (True, CHECKPOINT_BUDGET)):
        sizes = writer.sizes(exact)
        total = sum(sizes.values())
        if total > budget:
            number = int(len(sizes) * budget * 0.85 / total)
            only_last = exact and number < 2
            kept = (
                [*({0} & set(sizes)), max(sizes)]
                if only_last
                else kept_steps(sorted(sizes), number)
            )
            writer.drop(set(sizes) - set(kept), exact)


def budget() -> int:
    """Bytes that all runs together may take: LAYERSCOPE_BUDGET_MB, or 2 GB."""
    with contextlib.suppress(ValueError):
        return max(100, int(os.environ.get("LAYERSCOPE_BUDGET_MB", ""))) * 10**6
    return 2_000 * 10**6


def every_summary() -> list[Summary]:
    """The same of every run, those of races too."""
    of_races = [path for place in folders()[1:] for path in files_in(place, "*.sqlite")]
    ones = [Run(path.stem, path).summary() for path in of_races if ID.fullmatch(path.stem)]
    return sorted([*summaries(), *ones], key=lambda one: one.id, reverse=True)


def weight() -> int:
    """Bytes that all runs take together."""
    return size_of(path for place in folders() for path in files_in(place, "*.sqlite*"))


def crowded_out(listed: list[Summary] | None = None) -> list[Summary]:
    """The runs that starting another would remove: the oldest ones that rest and are not pinned.

    Those of races count, and go, too; what their race knows of them stays.
    """
    room = budget() - RUN_BUDGET - CHECKPOINT_BUDGET
    if listed is None and weight() <= room:
        return []  # told from the files' sizes: of very many, none is opened for it
    everything = every_summary() if listed is None else listed
    over = sum(s.bytes for s in everything) - room
    gone: list[Summary] = []
    for summary in reversed(everything):
        if over <= 0:
            break
        if not summary.pinned and summary.state in (*ENDED, "damaged"):
            gone.append(summary)
            over -= summary.bytes
    return gone


def free_space() -> int:
    """Bytes free on the disk that holds the runs; raises HomeError."""
    return shutil.disk_usage(home("runs")).free


def make_room() -> None:
    """Remove the runs that `crowded_out` names; raises Full where the disk has no room.

    Half-made copies that a killed server left an hour ago or longer go first.
    """
    for copy in files_in(folder(), "*.tmp"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - copy.stat().st_mtime > 3600:
                copy.unlink()
    if free_space() < SPARE_DISK:
        raise Full(
            f"The disk has {free_space() / 1e6:.0f} MB left; a run needs up to "
            f"{SPARE_DISK // 10**6} MB. Delete some runs first."
        )
    for summary in crowded_out():
        with contextlib.suppress(Missing):
            delete(find(summary.id))


def new_run(
    settings: Settings, name: str = "", records: Sequence[Record] = (), race: str = ""
) -> Run:
    """Make room, then the file of a new run, of a race or not, with what is known of it already.

    Raises Full where there is no room.
    """
    try:
        make_room()
        run = create(settings, name, race)
        if records:
            writer = Writer(run.path)
            writer.append(records)
            writer.close()
    except HomeError as fault:
        raise Full(str(fault)) from None
    except (OSError, sqlite3.Error) as fault:
        raise Full(f"The run's file could not be made ({fault}); is the disk full?") from None
    return run

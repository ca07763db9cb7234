"""Records the ready-made races: trains them and keeps what each run came to.

    python -m tools.record_races optimizers depth

records these, or all of them.
"""

import contextlib
import os
import sqlite3
import sys
import tempfile
import time
from dataclasses import replace
from itertools import combinations

import numpy as np

from core.engine import Engine
from core.races import judging
from core.races.driving import begin
from core.races.outcomes import Curve
from core.races.race import FOLDER, Race
from core.races.ready import READY

POINTS = 24
"""Of a curve, spread evenly."""


def main(names: list[str]) -> None:
    """Record each, and tell what its numbers say."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["LAYERSCOPE_HOME"] = home
        engine = Engine()
        for name in names or list(READY):
            race = begin(READY[name].plan(), engine)
            while race.state() != "finished":
                time.sleep(0.5)
            keep(race, name)
            told(race)
        engine.close()


def keep(race: Race, name: str) -> None:
    """Put a copy of a race's file into the project: no run's id, curves of fewer points."""
    race.write([replace(o, run="", curve=thin(o.curve)) for o in race.outcomes()], owner="")
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.sqlite"
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(race.path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("VACUUM INTO ?", (str(path),))
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB", flush=True)


def thin(curve: Curve) -> Curve:
    """A curve of at most so many points, the first and the last among them."""
    kept = np.unique(np.linspace(0, len(curve.scores) - 1, POINTS).round().astype(int))
    kept = kept[: len(curve.scores)]
    return Curve(curve.examples[kept], curve.seconds[kept], curve.scores[kept])


def told(race: Race) -> None:
    """Print medians, and every difference."""
    plan, outcomes = race.plan(), race.outcomes()
    for (place, value), band in judging.bands(plan, outcomes).items():
        spread = f"{band.median} ({band.low} to {band.high}), {band.failed} failed"
        print(plan.contestants[place].name, plan.value_word(value), spread)
    for value in range(len(plan.values)):
        for one, other in combinations(range(len(plan.contestants)), 2):
            print(judging.difference(plan, outcomes, one, other, value).sentence)


if __name__ == "__main__":
    main(sys.argv[1:])

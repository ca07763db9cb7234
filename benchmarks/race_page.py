"""Server time to open the page of a race with 200 finished runs, in every view."""

import numpy as np
import streamlit as st

from benchmarks.opening import opened
from benchmarks.recorded_run import warm_engine
from benchmarks.result import Result, is_quick
from core.races.outcomes import FINISHED, Curve, Outcome
from core.races.plan import Cell, Contestant, Plan
from core.races.race import Race, create
from core.runs import this_process
from core.settings import settings_from

TARGET = 0.5
NETWORKS = ("two_linear", "mlp", "lenet", "vgg")
AXES = ("over training inputs", "over examples seen", "over seconds", "against parameters")


def measure() -> Result:
    """Every view, as often with empty caches as with full ones."""
    taken: dict[str, list[float]] = {axis: [] for axis in AXES}
    with warm_engine():
        race = of_200()
        opened("race.py", race=race.id)  # whatever is imported at first
        for _ in range(2 if is_quick() else 10):
            for axis in AXES:
                st.cache_data.clear()
                for _ in range(2):
                    taken[axis].append(opened("race.py", race=race.id, axis=axis))
    value = float(np.quantile(np.concatenate(list(taken.values())), 0.95))
    return Result(
        compared="seconds of the server for one opening of the page of a race with 200 finished "
        "runs (Streamlit's AppTest: the script and its elements), 95th percentile over its views",
        target=f"≤ {TARGET} s",
        reached=value <= TARGET,
        value=value,
        raw={"seconds_p95_by_view": {a: float(np.quantile(s, 0.95)) for a, s in taken.items()}},
    )


def of_200() -> Race:
    """Four contestants, five sizes, ten seeds, each with a curve of 60 points."""
    ones = [
        Contestant(name=name, settings=settings_from({"architecture": name})) for name in NETWORKS
    ]
    given = {"name": "200 runs", "contestants": ones, "values": [100, 300, 1000, 3000, 0]}
    plan = Plan.model_validate({**given, "seeds": list(range(10))})
    race, drawn = create(plan, this_process()), np.random.default_rng(0)

    def outcome(cell: Cell) -> Outcome:
        settings = plan.settings(cell)
        seen = settings.images * settings.epochs
        scores = np.sort(drawn.random(60))
        curve = Curve(np.linspace(0, seen, 60), np.linspace(0, 3, 60), scores)
        numbers = (float(scores[-1]), 3.0, settings.steps, settings.steps, seen, "", curve)
        return Outcome(cell, FINISHED, "0" * 26, *numbers)

    race.write([outcome(cell) for cell in plan.cells])
    return race

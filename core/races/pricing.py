"""Pricing: what a race will cost, before it starts and while it runs. No torch here.

    paces = {cell: engine().ask(pace, plan.settings(cell)) for cell in samples(plan)}
    price = estimate(plan, paces, workers=2)
    print(told(price), worth(price))

All seconds and bytes are estimates; parameters and multiply-adds are counted.
"""

import math
from collections.abc import Iterable, Mapping

from core.races.disk import file_bytes, moments
from core.races.outcomes import FAILED, FINISHED, RUNNING, Outcome
from core.races.plan import MOST_EPOCHS, Cell, Plan
from core.races.prices import Pace as Pace
from core.races.prices import Price as Price
from core.races.prices import RunPrice as RunPrice
from core.races.prices import told as told
from core.races.prices import worth as worth
from core.settings import Settings
from core.tasks import MEASURED

HELD_OUT, EPOCH_ENDS = MEASURED, 25
"""Test inputs of the held-out curve, and most ends of an epoch that have them: as training does."""
QUICK_SECONDS = 0.0005
"""Of an update, where none was measured: so a file is estimated too large rather than too small."""
SMALL_RATE = 1e-6
"""A pace is measured with so small a learning rate that nothing can diverge."""


def pace(settings: Settings, seconds: float = 0.3) -> Pace:
    """Measure a run's pace by training it for about so many seconds. For a worker."""
    from core.races.pace import measured

    return measured(settings, seconds)


def measured_as(settings: Settings) -> Settings:
    """The settings that a run's pace is measured with: those of the same pace have the same.

    Of the size only what it makes of the batch counts; neither do learning rate and seed.
    """
    batch = min(settings.batch_size, settings.images)
    same = {"share": 1.0, "batch_size": batch, "epochs": MOST_EPOCHS, "seconds": None}
    return settings.model_copy(update={**same, "seed": 0, "learning_rate": SMALL_RATE})


def samples(plan: Plan) -> list[Cell]:
    """The runs whose pace must be measured: one of those that have the same."""
    return list(dict.fromkeys(_sample_of(plan).values()))


def estimate(
    plan: Plan, paces: Mapping[Cell, Pace], workers: int, outcomes: Iterable[Outcome] = ()
) -> Price:
    """The price of a race from the paces of its `samples`, on so many workers.

    Runs that ended cost nothing more; of one that trains, what is left of it. A pace may lack.
    """
    sample = _sample_of(plan)
    each = {
        place: _run_price(plan, Cell(*place, plan.seeds[0]), paces.get(cell))
        for place, cell in sample.items()
    }
    known = {outcome.cell: outcome for outcome in outcomes}
    shares = [(cell, _left(plan, known.get(cell))) for cell in plan.cells]
    parts = [(each[c.contestant, c.value], share) for c, share in shares if share is not None]
    takes = [None if x.seconds is None else x.seconds * share for x, share in parts]
    whole = [one for one in takes if one is not None]
    used = dict.fromkeys(sample[x.contestant, x.value] for x, _ in parts)
    return Price(
        tuple(each[place] for place in sorted(each)),
        runs=len(plan.cells),
        left=len(parts),
        steps=round(sum(x.steps * share for x, share in parts)),
        seconds=_together(whole, workers) if len(whole) == len(takes) else None,
        bytes=round(sum(x.bytes for x, _ in parts)),
        workers=workers,
        limited=plan.seconds is not None,
        paces=tuple(paces[cell] for cell in used if cell in paces),
    )


def _sample_of(plan: Plan) -> dict[tuple[int, int], Cell]:
    """The run whose pace stands for a contestant's with a value, by these two."""
    first: dict[str, Cell] = {}
    found = {}
    for cell in plan.cells[: len(plan.contestants) * len(plan.values)]:
        key = f"{cell.contestant} {measured_as(plan.settings(cell)).model_dump_json()}"
        found[cell.contestant, cell.value] = first.setdefault(key, cell)
    return found


def _run_price(plan: Plan, cell: Cell, known: Pace | None) -> RunPrice:
    settings = plan.settings(cell)
    batch = min(settings.batch_size, settings.images)
    steps, seconds = settings.steps, None
    most = steps
    if plan.seconds is not None:
        fits = math.ceil(plan.seconds / (known.step_seconds if known else QUICK_SECONDS))
        most = min(steps, fits)
        steps, seconds = most if known else 0, plan.seconds
        examples = steps * batch
        if known:
            seconds += known.start_seconds + known.test_seconds
    else:
        a_epoch = min(settings.images, settings.steps_per_epoch * settings.batch_size)
        examples = a_epoch * settings.epochs
        if known:
            seconds = _seconds(settings, known)
    return RunPrice(
        cell.contestant,
        cell.value,
        parameters=sum(layer.parameters for layer in settings.layers),
        multiply_adds=sum(layer.multiply_adds for layer in settings.layers),
        examples=examples,
        steps=steps,
        seconds=seconds,
        bytes=file_bytes(settings, most, seconds or 0.0),
    )


def _seconds(settings: Settings, known: Pace) -> float:
    """Seconds of a run with a number of epochs: all that a pace has measured, so often."""
    tested = settings.dataset.test_size
    curve = min(1.0, HELD_OUT / tested) * known.test_seconds
    return (
        known.start_seconds
        + settings.steps * known.step_seconds
        + settings.epochs * known.epoch_seconds
        + moments(settings.steps) * known.moment_seconds
        + held_outs(settings) * curve
        + known.test_seconds
    )


def held_outs(settings: Settings) -> int:
    """How often a run of so many epochs measures its held-out curve: as training does."""
    every = settings.steps_per_epoch * math.ceil(settings.epochs / EPOCH_ENDS)
    steps, following, number = settings.steps, 1, 0
    while following <= steps:
        number += 1
        following = min(8 * max(4, following), (following // every + 1) * every)
    return number


def _left(plan: Plan, outcome: Outcome | None) -> float | None:
    """Which share of a run is still to come; None where it has ended."""
    if outcome is None:
        return 1.0
    if outcome.state in (FINISHED, FAILED):
        return None
    if outcome.state != RUNNING:
        return 1.0
    done = outcome.step / outcome.steps if outcome.steps else 0.0
    if plan.seconds is not None:
        done = outcome.seconds / plan.seconds
    return max(0.0, 1.0 - done)


def _together(takes: list[float], workers: int) -> float:
    """Seconds until the last of these is over: shared evenly, but none sooner than it can be."""
    return max(max(takes, default=0.0), sum(takes) / max(1, workers))

"""Ready-made: does a convolutional network learn from less data?"""

from collections.abc import Sequence

import numpy as np

from core.races.judging import CLEAR, UNCLEAR, difference
from core.races.outcomes import Outcome
from core.races.plan import Plan
from core.races.ready.ready import Ready, planned


def plan() -> Plan:
    """An MLP and LeNet, about equal in size, on 100 to 60,000 digits for the same time each."""
    ones = {
        name: {"data": "mnist", "architecture": kind, "schedule": "constant"}
        for name, kind in {"MLP": "mlp", "LeNet": "lenet"}.items()
    }
    sizes = [100, 300, 1000, 3000, 10_000, 0]
    return planned("MLP against LeNet", ones, values=sizes, epochs=None, seconds=8)


def holds(plan: Plan, outcomes: Sequence[Outcome]) -> bool:
    """Whether outcomes show what the finding says."""
    found = [difference(plan, outcomes, 1, 0, value) for value in range(len(plan.values))]
    ahead = all(one.verdict == CLEAR and (one.mean or 0) > 0.03 for one in found[:4])
    level = all(one.verdict == UNCLEAR for one in found[4:])
    last = [one for one in outcomes if one.cell.value == 5]
    slow, quick = (np.median([o.step for o in last if o.cell.contestant == n]) for n in (1, 0))
    return ahead and level and bool(slow < quick)


READY = Ready(
    name="data_hunger",
    question="Does a good architecture learn from less data, in less time?",
    finding="In eight seconds each, LeNet names clearly more digits right where there are 100 to "
    "3,000 to learn from: it does learn from less data. With 10,000 and with all 60,000 "
    "there is no clear difference: its steps take longer, and the time ends first.",
    holds=holds,
    plan=plan,
)

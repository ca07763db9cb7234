"""Ready-made: does a convolutional network learn from less data?"""

from collections.abc import Sequence

import numpy as np

from core.races.differences import CLEAR, difference
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
    ahead = [one.mean or 0.0 for one in found]
    clear = [one.verdict == CLEAR for one in found]
    less = clear == [False, *[True] * 5] and min(ahead[:3]) > 0.05 and max(ahead[4:]) < 0.03
    last = [one for one in outcomes if one.cell.value == 5]
    slow, quick = (np.median([o.step for o in last if o.cell.contestant == n]) for n in (1, 0))
    return less and ahead[-1] < 0.015 and bool(6 < quick / slow < 7)


READY = Ready(
    name="data_hunger",
    question="Does a good architecture learn from less data, in less time?",
    finding="In eight seconds each, LeNet names more digits right whatever there is to learn "
    "from: six to seven points more with 100 to 1,000 digits, two with 10,000, less than one "
    "with all 60,000. From 300 digits on that is clear; with 100 the five seeds differ too much. "
    "It does learn from less data, and in no more time, though there it makes one update while "
    "the MLP makes six or seven.",
    holds=holds,
    plan=plan,
)

"""Ready-made: four optimizers, each at several learning rates."""

from collections.abc import Sequence

from core.races.outcomes import Outcome
from core.races.plan import Plan
from core.races.ready.ready import Ready, medians, planned
from core.settings import OPTIMIZERS


def plan() -> Plan:
    """LeNet on the small digits by Adam, AdamW, SGD with momentum and RMSprop."""
    given = {"data": "digits", "architecture": "lenet", "schedule": "constant"}
    ones = {title: {**given, "optimizer": name} for name, title in OPTIMIZERS.items()}
    rates = [0.0001, 0.001, 0.01, 0.1]
    return planned("Optimizers", ones, varied="learning_rate", values=rates, epochs=10)


def holds(plan: Plan, outcomes: Sequence[Outcome]) -> bool:
    """Whether outcomes show what the finding says."""
    found = medians(plan, outcomes)
    sgd = found.pop("SGD with momentum")
    best = all(max(one, key=one.__getitem__) in (0.001, 0.01) for one in found.values())
    fails = all(one[0.1] < 0.2 for one in found.values())
    return best and fails and sgd[0.1] > 0.7 and max(sgd, key=sgd.__getitem__) == 0.1 > sgd[0.0001]


READY = Ready(
    name="optimizers",
    question="Which optimizer learns best, and how much does the learning rate decide?",
    finding="The learning rate decides more than the optimizer: each has a rate at which it "
    "hardly learns. Adam, AdamW and RMSprop are best at 0.001 or 0.01 and fail at "
    "0.1, which is just the rate that SGD with momentum needs.",
    holds=holds,
    plan=plan,
)

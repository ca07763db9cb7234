"""Ready-made: what a convolution is good for, shown by taking it away."""

from collections.abc import Sequence

from core.races.outcomes import Outcome
from core.races.plan import Plan
from core.races.ready.ready import Ready, medians, planned


def plan() -> Plan:
    """An MLP and LeNet on the digits, and on the same digits with all pixels moved alike."""
    ones = {
        f"{title}{word}": {"data": data, "architecture": kind, "schedule": "constant"}
        for data, word in {"mnist": "", "shuffled_mnist": ", shuffled"}.items()
        for title, kind in {"MLP": "mlp", "LeNet": "lenet"}.items()
    }
    return planned("Shuffled pixels", ones, values=[1000, 10_000], epochs=10)


def holds(plan: Plan, outcomes: Sequence[Outcome]) -> bool:
    """Whether outcomes show what the finding says."""
    found = medians(plan, outcomes)
    for size, ahead in ((1000, 0.1), (10_000, 0.01)):
        mlp, lenet = found["MLP"][size], found["LeNet"][size]
        shuffled = found["MLP, shuffled"][size], found["LeNet, shuffled"][size]
        if not (0.02 < lenet - mlp < 0.04 and abs(mlp - shuffled[0]) < 0.01):
            return False
        if not shuffled[0] - shuffled[1] > ahead:
            return False
    return True


READY = Ready(
    name="shuffled_pixels",
    question="Is a convolution better because of what lies beside what?",
    finding="On digits LeNet is ahead of the MLP by some three points. With all pixels shuffled "
    "alike the MLP does as before, and LeNet falls behind it, by 14 points with 1,000 "
    "digits: a convolution is good because what lies side by side belongs together.",
    holds=holds,
    plan=plan,
)

"""Ready-made: activation functions on a deep network of Linear layers."""

from collections.abc import Sequence

from core.races.differences import CLEAR, difference
from core.races.outcomes import Outcome
from core.races.plan import Plan
from core.races.ready.ready import Ready, medians, planned

FUNCTIONS = {"ReLU": "relu", "tanh": "tanh", "sigmoid": "sigmoid", "GELU": "gelu"}


def plan() -> Plan:
    """Four functions, networks of 2, 6 and 12 hidden layers."""
    given = {"data": "digits", "architecture": "mlp", "batch_size": 16}
    ones = {name: {**given, "options": {"activation": f}} for name, f in FUNCTIONS.items()}
    return planned(
        "Activation functions on a deep network", ones, varied="depth", values=[2, 6, 12], epochs=30
    )


def holds(plan: Plan, outcomes: Sequence[Outcome]) -> bool:
    """Whether outcomes show what the finding says."""
    found = medians(plan, outcomes)
    shallow = [one[2] for one in found.values()]
    deep = {name: one[12] for name, one in found.items()}
    close = max(shallow) - min(shallow) < 0.05 and min(shallow) > 0.85
    behind = deep["sigmoid"] < 0.15 and 0.6 < deep["tanh"] < min(deep["ReLU"], deep["GELU"]) - 0.1
    ahead = {other: difference(plan, outcomes, other, 1, 2) for other in (0, 3)}
    seeds = ahead[0].verdict == CLEAR != ahead[3].verdict and (ahead[3].mean or 0.0) > 0.1
    return close and behind and seeds


READY = Ready(
    name="deep_activations",
    question="Does the activation function matter more the deeper a network is?",
    finding="With two hidden layers the four are within a few points of one another. With "
    "twelve the sigmoid only guesses, and tanh has fallen behind ReLU, by 16 points. It is as far "
    "behind GELU, nearly, but there the five seeds differ too much to be sure.",
    holds=holds,
    plan=plan,
)

"""Ready-made: BatchNorm on and off, at ever higher learning rates."""

from collections.abc import Sequence

from core.races.outcomes import Outcome
from core.races.plan import Plan
from core.races.ready.ready import Ready, medians, planned


def plan() -> Plan:
    """The same deep network with BatchNorm and without it, from 0.01 to 3 with SGD."""
    given = {"data": "digits", "architecture": "mlp", "optimizer": "sgd"}
    ones = {
        name: {**given, "options": {"depth": 6, "batch_norm": on}}
        for name, on in {"BatchNorm": True, "no BatchNorm": False}.items()
    }
    rates = [0.01, 0.03, 0.1, 0.3, 1, 3]
    return planned(
        "BatchNorm at high learning rates", ones, varied="learning_rate", values=rates, epochs=20
    )


def holds(plan: Plan, outcomes: Sequence[Outcome]) -> bool:
    """Whether outcomes show what the finding says."""
    found = medians(plan, outcomes)
    on, off = found["BatchNorm"], found["no BatchNorm"]
    learns = min(on[rate] for rate in (0.01, 0.03, 0.1, 0.3))
    alone = learns > 0.9 > off[0.03] > 0.8 and max(off[0.01], off[0.1]) < 0.6 and off[0.3] < 0.15
    return alone and all(max(one[1], one[3]) < 0.15 for one in (on, off))


READY = Ready(
    name="batch_norm",
    question="Does BatchNorm let a network learn with larger steps?",
    finding="With BatchNorm the network learns about equally well at rates from 0.01 to 0.3. "
    "Without it only 0.03 suits, and it is worse even there: smaller steps are too "
    "slow, larger ones end in guessing. From a rate of 1 on both only guess.",
    holds=holds,
    plan=plan,
)

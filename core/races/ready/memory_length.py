"""Ready-made: who remembers how long."""

from collections.abc import Sequence

from core.races.outcomes import Outcome
from core.races.plan import Plan
from core.races.ready.ready import Ready, medians, planned

UNITS = {"RNN": ("rnn", 64), "LSTM": ("lstm", 31), "GRU": ("gru", 36)}
"""Units that give each about as many learned numbers."""


def plan() -> Plan:
    """A plain RNN, an LSTM and a GRU recall the first symbol of ever longer rows."""
    ones = {
        name: {"data": "recall", "architecture": kind, "options": {"units": units}}
        for name, (kind, units) in UNITS.items()
    }
    lengths = [5, 10, 20, 40]
    return planned("Memory as the row grows", ones, varied="length", values=lengths, epochs=8)


def holds(plan: Plan, outcomes: Sequence[Outcome]) -> bool:
    """Whether outcomes show what the finding says."""
    found = medians(plan, outcomes)
    short = all(one[length] > 0.98 for one in found.values() for length in (5, 10))
    twenty = found["GRU"][20] > 0.98 and found["RNN"][20] > 0.98 and found["LSTM"][20] < 0.4
    return short and twenty and all(one[40] < 0.2 for one in found.values())


READY = Ready(
    name="memory_length",
    question="How long does a recurrent network remember what it read first?",
    finding="All three recall the first of ten symbols. Over twenty the GRU always does and "
    "the plain RNN mostly; the LSTM has not learned it in the time given. Over forty "
    "nobody has: being made for memory is not enough, it must also be learned.",
    holds=holds,
    plan=plan,
)

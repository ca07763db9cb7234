"""Ready-made: deeper and deeper, with skip connections and without."""

from collections.abc import Sequence

from core.races.outcomes import Outcome
from core.races.plan import Plan
from core.races.ready.ready import Ready, medians, planned


def plan() -> Plan:
    """A small ResNet, and the same stack with no skip, as VGG has none, on the small digits."""
    given = {"data": "digits", "architecture": "resnet", "schedule": "constant"}
    ones = {
        name: {**given, "options": {"skips": skips, "filters": 8, "batch_norm": False}}
        for name, skips in {"ResNet": True, "no skips, as VGG": False}.items()
    }
    return planned(
        "ResNet against a plain stack", ones, varied="depth", values=[1, 2, 4, 8], epochs=8
    )


def holds(plan: Plan, outcomes: Sequence[Outcome]) -> bool:
    """Whether outcomes show what the finding says."""
    found = medians(plan, outcomes)
    skips, plain = found["ResNet"], found["no skips, as VGG"]
    falls = plain[1] > 0.8 > plain[2] + 0.1 and max(plain[4], plain[8]) < 0.15
    return falls and all(0.88 < score < 0.93 for score in skips.values())


READY = Ready(
    name="depth",
    question="Does depth help, and what do skip connections have to do with it?",
    finding="Without skips two blocks a stage are worse than one, and with four or more the "
    "network only guesses. With skips about 90 % of the digits are named right at "
    "every depth: here depth costs nothing, and gains nothing.",
    holds=holds,
    plan=plan,
)

"""Ready-made: VGG against ResNet, deeper and deeper."""

from collections.abc import Sequence

from core.races.outcomes import Outcome
from core.races.plan import Plan
from core.races.ready.ready import Ready, medians, planned


def plan() -> Plan:
    """VGG, a ResNet of as many convolutions, and that ResNet with no skip, on the small digits."""
    given = {"data": "digits", "schedule": "constant", "learning_rate": 0.003}
    small = {"filters": 8, "batch_norm": False}
    resnet = {**given, "architecture": "resnet"}
    ones = {
        "VGG": {**given, "architecture": "vgg", "options": {**small, "blocks": 3}},
        "ResNet": {**resnet, "options": small},
        "ResNet without skips": {**resnet, "options": {**small, "skips": False}},
    }
    return planned("VGG against ResNet", ones, varied="depth", values=[1, 2, 4, 8], epochs=8)


def holds(plan: Plan, outcomes: Sequence[Outcome]) -> bool:
    """Whether outcomes show what the finding says."""
    found = medians(plan, outcomes)
    vgg, resnet, plain = (found[one.name] for one in plan.contestants)
    guess = all(score < 0.15 for score in (vgg[2], vgg[4], vgg[8], plain[4], plain[8]))
    shallow = vgg[1] > 0.85 and plain[1] > 0.85 and 0.3 < plain[2] < 0.7
    return guess and shallow and all(0.87 < score < 0.93 for score in resnet.values())


READY = Ready(
    name="depth",
    question="Does depth help, and what do skip connections have to do with it?",
    finding="At depth 1, with six or seven convolutions, all three name nearly nine of ten digits. "
    "At depth 2 VGG only guesses, at depth 4 the ResNet without its skips does, too. With "
    "skips about 90 % are right at every depth, up to 49 convolutions: here depth costs a "
    "ResNet nothing, and gains it nothing.",
    holds=holds,
    plan=plan,
)

"""What a recorded comparison says in words: how its networks fared, and what was alike for them."""

from collections.abc import Mapping, Sequence

from core.architectures import ARCHITECTURES
from core.comparisons import Compared, Comparison
from pages.shared.plain import plain

Networks = Mapping[str, Sequence[Compared]]
ALIKE = {
    "optimizer": "optimizer {}",
    "learning_rate": "learning rate {}",
    "batch_size": "batch size {}",
    "steps": "{} steps at most",
    "every": "measured every {} steps",
}
"""The settings that are told, where a comparison has them."""
RISING = 0.05
"""Who gained so much in the second half of the steps was still getting better."""


def by_name(comparison: Comparison, data: str, length: int) -> dict[str, list[Compared]]:
    """The networks on one data set, by their titles; those with one title differ in their seed."""
    found: dict[str, list[Compared]] = {}
    for one in comparison.networks:
        if (one.data, one.length) == (data, length):
            known = ARCHITECTURES.get(one.network)
            found.setdefault(known.title if known else one.network, []).append(one)
    return found


def fared(comparison: Comparison, networks: Networks, score: str) -> str:
    """Who reached the score that was enough, and everyone's last one; no more than the numbers."""
    reached = {
        name: sum(comparison.steps_to(comparison.enough, one) is not None for one in ones)
        for name, ones in networks.items()
    }
    enough = f"{100 * comparison.enough:g}%"
    won = [
        f"{plain(name)} with {count} of {len(networks[name])} seeds"
        for name, count in reached.items()
    ]
    first = f"{enough} {score} or more was reached by {', '.join(won)}."
    if not any(reached.values()):
        first = f"no network reached {enough} {score} within {comparison.steps[-1]:,} steps."
    last = [
        f"{plain(name)} {_span([one.score for one in ones])}" for name, ones in networks.items()
    ]
    return f"{first} At the end: {', '.join(last)}."


def unfinished(comparison: Comparison, networks: Networks) -> str:
    """Who was still getting better when the training ended, with the scores that say so; or ""."""
    steps = comparison.steps
    half, last = len(steps) // 2 - 1, len(steps) - 1
    found = []
    for name, ones in networks.items():
        whole = [one.scores for one in ones if len(one.scores) == len(steps)]
        if half < 0 or not whole:
            continue
        before, after = (sum(scores[at] for scores in whole) / len(whole) for at in (half, last))
        if after - before >= RISING and after < comparison.enough:
            found.append(
                f"{plain(name)} rose from {before:z.1%} at step {steps[half]:,} to {after:z.1%} at "
                f"step {steps[last]:,}"
            )
    if not found:
        return ""
    rate = comparison.settings.get("learning_rate")
    under = f" with learning rate {_told(rate)}" if rate is not None else ""
    return (
        f"Why some are low: {'; '.join(found)} (means over the seeds that trained to the end). "
        f"They were still learning when the training stopped: this shows what {steps[last]:,} "
        f"steps{under} do, not what a network can learn."
    )


def alike(comparison: Comparison, networks: Networks) -> str:
    """What was held alike, how large each network is, and what that leaves open."""
    given = comparison.settings
    told = [words.format(_told(given[key])) for key, words in ALIKE.items() if key in given]
    sizes = {
        name: " or ".join(f"{weights:,}" for weights in sorted({one.weights for one in ones}))
        for name, ones in networks.items()
    }
    weights = ", ".join(f"{plain(name)} {size}" for name, size in sizes.items())
    others = "lengths, seeds" if any(one.length for one in comparison.networks) else "seeds"
    return (
        f"Alike for all: {', '.join(told)}; a network at {100 * comparison.enough:g}% was trained "
        f"no further. Weights: {weights}. Other {others} or learning rates may end otherwise."
    )


def _told(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else plain(str(value))


def _span(scores: Sequence[float]) -> str:
    low, high = f"{min(scores):z.1%}", f"{max(scores):z.1%}"
    return low if low == high else f"{low} to {high}"

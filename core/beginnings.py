"""Beginnings: whether a run's first weights were random, or were learned somewhere before."""

from core.runs import Run
from core.settings import Settings


def untrained_at(run: Run, settings: Settings, step: int) -> bool:
    """Whether what a network says at a step is that of random weights: chance.

    Its own runs begin so where they did not go on from weights that were there before. Of a network
    that a script trains, nothing is known of that.
    """
    if step > 0:
        return False
    if settings.watched:
        return settings.watched.untrained
    begun = (event.kind for event, _ in run.events() if event.kind in ("started", "resumed"))
    return next(begun, "started") == "started"

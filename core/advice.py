"""Advice: the one setting to change where a run diverged or learned nothing."""

from typing import Any

from core.architectures import ARCHITECTURES
from core.settings import Settings, settings_from
from core.tasks import suited

TENTH = 0.1


def another_try(settings: Settings) -> tuple[str, Settings] | None:
    """The setting to change first, and the settings with it changed; None of a watched network.

    Weights that begin far too small or too large come first. A learning rate far from what suits
    the network and the data becomes that, any other a tenth of what it is.
    """
    if settings.watched:
        return None
    if settings.initialisation in ("small", "large"):
        return "initialisation", _changed(settings, initialisation="torch")
    suits = suited(ARCHITECTURES.get(settings.architecture), settings.dataset)["learning_rate"]
    far = settings.learning_rate > 10 * suits or settings.learning_rate < TENTH * suits
    rate = suits if far else settings.learning_rate * TENTH
    return "learning_rate", _changed(settings, learning_rate=float(f"{rate:.6g}"))


def _changed(settings: Settings, **one: Any) -> Settings:
    return settings_from({**settings.model_dump(mode="json"), **one})

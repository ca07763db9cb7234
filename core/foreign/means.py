"""Means: losses and scores of a script's steps, which wait for a metric."""

import math
from dataclasses import replace
from typing import Any

from core.foreign.looking import NO_EPOCH
from core.foreign.saying import Speaker, number_of
from core.records import Metric, Record


class Means:
    """Losses, and scores from 0 to 1 or in per cent, as turns out with the first above 1."""

    def __init__(self, speaker: Speaker) -> None:
        """None so far; `speaker` says what is odd about them."""
        self.speaker = speaker
        self.losses: list[Any] = []
        self.scores: list[Any] = []
        self.note_loss, self.note_score = self.losses.append, self.scores.append
        self.percent = False
        self.before: list[Metric] | None = []
        """The metrics that were made before that was known; None once it is."""

    def __bool__(self) -> bool:
        """Whether some wait."""
        return bool(self.losses or self.scores)

    def records(self, step: int, seconds: float) -> list[Record]:
        """The metric of those that waited; with the first score in per cent, all before it anew."""
        loss, score = self._mean(self._numbers(self.losses, "loss")), self._score()
        metric = Metric(step, NO_EPOCH, loss, score, None, None, math.nan, seconds)
        if self.before is None:
            return [metric]
        if not self.percent:
            self.before.append(metric)
            return [metric]
        before, self.before = self.before, None
        return [*(replace(one, accuracy=one.accuracy / 100) for one in before), metric]

    def _numbers(self, waiting: list[Any], word: str) -> list[float]:
        numbers = [
            value if type(value) is float else number_of(value, word, self.speaker)
            for value in waiting
        ]
        waiting.clear()
        return [number for number in numbers if number is not None]

    def _mean(self, numbers: list[float]) -> float:
        return sum(numbers) / len(numbers) if numbers else math.nan

    def _score(self) -> float:
        known = [number for number in self._numbers(self.scores, "score") if math.isfinite(number)]
        if not self.percent and any(1 < number <= 100 for number in known):
            self.percent = True
            high = max(number for number in known if number <= 100)
            self.speaker.say(
                "per cent",
                f"the score {high:g} is above 1, so all scores of this run are taken as per cent, "
                f"here {high / 100:g}; give a share from 0 to 1 to be sure",
            )
        most = 100 if self.percent else 1
        fitting = [number for number in known if 0 <= number <= most]
        if len(fitting) < len(known):
            odd = next(number for number in known if not 0 <= number <= most)
            what = "is no share from 0 to 1: such ones are not recorded"
            self.speaker.say("score", f"the score {odd:g} {what}")
        return self._mean(fitting) / most

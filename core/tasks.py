"""What a network can be asked to do, and the words in which its success is told. No torch here."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.architectures import ARCHITECTURES
from core.architectures.architecture import Architecture, Work
from core.data.dataset import Dataset, Task
from core.records import SCORED


@dataclass(frozen=True)
class Words:
    """How a task's loss and score are called; `score` runs from 0, the trivial guess, to 1."""

    loss: str
    score: str
    result: str
    """The sentence at a run's end, with {score} and {count:,} to fill in."""
    meaning: str
    undefined: str = ""
    """The sentence at a run's end where there is no such score."""


WORDS: dict[Task, Words] = {
    "classify": Words(
        "cross-entropy",
        "accuracy",
        "{score} of the {count:,} test inputs are named right.",
        "The share of the inputs whose most probable class is the true one.",
    ),
    "regress": Words(
        "mean squared error",
        "R²",
        "{score} on {count:,} test inputs; 0 is no better than always saying the mean.",
        "1 − squared error ÷ that of always saying the mean of the targets it is measured on: 0 is "
        "that trivial guess, 1 (100 %) is perfect, below 0 is worse.",
        "R² is not defined: the test targets are all alike, or there is only one.",
    ),
    "next": Words(
        "cross-entropy",
        "accuracy",
        "{score} of the next symbols are named right, in {count:,} test texts.",
        "The share of the symbols that were named right from those before them.",
    ),
    "other": Words("loss", "score", "", "Loss and score are what the script says."),
}


EARLIER = Words(
    "mean squared error",
    "share explained, against the training mean",
    "{score} on {count:,} test inputs; 0 is no better than always saying the training mean.",
    "1 − squared error ÷ that of always saying the training targets' mean: recorded by an earlier "
    "version, whose scores are not R², which compares with the mean of the targets themselves.",
)
"""How the score of numbers was meant before it was R²."""


def is_earlier(task: Task, notes: Mapping[str, Any]) -> bool:
    """Whether a run's, or a comparison's, scores of numbers were meant as before they were R²."""
    return task == "regress" and notes.get("score") != SCORED


def words_of(task: Task, notes: Mapping[str, Any]) -> Words:
    """The words of a task for the scores of a run, or a comparison, with these notes."""
    return EARLIER if is_earlier(task, notes) else WORDS[task]


MEASURED = 400
"""Test inputs, at most, on which a score is measured while a run trains; its result is of all."""


def measured_words(dataset: Dataset) -> str:
    """On which test inputs a score is measured while a run trains."""
    count = dataset.test_size
    return (
        f"all {count:,} test inputs"
        if count <= MEASURED
        else (f"{MEASURED} of the {count:,} test inputs")
    )


WORST = -1.0
"""The least score of numbers that is drawn and told as a number."""


def score_words(task: Task, score: float, digits: int = 1, earlier: bool = False) -> str:
    """A score as it is read: an accuracy in per cent, of a number R², which has no lower end.

    What is below −1 is far worse than the mean, and by how much says nothing. `earlier`: it was
    measured before the score of numbers was R².
    """
    if task != "regress":
        return f"{score:z.{digits}%}"
    name = "share explained" if earlier else "R²"
    if not score >= WORST:
        return f"{name} below −1" if score < WORST else f"{name} not a number"
    return f"{name} {f'{score:z.{digits + 2}f}' if score else '0'}".replace("-", "−")


def result_words(task: Task, score: float, count: int, earlier: bool = False) -> str:
    """The sentence at a run's end: its score on so many test inputs, or that there is none."""
    words = EARLIER if earlier else WORDS[task]
    if not math.isfinite(score):
        return words.undefined
    text = words.result.format(score=score_words(task, score, 2, earlier), count=count)
    return text[0].upper() + text[1:]


def work_of(dataset: Dataset) -> Work:
    """What a network has to do for a data set."""
    outputs, symbols = dataset.output_shape[-1], len(dataset.alphabet)
    every_step, classes = dataset.task == "next", dataset.task != "regress"
    return Work(dataset.shape, outputs, symbols, every_step, classes)


def fitting(dataset: Dataset) -> list[str]:
    """The names of the architectures that are made for a data set."""
    work = work_of(dataset)
    return [name for name, known in ARCHITECTURES.items() if known.fits(work)]


def suited(architecture: type[Architecture] | None, dataset: Dataset) -> dict[str, Any]:
    """The settings that suit an architecture and a data set: a run's where nobody says otherwise.

    An architecture's own wish comes before the data set's; None, a network put together by hand,
    has none.
    """
    wish = architecture or Architecture
    return {
        "epochs": dataset.epochs,
        "learning_rate": wish.learning_rate or dataset.learning_rate,
        "schedule": wish.schedule,
    }

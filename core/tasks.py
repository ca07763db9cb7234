"""What a network can be asked to do, and the words in which its success is told. No torch here."""

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
    """The sentence at a run's end, with {score:.2%} and {count:,} to fill in."""
    meaning: str
    undefined: str = ""
    """The sentence at a run's end where there is no such score."""


WORDS: dict[Task, Words] = {
    "classify": Words(
        "cross-entropy",
        "accuracy",
        "{score:.2%} of the {count:,} test inputs are named right.",
        "The share of the inputs whose most probable class is the true one.",
    ),
    "regress": Words(
        "mean squared error",
        "R²",
        "R² is {score:.2%}, over {count:,} test targets.",
        "1 − squared error ÷ that of always saying the mean of the targets it is measured on: 0 is "
        "that trivial guess, 100 % is perfect, below 0 is worse.",
        "R² is not defined: the test targets are all alike, or there is only one.",
    ),
    "next": Words(
        "cross-entropy",
        "accuracy",
        "{score:.2%} of the next symbols are named right, in {count:,} test texts.",
        "The share of the symbols that were named right from those before them.",
    ),
    "other": Words("loss", "score", "", "Loss and score are what the script says."),
}


EARLIER = Words(
    "mean squared error",
    "share explained, against the training mean",
    "",
    "1 − squared error ÷ that of always saying the training targets' mean: recorded by an earlier "
    "version, whose scores are not R², which compares with the mean of the targets themselves.",
)
"""How the score of numbers was meant before it was R²."""


def words_of(task: Task, notes: Mapping[str, Any]) -> Words:
    """The words of a task for the scores of a run, or a comparison, with these notes."""
    return EARLIER if task == "regress" and notes.get("score") != SCORED else WORDS[task]


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

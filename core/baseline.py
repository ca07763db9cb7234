"""The baseline: what an answer that looks at no input scores, and whether a network beats it."""

import math

import numpy as np

from core.data.dataset import Dataset, Task

SURE = 1.645
"""So many standard errors above the baseline chance comes one time in twenty."""


def baseline_score(task: Task, targets: np.ndarray) -> float | None:
    """The score of the best answer that is the same for all these targets.

    Of classes and of next symbols the share of the most frequent one; of a number 0, the R² of the
    mean. None where nothing is known of what is asked, or there are no targets.
    """
    if task == "regress":
        return 0.0
    if task == "other" or not targets.size:
        return None
    return float(np.bincount(np.ravel(targets)).max() / targets.size)


def even_baseline(dataset: Dataset) -> float | None:
    """The baseline where the targets are not at hand: of classes that are all as frequent.

    None where nothing is known of what is asked.
    """
    if dataset.task == "regress":
        return 0.0
    names = {"classify": dataset.classes, "next": dataset.alphabet}.get(dataset.task, ())
    return 1 / len(names) if names and not dataset.watched else None


def beats_baseline(score: float, baseline: float, dataset: Dataset) -> bool:
    """Whether a score on all test inputs is above a baseline by more than chance may be.

    An accuracy varies as the share of right answers in a sample, and the R² of an answer that is
    always the same by about the square of a standard error.
    """
    count = max(1, dataset.test_size)
    if dataset.task == "regress":
        return score > baseline + SURE**2 / count
    count *= dataset.shape[0] if dataset.task == "next" else 1
    return score > baseline + SURE * math.sqrt(baseline * (1 - baseline) / count)

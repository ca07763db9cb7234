"""The room of lessons: letters as vectors, from which letter follows which in first names."""

from functools import cache

import numpy as np

from core.data import DATASETS
from core.data.first_names import ALPHABET

SIZE = 4


@cache
def vectors() -> np.ndarray:
    """Give a vector for each letter from a to z, float32 (26, 4); alike where neighbours are alike.

    The largest singular vectors of how much more often than by chance one letter follows another,
    log(1 + p(ab) / p(a) p(b)), in the names to train on; each row of length 1. Raises DataError.
    """
    names = DATASETS["first_names"].load().train_inputs
    pairs = np.zeros((len(ALPHABET),) * 2)
    np.add.at(pairs, (names[:, :-1].ravel(), names[:, 1:].ravel()), 1)
    pairs = pairs[1:, 1:] + 0.1  # without the sign that fills up a name
    pairs /= pairs.sum()
    more = np.log1p(pairs / pairs.sum(1, keepdims=True) / pairs.sum(0))
    both = np.concatenate([more, more.T], axis=1)  # whom it follows, and who follows it
    left, sizes, _ = np.linalg.svd(both - both.mean(0), full_matrices=False)
    found = left[:, :SIZE] * sizes[:SIZE]
    found *= np.sign(found[np.abs(found).argmax(0), range(SIZE)])
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)

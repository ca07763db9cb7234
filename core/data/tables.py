"""The data room: columns of a table as the inputs and targets of a regression."""

from collections.abc import Sequence

import numpy as np

from core.data.dataset import Quantity, Split


def one_hot(places: np.ndarray, choices: int) -> np.ndarray:
    """Give places (N,) as (N, choices): 1 at the place, 0 elsewhere."""
    return np.eye(choices)[places]


def table_split(
    numbers: Sequence[np.ndarray],
    one_hots: Sequence[np.ndarray],
    targets: np.ndarray,
    quantity: Quantity,
    train_size: int,
    seed: int,
) -> Split:
    """Give a table's rows in a random order: the numbers first, then what is one-hot.

    Numbers (N,) each are standardised by the training part, targets (N,) by `quantity`.
    """
    order = np.random.default_rng(seed).permutation(len(targets))
    columns = np.stack(numbers, axis=1)[order]
    train = columns[:train_size]
    columns = (columns - train.mean(axis=0)) / train.std(axis=0)
    inputs = np.hstack([columns, *(columns_of[order] for columns_of in one_hots)])
    wanted = (targets[order, np.newaxis] - quantity.mean) / quantity.spread
    return Split.at(train_size, inputs.astype(np.float32), wanted.astype(np.float32))

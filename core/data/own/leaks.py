"""The data room, one's own: what makes a test score better than it will be on new data.

Rows of the test part that stand in the training part, and columns that say the answer.
"""

from collections.abc import Iterable

import numpy as np

from core.data.own.columns import Column
from core.data.own.prepared import counted, some

SAMPLE = 500
"""Rows that are looked at first: most columns do not say the answer there already."""
SURE = 0.9999
"""Squared correlation with the target of a column that is the target in another unit, rounded."""


def repeated_rows(
    train_inputs: np.ndarray,
    train_targets: np.ndarray,
    test_inputs: np.ndarray,
    test_targets: np.ndarray,
) -> str:
    """A sentence on test rows that are equal to a training row in every number; "" for none."""
    known = {*_keys(train_inputs, train_targets)}
    count = sum(key in known for key in _keys(test_inputs, test_targets))
    if not count:
        return ""
    return (
        f"{count:,} of the {counted(len(test_inputs), 'test row')} "
        f"{'is' if count == 1 else 'are'} also in the training part, equal in all that is fed and "
        "in the answer: the test score will look better than it is on new rows."
    )


def _keys(inputs: np.ndarray, targets: np.ndarray) -> Iterable[tuple[int, bytes]]:
    return (
        (hash(row.tobytes()), truth.tobytes()) for row, truth in zip(inputs, targets, strict=True)
    )


def tells(column: Column, truth: np.ndarray, classify: bool) -> bool:
    """Whether a column alone says the answer of every row.

    `truth` (rows,) holds class places or numbers.
    """
    values = column.values
    if column.kind not in ("words", "number", "date") or np.isnan(values).any():
        return False
    few = slice(None, None, 1 + len(values) // SAMPLE)
    ways = [_decides]
    if column.kind != "words":
        ways.append(_in_ranges if classify else _in_another_unit)
    return any(way(values[few], truth[few]) and way(values, truth) for way in ways)


def telling(names: list[str]) -> str:
    """A sentence on the columns of which `tells` is true; "" for none."""
    if not names:
        return ""
    if len(names) == 1:
        return (
            f"{some(names)} alone says the answer in every row. Leave it out unless it is known "
            "before the answer is."
        )
    return (
        f"Each of {some(names)} alone says the answer in every row. Leave them out unless they are "
        "known before the answer is."
    )


def _decides(values: np.ndarray, truth: np.ndarray) -> bool:
    """Whether equal values have equal answers, where each value is there three times on average.

    A value of its own in every row would say nothing.
    """
    order = np.lexsort((truth, values))
    same = np.diff(values[order]) == 0
    if not 2 <= len(values) - same.sum() <= len(values) / 3:
        return False
    return not (same & (np.diff(truth[order]) != 0)).any()


def _in_ranges(values: np.ndarray, truth: np.ndarray) -> bool:
    """Whether each class has a range of the values for itself."""
    order = np.lexsort((truth, values))
    changes = np.diff(truth[order]) != 0
    apart = np.diff(values[order]) != 0
    return changes.sum() == len(np.unique(truth)) - 1 and not (changes & ~apart).any()


def _in_another_unit(values: np.ndarray, truth: np.ndarray) -> bool:
    x, y = values - values.mean(), truth - truth.mean()
    product = float((x**2).sum() * (y**2).sum())
    return product > 0 and float((x * y).sum()) ** 2 >= SURE * product

"""The data room, one's own: a table and the column to be predicted, as a data set."""

from typing import NamedTuple

import numpy as np

from core.data.dataset import DataError, Split, Task
from core.data.own.cells import Cells
from core.data.own.columns import column
from core.data.own.description import MOST_FEATURES, MOST_TABLE_BYTES, SMALLEST, OwnData
from core.data.own.fed import alike, fed
from core.data.own.leaks import repeated_rows, telling, tells
from core.data.own.names import told_apart
from core.data.own.prepared import Prepared, some, title_of
from core.data.own.reading import chosen
from core.data.own.targets import Target, target_of

TEST_SHARE = 0.2
MOST_REMARKS = 5
"""So many columns are spoken of; the table of all columns says the rest."""


def table_data(
    cells: Cells,
    target: str,
    task: Task,
    *,
    data_id: str,
    file_name: str,
    left_out: tuple[str, ...] = (),
) -> Prepared:
    """Make a data set of a table: predict `target` from all columns but `left_out`.

    Raises DataError with one sentence where that cannot be done.
    """
    asked = target_of(cells, target, task)
    train, test = cut(asked.truth, task)
    inputs = _inputs(cells, {target, *left_out}, asked, train, test)
    more: dict[str, float | str] = {}
    targets = asked.truth
    if task == "regress":
        if alike(targets[train]) or targets[train].std() < SMALLEST:
            raise DataError(f"The numbers in “{target}” are all alike: nothing is to be predicted.")
        mean, spread = float(targets[train].mean()), float(targets[train].std())
        targets = ((targets - mean) / spread)[:, np.newaxis].astype(np.float32)
        more = {"quantity": target, "mean": mean, "spread": spread}
    own = OwnData(
        id=data_id,
        title=title_of(file_name, target),
        classes=asked.classes,
        features=tuple(inputs.names),
        train_size=len(train),
        test_size=len(test),
        choices=chosen(cells.reading, asked.doubtful),
        **more,
    )
    split = Split(inputs.train, targets[train], inputs.test, targets[test])
    warnings = (
        telling(inputs.leaking),
        repeated_rows(inputs.train, targets[train], inputs.test, targets[test]),
    )
    said = (*cells.said, *asked.said, *inputs.remarks, told_cut(own))
    return Prepared(own, split, said, inputs.columns, tuple(filter(None, warnings)))


class _Inputs(NamedTuple):
    """The features' names, their numbers (rows, features), and what became of each column."""

    names: list[str]
    train: np.ndarray
    test: np.ndarray
    columns: tuple[tuple[str, str, str], ...]
    remarks: tuple[str, ...]
    """Sentences on columns with odd cells and on those that are left out."""
    leaking: list[str]
    """Columns each of which says the answer."""


def _inputs(
    cells: Cells, leave: set[str], asked: Target, train: np.ndarray, test: np.ndarray
) -> _Inputs:
    names: list[str] = []
    numbers: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    odd: list[str] = []
    without: dict[str, list[str]] = {}
    leaking: list[str] = []
    told: list[tuple[str, str, str]] = []
    for name in map(str, cells.table.columns):
        if name in leave:
            continue
        holds = column(cells, name, asked.rows)
        features = fed(holds, train, test)
        names += features.names
        for part, places in zip(numbers, (train, test), strict=True):
            part.append(features.numbers[places])
        if features.names and tells(holds, asked.truth, bool(asked.classes)):
            leaking.append(name)
        told.append((name, holds.kind, features.how))
        if holds.odd:
            odd.append(f"“{name}”: {holds.odd}")
        if features.left_out:
            without.setdefault(features.left_out, []).append(name)
        if len(names) > MOST_FEATURES or 4 * len(names) * len(asked.rows) > MOST_TABLE_BYTES:
            raise DataError(
                f"These columns become too many features: at most {MOST_FEATURES:,}, and "
                f"{MOST_TABLE_BYTES // 10**6} MB for all rows. Leave some columns out."
            )
    left = _first([f"{some(names, 3)} ({why})" for why, names in without.items()])
    if not names:
        raise DataError(f"No column is left to predict from: {left or 'there is no other.'}")
    remarks = tuple(filter(None, (_first(odd), left and f"Columns left out: {left}")))
    parts = np.hstack(numbers[0]), np.hstack(numbers[1])
    return _Inputs(told_apart(names), *parts, tuple(told), remarks, leaking)


def _first(remarks: list[str]) -> str:
    """The first remarks of many in one sentence; "" for none."""
    more = f" and {len(remarks) - MOST_REMARKS:,} more" if len(remarks) > MOST_REMARKS else ""
    return "; ".join(remarks[:MOST_REMARKS]) + more + "." if remarks else ""


def cut(truth: np.ndarray, task: Task) -> tuple[np.ndarray, np.ndarray]:
    """The places for training and for testing, 80 to 20, the same every time.

    Of classes, each has its share of both.
    """
    from sklearn.model_selection import train_test_split

    kept, tested = train_test_split(
        np.arange(len(truth)),
        test_size=TEST_SHARE,
        random_state=0,
        stratify=truth if task == "classify" else None,
    )
    return kept, tested


def told_cut(own: OwnData) -> str:
    """A sentence about how a data set was cut in two."""
    each = ", of each class alike" if own.classes else ""
    return f"Cut at random{each}: {own.train_size:,} for training, {own.test_size:,} for testing."

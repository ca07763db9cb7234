"""The data room, one's own: a table and the column to be predicted, as a data set."""

import numpy as np

from core.data.dataset import DataError, Split, Task
from core.data.own.cells import Cells
from core.data.own.columns import column
from core.data.own.description import MOST_FEATURES, MOST_TABLE_BYTES, SMALLEST, OwnData
from core.data.own.fed import alike, fed
from core.data.own.leaks import repeated_rows, telling, tells
from core.data.own.names import told_apart
from core.data.own.prepared import Prepared, title_of
from core.data.own.reading import chosen
from core.data.own.targets import LEAST_OF_A_CLASS as LEAST_OF_A_CLASS
from core.data.own.targets import LEAST_ROWS as LEAST_ROWS
from core.data.own.targets import Target, target_of

TEST_SHARE = 0.2


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
    names, inputs, told, leaking = _inputs(cells, {target, *left_out}, asked, train, test)
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
        features=tuple(names),
        train_size=len(train),
        test_size=len(test),
        choices=chosen(cells.reading),
        **more,
    )
    split = Split(inputs[0], targets[train], inputs[1], targets[test])
    warnings = (
        telling(leaking),
        repeated_rows(inputs[0], targets[train], inputs[1], targets[test]),
    )
    said = (*cells.said, *asked.said, told_cut(own))
    return Prepared(own, split, said, told, tuple(filter(None, warnings)))


def _inputs(
    cells: Cells, leave: set[str], asked: Target, train: np.ndarray, test: np.ndarray
) -> tuple[list[str], tuple[np.ndarray, np.ndarray], tuple[tuple[str, str, str], ...], list[str]]:
    """The features' names, their numbers for training and for testing (rows, features).

    And what became of each column, and the columns that say the answer.
    """
    names: list[str] = []
    numbers: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
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
        if len(names) > MOST_FEATURES or 4 * len(names) * len(asked.rows) > MOST_TABLE_BYTES:
            raise DataError(
                f"These columns become too many features: at most {MOST_FEATURES:,}, and "
                f"{MOST_TABLE_BYTES // 10**6} MB for all rows. Leave some columns out."
            )
    if not names:
        raise DataError(
            "No column is left to predict from: each is constant, empty or a name. Choose below "
            "what a column is read as to keep it."
        )
    inputs = np.hstack(numbers[0]), np.hstack(numbers[1])
    return told_apart(names), inputs, tuple(told), leaking


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

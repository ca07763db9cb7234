"""The data room, one's own: a table and the column to be predicted, as a data set."""

from dataclasses import dataclass

import numpy as np

from core.data.dataset import DataError, Split, Task
from core.data.own.cells import Cells
from core.data.own.columns import column, numbers_in
from core.data.own.description import MOST_BYTES, MOST_CLASSES, MOST_FEATURES, OwnData
from core.data.own.names import tidy, told_apart
from core.data.own.prepared import Prepared, counted, some, title_of

FEW_VALUES = 10
"""Numbers that take no more values than these are taken for classes, where nobody says more."""
LEAST_OF_A_CLASS, LEAST_ROWS = 5, 20
TEST_SHARE = 0.2
LARGEST = 1e15


@dataclass(frozen=True, eq=False)
class Target:
    """What is predicted: the rows that have it, and of each its class's place or its number."""

    rows: np.ndarray
    truth: np.ndarray
    classes: tuple[str, ...]
    said: tuple[str, ...]


def suggested(cells: Cells, target: str) -> Task:
    """What is asked of a column where nobody says more: words are classes, so are few numbers."""
    given = cells.table[target].dropna()
    few = given.nunique() <= FEW_VALUES
    return "classify" if few or numbers_in(given, cells.decimal) is None else "regress"


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
    asked = (_classes if task == "classify" else _numbers)(cells, target)
    train, test = cut(asked.truth, task)
    names, inputs, columns = _inputs(cells, {target, *left_out}, asked.rows, train)
    more: dict[str, float | str] = {}
    targets = asked.truth
    if task == "regress":
        mean, spread = float(targets[train].mean()), float(targets[train].std())
        if spread <= 1e-9 * max(1.0, abs(mean)):
            raise DataError(f"The numbers in “{target}” are all alike: nothing is to be predicted.")
        targets = ((targets - mean) / spread)[:, np.newaxis].astype(np.float32)
        more = {"quantity": target, "mean": mean, "spread": spread}
    own = OwnData(
        id=data_id,
        title=title_of(file_name, target),
        classes=asked.classes,
        features=tuple(names),
        train_size=len(train),
        test_size=len(test),
        **more,
    )
    split = Split(inputs[train], targets[train], inputs[test], targets[test])
    return Prepared(own, split, (*cells.said, *asked.said, told_cut(own)), columns)


def _inputs(
    cells: Cells, leave: set[str], rows: np.ndarray, train: np.ndarray
) -> tuple[list[str], np.ndarray, tuple[tuple[str, str, str], ...]]:
    """The features' names, their numbers (rows, features), and what became of each column."""
    table = cells.table.iloc[rows].reset_index(drop=True)
    names: list[str] = []
    numbers: list[np.ndarray] = []
    told: list[tuple[str, str, str]] = []
    for name in table.columns:
        if name in leave:
            continue
        holds = column(name, table[name], cells.decimal)
        fed = holds.feed(train)
        names += fed.names
        numbers.append(fed.numbers.astype(np.float32))
        told.append((name, holds.kind, fed.how))
        if len(names) > MOST_FEATURES or 4 * len(names) * len(rows) > MOST_BYTES:
            raise DataError(
                f"These columns become too many features: at most {MOST_FEATURES}, and "
                f"{MOST_BYTES // 10**6} MB for all rows. Leave some columns out."
            )
    if not names:
        raise DataError("No column is left to predict from: each is constant, empty or a name.")
    return told_apart(names), np.hstack(numbers), tuple(told)


def _classes(cells: Cells, target: str) -> Target:
    """The rows whose class is known and not too rare."""
    words = cells.table[target]
    counts = words.value_counts()
    often = counts[counts >= LEAST_OF_A_CLASS].index
    if len(often) > MOST_CLASSES:
        raise DataError(
            f"“{target}” holds {len(often):,} different values; at most {MOST_CLASSES} can be told "
            "apart. Predict the number instead, or choose another column."
        )
    if len(often) < 2:
        raise DataError(
            f"“{target}” needs at least two values with {LEAST_OF_A_CLASS} rows each to be told "
            "apart. Choose another column."
        )
    if numbers_in(often.to_series(), cells.decimal) is not None:
        ordered = sorted(often, key=lambda word: (float(word.replace(",", ".")), word))
    else:
        ordered = sorted(often)
    places = {word: place for place, word in enumerate(ordered)}
    rows = np.flatnonzero(words.isin(ordered).to_numpy())
    said = _without(cells, target)
    if rare := [tidy(word) for word in counts.index if word not in places]:
        count = int(counts.sum()) - len(rows)
        said += (
            f"Left out: {counted(count, 'row')} of classes with fewer than {LEAST_OF_A_CLASS} rows "
            f"({some(rare)}).",
        )
    truth = np.array([places[word] for word in words.iloc[rows]], np.int64)
    return _enough(Target(rows, truth, tuple(told_apart(ordered, "class")), said))


def _numbers(cells: Cells, target: str) -> Target:
    """The rows whose number is known."""
    numbers = numbers_in(cells.table[target], cells.decimal)
    if numbers is None:
        raise DataError(f"“{target}” holds words, no numbers: tell its values apart as classes.")
    if numbers.abs().max() > LARGEST:
        raise DataError(f"“{target}” holds numbers beyond 10¹⁵; give them in a larger unit.")
    rows = np.flatnonzero(numbers.notna().to_numpy())
    truth = numbers.to_numpy(np.float64)[rows]
    return _enough(Target(rows, truth, (), _without(cells, target)))


def _without(cells: Cells, target: str) -> tuple[str, ...]:
    missing = int(cells.table[target].isna().sum())
    return (f"Left out: {counted(missing, 'row')} without “{target}”.",) if missing else ()


def _enough(target: Target) -> Target:
    if len(target.rows) < LEAST_ROWS:
        raise DataError(
            f"Only {counted(len(target.rows), 'row')} can be used; {LEAST_ROWS} are needed."
        )
    return target


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

"""The data room, one's own: the column that is to be predicted, as classes or as a number."""

from dataclasses import dataclass, replace

import numpy as np

from core.data.dataset import DataError, Task
from core.data.own import marks
from core.data.own.cells import Cells, words_of
from core.data.own.columns import Column, column
from core.data.own.description import MOST_CLASSES, SMALLEST
from core.data.own.names import tidy, told_apart
from core.data.own.prepared import counted, some
from core.data.own.words import MOSTLY, is_nothing, spellings

FEW_VALUES = 10
"""Numbers that take no more values than these are taken for classes, where nobody says more."""
LEAST_OF_A_CLASS, LEAST_ROWS = 5, 20
CALLED = {"label", "labels", "target", "class", "outcome", "y"}
"""What the column to predict is often called, wherever it stands."""
CLASSES_TOO = {"none", "nil", "-", "–", "—", "--"}
"""Words for nothing that are a class where they are frequent: no disease, a negative result."""


@dataclass(frozen=True, eq=False)
class Target:
    """What is predicted: the rows that have it, and of each its class's place or its number."""

    rows: np.ndarray
    truth: np.ndarray
    classes: tuple[str, ...]
    said: tuple[str, ...]
    doubtful: tuple[str, ...] = ()
    """Words that may have meant a missing value."""


@dataclass(frozen=True)
class Doubt:
    """Words of the column to predict that may mean a missing value, or a class."""

    words: tuple[str, ...]
    rows: int
    missing: bool
    """Whether they are taken for missing values where nobody says more."""


def usual_target(cells: Cells) -> str:
    """The column that is predicted where nobody says more: one called so, else the last."""
    holds = [name for name in map(str, cells.table.columns) if cells.table[name].notna().any()]
    called = [name for name in holds if name.lower() in CALLED]
    return (called or holds or [str(cells.table.columns[-1])])[-1]


def suggested(cells: Cells, target: str) -> Task:
    """What is asked of a column where nobody says more: words are classes, so are few numbers."""
    wanted = cells.reading.kind_of(target)
    if wanted:
        return "regress" if wanted == "number" else "classify"
    numbers = _numbers_in(cells, target)
    if numbers is None or np.isfinite(numbers.values).sum() < MOSTLY * _known(cells, target):
        return "classify"
    return "classify" if len(np.unique(numbers.values)) <= FEW_VALUES else "regress"


def doubt(cells: Cells, target: str) -> Doubt | None:
    """What is to be asked about words for nothing in a column of classes; None for nothing."""
    codes, words = words_of(cells.table[target])
    counts = np.bincount(codes[codes >= 0], minlength=len(words))
    asked = [place for place, word in enumerate(words) if counts[place] and is_nothing(word)]
    if not asked:
        return None
    others = [word for word in words if not is_nothing(word)]
    numbers = np.isfinite(marks.numbers_of(others, cells.decimal(target)).values).sum()
    classes = [
        place
        for place in asked
        if words[place].lower() in CLASSES_TOO and counts[place] >= LEAST_OF_A_CLASS
    ]
    if classes and 2 * numbers <= len(others):
        asked, missing = classes, False
    else:
        missing = True
    return Doubt(tuple(words[place] for place in asked), int(counts[asked].sum()), missing)


def target_of(cells: Cells, name: str, task: Task) -> Target:
    """The rows that say what is to be predicted, and what. Raises DataError."""
    found = (_classes if task == "classify" else _numbers)(cells, name)
    if len(found.rows) < LEAST_ROWS:
        raise DataError(
            f"Only {counted(len(found.rows), 'row')} can be used; {LEAST_ROWS} are needed."
        )
    return found


def _classes(cells: Cells, name: str) -> Target:
    """The rows whose class is known and not too rare."""
    codes, words = words_of(cells.table[name])
    nothing = np.array([is_nothing(word) for word in words], bool)
    asked, missing = doubt(cells, name), cells.reading.words_for_nothing
    if asked and not (asked.missing if missing is None else missing):
        nothing &= np.array([word not in asked.words for word in words], bool)
    counts = np.bincount(codes[codes >= 0], minlength=len(words)) * ~nothing
    kept, places, joined = spellings(words, counts, cells.reading.one_spelling)
    totals = np.bincount(places[places >= 0], weights=counts[places >= 0], minlength=len(kept))
    often = [word for word, count in zip(kept, totals, strict=True) if count >= LEAST_OF_A_CLASS]
    if len(often) > MOST_CLASSES:
        raise DataError(
            f"“{name}” holds {len(often):,} different values; at most {MOST_CLASSES} can be told "
            "apart. Predict the number instead, or choose another column."
        )
    if len(often) < 2:
        raise DataError(
            f"“{name}” needs at least two values with {LEAST_OF_A_CLASS} rows each to be told "
            "apart. Choose another column."
        )
    numbers = marks.numbers_of(often, cells.decimal(name)).values
    order = np.lexsort((np.array(often), np.where(np.isfinite(numbers).all(), numbers, 0)))
    ordered = [often[place] for place in order]
    place_of = {word: place for place, word in enumerate(ordered)}
    of_word = np.array([place_of.get(kept[n], -1) if n >= 0 else -1 for n in [*places, -1]])
    of_row = of_word[codes]
    rows = np.flatnonzero(of_row >= 0)
    said = _without(name, len(codes) - int(totals.sum()), [*np.array(words)[nothing]])
    if joined:
        said.append(f"Spelled alike but for capitals and spaces, so one class: {joined}.")
    rare = [(word, int(count)) for word, count in zip(kept, totals, strict=True)
            if 0 < count < LEAST_OF_A_CLASS]  # fmt: skip
    if rare:
        said.append(
            f"Left out: {counted(sum(count for _, count in rare), 'row')} of classes with fewer "
            f"than {LEAST_OF_A_CLASS} rows ({some([tidy(word) for word, _ in rare])})."
        )
    doubtful = asked.words if asked else ()
    classes = tuple(told_apart(ordered, "class"))
    return Target(rows, of_row[rows].astype(np.int64), classes, tuple(said), doubtful)


def _numbers(cells: Cells, name: str) -> Target:
    """The rows whose number is known."""
    column = _numbers_in(cells, name)
    if column is None or np.isfinite(column.values).sum() < _known(cells, name) / 2:
        raise DataError(f"“{name}” holds words, not numbers: tell its values apart as classes.")
    rows = np.flatnonzero(np.isfinite(column.values))
    truth = column.values[rows]
    if 0 < np.abs(truth).max() < SMALLEST:
        raise DataError(f"“{name}” holds numbers below {SMALLEST:g}; give them in a smaller unit.")
    said = _without(name, len(column.values) - len(rows), [])
    return Target(
        rows,
        truth,
        (),
        (*said, *(f"“{name}”: {note}." for note in (*column.notes, column.odd) if note)),
    )


def _numbers_in(cells: Cells, name: str) -> Column | None:
    """The column read as numbers, whatever else it may hold; None where it holds none."""
    kinds = (*((n, kind) for n, kind in cells.reading.kinds if n != name), (name, "number"))
    try:
        return column(replace(cells, reading=replace(cells.reading, kinds=kinds)), name)
    except DataError:
        return None


def _known(cells: Cells, name: str) -> int:
    codes, words = words_of(cells.table[name])
    nothing = np.array([*(is_nothing(word) for word in words), True])
    return int((~nothing[codes]).sum())


def _without(name: str, count: int, words: list[str]) -> list[str]:
    if not count:
        return []
    shown = f" ({some([tidy(word) for word in words], 3)} taken for missing)" if words else ""
    return [f"Left out: {counted(count, 'row')} without “{name}”{shown}."]

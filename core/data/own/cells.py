"""The data room, one's own: the bytes of a CSV file as columns of text, and how these are read.

Every column keeps its different cells once and the place of each row's among them, so that wide and
long tables stay small, and a cell is looked at once however often it stands in a column.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import count, islice

import numpy as np
import pandas as pd

from core.data.dataset import DataError
from core.data.own import dates, marks
from core.data.own.description import MOST_ROWS
from core.data.own.encodings import ENCODINGS, decoded
from core.data.own.names import told_apart
from core.data.own.reading import AS_IT_IS, Reading
from core.data.own.records import DELIMITERS, NOTHING, Records, records

MOST_FILE = 100_000_000
MOST_COLUMNS = 1_000
MOST_CELLS = 40_000_000
CHUNK = 1_000
"""Rows that are read before they are put away by column."""
MANY = 20_000
"""Different cells of a column beyond which each row's text is kept instead."""
SAMPLE = 20
"""So many different cells of a column say whether its dates are worth a look."""


@dataclass(frozen=True)
class Question:
    """What the file leaves open: cells of a column that can be read in two ways."""

    about: str
    """The field of `Reading` that answers it: "decimal" or "date_order"."""
    column: str
    cells: tuple[str, ...]
    readings: tuple[tuple[str, str], ...]
    """Each answer and what the cells are with it, the usual one first."""

    def answered(self, reading: Reading, answer: str) -> Reading:
        """The reading with this question answered."""
        if self.about == "decimal":
            return replace(reading, decimal=answer)
        return replace(reading, date_order=answer)


@dataclass(frozen=True, eq=False)
class Cells:
    """The columns of a table as text, missing where a cell is empty, and how they are read.

    `evidence` and `dated` say, by column, which marks its numbers prove, and of columns of dates
    what comes first in them and whether that is certain.
    """

    table: pd.DataFrame
    reading: Reading
    """What nobody chose is what the file says, or what is usual; empty where nothing depends on it.
    """
    evidence: dict[str, marks.Evidence]
    dated: dict[str, tuple[str, bool]]
    questions: tuple[Question, ...]
    """What the file leaves open; the usual answer counts until a person gives another."""
    said: tuple[str, ...]

    def decimal(self, column: str) -> str:
        """The mark before decimals in a column."""
        return self.evidence[column].proves or self.reading.decimal or "."

    def order(self, column: str) -> str:
        """What comes first in a column's dates, "day" or "month"."""
        order, sure = self.dated.get(column, ("", False))
        return order if sure and order else self.reading.date_order or "day"

    def read_as(self, reading: Reading) -> "Cells":
        """The same cells read as a person chose; the encoding and the delimiter stay."""
        return replace(
            self,
            reading=replace(
                reading,
                encoding=self.reading.encoding,
                delimiter=self.reading.delimiter,
                decimal=reading.decimal or self.reading.decimal,
                date_order=reading.date_order or self.reading.date_order,
            ),
        )


def read_cells(data: bytes, reading: Reading = AS_IT_IS) -> Cells:
    """Read a CSV file. Raises DataError with one sentence for whatever is no table."""
    if len(data) > MOST_FILE:
        raise DataError(f"This file is larger than {MOST_FILE // 10**6} MB. Bring a part of it.")
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise DataError("This is a spreadsheet or a zip, not a CSV file: save the sheet as CSV.")
    text, encoding, lost = decoded(data, reading.encoding)
    found = records(text, reading.delimiter)
    del text
    table = _table(found)
    said = (
        f"Read as {ENCODINGS[encoding].split(' (')[0]}, cells apart by "
        f"{DELIMITERS.get(found.delimiter, f'“{found.delimiter}”')}.",
        *lost,
        *found.said,
    )
    return _understood(table, encoding, found.delimiter, said).read_as(reading)


def words_of(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """A column's different cells, and of each row the place among them, -1 where it is empty."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(), column.cat.categories.tolist()
    codes, words = pd.factorize(column)
    return codes, list(words)


def column_of(cells: list[str]) -> pd.Series:
    """Cells as a column; empty ones are missing, spaces around them do not count."""
    return _column([np.arange(len(cells))], cells)


def _table(found: Records) -> pd.DataFrame:
    width, most = len(found.names), len(found.lines) - found.start
    if width > MOST_COLUMNS:
        raise DataError(f"This table has {width:,} columns; at most {MOST_COLUMNS:,} fit.")
    columns: list[_Stored] = [_Stored() for _ in found.names]
    rows, total = found.rows(), 0
    while chunk := list(islice(rows, CHUNK)):
        total += len(chunk)
        if total > MOST_ROWS or total * width > MOST_CELLS or most * width > 3 * MOST_CELLS:
            raise DataError(
                f"This table is too large: at most {MOST_ROWS:,} rows and {MOST_CELLS // 10**6} "
                "million cells fit. Bring a part of it."
            )
        for column, cells in zip(columns, zip(*chunk, strict=True), strict=True):
            column.add(cells)
    if total < 2 or width < 2:
        raise DataError(NOTHING)
    names = told_apart(found.names)
    return pd.DataFrame({name: columns.pop(0).column() for name in names})


class _Stored:
    """A column while it is read: each different cell once, unless there are too many of them."""

    def __init__(self) -> None:
        self.places: defaultdict[str, int] = defaultdict(count().__next__)
        self.codes: list[np.ndarray] = []
        self.texts: list[pd.Series] = []

    def add(self, cells: tuple[str, ...]) -> None:
        if not self.texts and len(self.places) <= MANY:
            codes = np.fromiter(map(self.places.__getitem__, cells), np.int32, len(cells))
            self.codes.append(codes if len(self.places) > 2**15 else codes.astype(np.int16))
            return
        if not self.texts:
            self.texts.append(_column(self.codes, [*self.places]).astype("str"))
        self.texts.append(column_of(list(cells)).astype("str"))

    def column(self) -> pd.Series:
        if self.texts:
            return pd.concat(self.texts, ignore_index=True)
        return _column(self.codes, [*self.places])


def _column(codes: list[np.ndarray], cells: list[str]) -> pd.Series:
    """Rows (places among the cells) as a category column; empty cells are missing."""
    places: dict[str, int] = {}
    words = [cell.strip() for cell in cells]
    at = np.array([places.setdefault(word, len(places)) if word else -1 for word in words])
    return pd.Series(
        pd.Categorical.from_codes(at[np.concatenate(codes)], dtype=pd.CategoricalDtype([*places]))
    )


def _understood(table: pd.DataFrame, encoding: str, delimiter: str, said: tuple[str, ...]) -> Cells:
    """Decide which marks numbers have and what comes first in dates, once for all columns."""
    evidence: dict[str, marks.Evidence] = {}
    dated: dict[str, tuple[str, bool]] = {}
    for name in map(str, table.columns):
        words = words_of(table[name])[1]
        evidence[name] = marks.evidence(words[:: 1 + len(words) // marks.MOST_LOOKED_AT])
        looks = [dates.written(word) is not None for word in words[:SAMPLE]]
        order, sure = dates.order_of(words) if 2 * sum(looks) > len(looks) else ("", True)
        if order:
            dated[name] = order, sure
    decimal, proven = marks.decided([*evidence.values()], delimiter)
    if not any(found.proves or found.either for found in evidence.values()):
        decimal = ""
    questions = [] if proven else [_open_mark(evidence, decimal)]
    orders = [order for order, sure in dated.values() if sure]
    first = max(orders, key=orders.count, default="")
    if dated and not first:
        name = next(iter(dated))
        first = _usual_order(table[name], delimiter)
        questions.append(_open_order(name, words_of(table[name])[1], first))
    reading = Reading(encoding, delimiter, decimal, first)
    return Cells(table, reading, evidence, dated, tuple(questions), said)


def _open_mark(evidence: dict[str, marks.Evidence], usual: str) -> Question:
    """Ask which mark stands before decimals, by the cells of the first column that fits both."""
    name, cells = next(
        (name, one.either) for name, one in evidence.items() if one.either and not one.proves
    )
    readings = tuple(
        (mark, "; ".join(f"{value:.10g}" for value in marks.numbers_of(cells, mark).values))
        for mark in (usual, marks.OTHER[usual])
    )
    return Question("decimal", name, cells, readings)


def _open_order(name: str, words: list[str], usual: str) -> Question:
    """Ask whether day or month comes first, by the first and the last date of a column."""
    readings = []
    both = zip(*(dates.days_of(words, order) for order in ("day", "month")), strict=True)
    cell = next((word for word, (a, b) in zip(words, both, strict=True) if a != b), words[0])
    for order in (usual, "month" if usual == "day" else "day"):
        days = dates.days_of(words, order)
        known = days[np.isfinite(days)]
        readings.append((order, f"{dates.told(known.min())} to {dates.told(known.max())}"))
    return Question("date_order", name, (cell,), tuple(readings))


def _usual_order(column: pd.Series, delimiter: str) -> str:
    """The order in which the dates, row by row, go on more evenly; else that of the file's land."""
    codes, words = words_of(column)
    uneven = {}
    for order in ("day", "month"):
        days = dates.days_of(words, order)[codes[codes >= 0]]
        steps = np.diff(days[np.isfinite(days)])
        uneven[order] = float(np.std(steps)) if len(steps) else 0.0
    even = min(uneven, key=uneven.__getitem__)
    if 2 * uneven[even] < max(uneven.values()):
        return even
    return "day" if delimiter == ";" else "month"

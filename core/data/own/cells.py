"""The data room, one's own: the bytes of a CSV file as columns of text."""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from itertools import islice

import pandas as pd

from core.data.dataset import DataError
from core.data.own.description import MOST_ROWS
from core.data.own.names import told_apart
from core.data.own.prepared import counted

MOST_FILE = 20_000_000
MOST_COLUMNS = 500
MOST_CELLS = 4_000_000
MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-"}
"""What stands in a cell that holds nothing, whatever its case."""
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True, eq=False)
class Cells:
    """The columns of a table as text, missing where a cell holds nothing, and how it was read."""

    table: pd.DataFrame
    decimal: str
    """The mark before decimals: "," where the file may use that."""
    said: tuple[str, ...]


def read_cells(data: bytes) -> Cells:
    """Read a CSV file. Raises DataError with one sentence for whatever is no table."""
    text, encoding = _decoded(data)
    try:
        delimiter = _delimiter(text)
        rows = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
        body = list(islice((row for row in rows if any(map(str.strip, row))), MOST_ROWS + 2))
    except csv.Error as fault:
        raise DataError(f"This file cannot be read as a table ({fault!s:.80}).") from None
    head = body[0] if body else []
    if len(head) > MOST_COLUMNS:
        raise DataError(f"This table has {len(head):,} columns; at most {MOST_COLUMNS} fit.")
    if len(body) > MOST_ROWS or len(body) * len(head) > MOST_CELLS:
        raise DataError(
            f"This table is too large: at most {MOST_ROWS:,} rows and {MOST_CELLS // 10**6} "
            "million cells fit. Bring a part of it."
        )
    for number, row in enumerate(body, 1):
        if len(row) != len(head):
            raise DataError(
                f"Row {number:,} has {counted(len(row), 'cell')}, but the first has {len(head):,}: "
                "in a table all rows have equally many."
            )
    said = [f"Read as {encoding}, cells apart by {DELIMITERS[delimiter]}."]
    if all(_is_number(cell) for cell in head):
        said.append("The first row holds numbers: the columns have no names, so they got some.")
        head = [""] * len(head)
    else:
        body = body[1:]
    if len(body) < 2 or len(head) < 2:
        raise DataError("A table needs a row of names, at least two columns and some rows.")
    columns = zip(told_apart(head), zip(*body, strict=True), strict=True)
    cells = {name: pd.Series([_content(cell) for cell in column]) for name, column in columns}
    table = pd.DataFrame({name: column.astype("str") for name, column in cells.items()})
    return Cells(table, "." if delimiter == "," else ",", tuple(said))


def _decoded(data: bytes) -> tuple[str, str]:
    if len(data) > MOST_FILE:
        raise DataError(f"This file is larger than {MOST_FILE // 10**6} MB. Bring a part of it.")
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise DataError("This is a spreadsheet or a zip, no CSV: save the sheet as CSV first.")
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    name = "UTF-16" if wide else "UTF-8"
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text, name = data.decode("latin-1"), f"Latin-1 (it is no {name})"
    if "\0" in text:
        raise DataError("This file is no text: a CSV file is one, with a row of names first.")
    return text, name


def _delimiter(text: str) -> str:
    """The mark that cuts the first lines into the most cells, equally many in most lines."""
    start = text[:100_000]
    best, most = ",", (0, 1)
    for mark in DELIMITERS:
        rows = csv.reader(io.StringIO(start, newline=None), delimiter=mark)
        widths = Counter(len(row) for row in islice(rows, 20) if row)
        for width, times in widths.most_common(1):
            if width > 1 and (times, width) > most:
                best, most = mark, (times, width)
    return best


def _content(cell: str) -> str | None:
    cell = cell.strip()
    return None if cell.lower() in MISSING else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True

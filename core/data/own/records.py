"""The data room, one's own: the text of a table as rows of cells, and what in it is no row.

Title lines, a line that names the delimiter, names that are missing or one too many, lines below
the table: what is skipped or added is said, with its line.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from core.data.dataset import DataError
from core.data.own.marks import split
from core.data.own.prepared import counted
from core.data.own.quotes import Row, rows_of

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "spaces"}
LOOKED_AT = 200
"""So many of the first rows say what the table is."""
MOST_TITLES, MOST_FOOTERS = 20, 5
NOTHING = "A table needs a row of names, at least two columns and some rows."
_NAMED = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


@dataclass
class Records:
    """Rows of equally many cells, the names above them, and what is to be said about both."""

    names: Row
    """Empty where a column has no name."""
    delimiter: str
    lines: list[str]
    start: int
    """The place in `lines` of the first row below the names."""
    above: int
    """Lines of the file before the first of `lines`."""
    shortest: int
    """The fewest cells that a row may have: names at the end that are empty need none."""
    head: Row
    """The row of names as it stands in the file; empty where there is none."""
    said: list[str]

    def rows(self) -> Iterator[Row]:
        """Each row below the names, padded or cut to their number. Raises DataError."""
        footers: list[int] = []
        trimmed, again, width = 0, 0, len(self.names)
        for place, _, row in rows_of(
            self.lines, self.start, self.delimiter, width, self.above, self.said
        ):
            if len(row) > width and not any(map(str.strip, row[width:])):
                trimmed += 1
                del row[width:]
            if not self.shortest <= len(row) <= width:
                if not _is_footer(row) or len(footers) == MOST_FOOTERS:
                    raise self._ragged(place, row)
                footers.append(place)
                continue
            if footers:
                raise self._ragged(footers[0], [""])
            if row == self.head:
                again += 1
                continue
            yield row + [""] * (width - len(row))
        if footers:
            self.said.append(
                f"Left out: {counted(len(footers), 'line')} below the table, from line "
                f"{footers[0] + self.above + 1:,} on."
            )
        if again:
            self.said.append(f"Left out: {counted(again, 'row')} that {_repeat(again)} the names.")
        if trimmed:
            self.said.append(f"{counted(trimmed, 'row')} ended with empty cells too many.")

    def _ragged(self, place: int, row: Row) -> DataError:
        return DataError(
            f"Line {place + self.above + 1:,} has {counted(len(row), 'cell')}, but the names are "
            f"{len(self.names):,}: in a table all rows have equally many."
        )


def records(text: str, delimiter: str = "") -> Records:
    """Find the rows of a text and the names above them. Raises DataError where there are none."""
    lines = text.split("\n")
    above = 0
    said: list[str] = []
    if named := _NAMED.fullmatch(lines[0].strip()):
        delimiter = delimiter or named[1]
        lines, above = lines[1:], 1
        said.append(f"The first line names the mark between cells, “{named[1]}”.")
    delimiter = delimiter or _delimiter(lines)
    if delimiter == " ":
        lines = [" ".join(line.split()) for line in lines]
    first = list(islice(rows_of(lines, 0, delimiter), LOOKED_AT))
    if not first:
        raise DataError(NOTHING)
    titles = _titles([row for _, _, row in first])
    if titles:
        shown = "; ".join(" ".join(cell for cell in row if cell) for _, _, row in first[:titles])
        said.append(f"Skipped: {counted(titles, 'line')} above the names (“{shown:.80}”).")
    begun, end, head = first[titles]
    below = [row for _, _, row in first[titles + 1 :]]
    names = [name.strip() for name in head]
    if _is_row(names, below):
        said.append("The first row holds values: the columns have no names, so they got some.")
        return Records([""] * len(names), delimiter, lines, begun, above, len(names), [], said)
    if below and all(len(row) == len(names) + 1 and row[-1].strip() for row in below):
        names = ["", *names]
        said.append("The names are one fewer than the cells below: the first column has none.")
    shortest = len(names)
    while shortest > 1 and not names[shortest - 1]:
        shortest -= 1
    if shortest < len(names) and not any(any(map(str.strip, row[shortest:])) for row in below):
        count = len(names) - shortest
        said.append(f"The names end with {counted(count, 'empty column')}: a mark too many.")
    return Records(names, delimiter, lines, end, above, shortest, head, said)


def _repeat(count: int) -> str:
    return "repeats" if count == 1 else "repeat"


def _delimiter(lines: list[str]) -> str:
    """The mark that cuts the first lines into the most cells, equally many in most lines.

    Spaces are one where no other mark is, or tabs only, and every line has equally many parts.
    """
    start = [line[:10_000] for line in islice(filter(str.strip, lines), LOOKED_AT)]
    best, most = "", (0, 1)
    for mark in (mark for mark in DELIMITERS if mark != " "):
        widths = Counter(len(row) for _, _, row in rows_of(start, 0, mark))
        for width, times in widths.most_common(2):
            if width > 1 and (times, width) > most:
                best, most = mark, (times, width)
    if len(start) > 1 and (2 * most[0] <= len(start) or best == "\t"):
        apart = [row for _, _, row in rows_of([" ".join(line.split()) for line in start], 0, " ")]
        parts = len(apart[0])
        numbers = sum(_is_number(cell) for row in apart for cell in row)
        if parts > most[1] and all(len(row) == parts for row in apart):
            return " " if not best or 2 * numbers > parts * len(apart) else best
    return best or ","


def _titles(rows: list[Row]) -> int:
    """How many rows stand above the names: those with few cells above a full row of words."""
    usual = Counter(map(len, rows)).most_common(1)[0][0]
    if usual < 2:
        return 0
    short = list(takewhile(lambda row: len(row) != usual, rows[: MOST_TITLES + 1]))
    if _stands_above(rows[len(short) : len(short) + 1], rows[len(short) + 1 :], usual):
        return len(short)
    for place, row in enumerate(rows[: MOST_TITLES + 1]):
        cells = [cell.strip() for cell in row]
        if len(cells) >= usual - 1 and all(cells[: usual - 1]) and not any(map(_is_number, cells)):
            return place
        few = sum(map(bool, cells)) <= max(1, usual // 2)
        if not (few and cells[0]):
            return place if place and all(len(above) == 1 for above in rows[:place]) else 0
    return 0


def _stands_above(names: list[Row], below: list[Row], usual: int) -> bool:
    """Whether this row is full of different words, above a column of numbers."""
    cells = [cell.strip() for row in names for cell in row]
    if not cells or not all(cells) or len({*cells}) < len(cells) or any(map(_is_number, cells)):
        return False
    columns = zip(*(row for row in below if len(row) == usual), strict=True)
    return any(2 * sum(map(_is_number, column)) > len(column) for column in columns)


def _is_row(names: Row, below: list[Row]) -> bool:
    """Whether what should be names is a row of values.

    It is where numbers stand above all columns of numbers, but for 0, 1, 2 … and years in order;
    and where every word of it comes again below.
    """
    numbers = [_is_number(name) for name in names]
    if any(numbers):
        return not _in_order(names, numbers) and all(
            known
            for place, known in enumerate(numbers)
            if sum(_is_number(row[place]) for row in below if place < len(row)) > len(below) / 2
        )
    if not all(names) or len(below) < 2 or [*names] in ([*map(str.strip, row)] for row in below):
        return False
    columns = zip(*(row for row in below if len(row) == len(names)), strict=True)
    known = [name in set(map(str.strip, column)) for name, column in zip(names, columns)]  # noqa: B905
    return bool(known) and all(known)


def _in_order(names: Row, numbers: list[bool]) -> bool:
    """Whether the numbers among names are whole and one step apart, as 0, 1, 2 or years are."""
    whole = [int(n) for n, number in zip(names, numbers, strict=True) if number and n.isdecimal()]
    steps = {after - before for before, after in zip(whole, whole[1:], strict=False)}
    return len(whole) == sum(numbers) > 1 and len(steps) == 1 and min(steps) > 0


def _is_number(cell: str) -> bool:
    return bool(split(cell)[1])


def _is_footer(row: Row) -> bool:
    """Whether a row is a remark below a table: one cell of words."""
    cells = [cell.strip() for cell in row if cell.strip()]
    return len(cells) == 1 and not _is_number(cells[0]) and any(c.isalpha() for c in cells[0])

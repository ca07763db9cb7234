"""The data room, one's own: lines of a text as rows of cells, and quotes that swallow rows.

A cell in quotes may hold the delimiter and line breaks. A quote that somebody opened and never
closed, as the mark of inches, would swallow every row up to the next quote, in silence.
"""

import csv
from collections.abc import Iterator
from typing import Any

from core.data.dataset import DataError

MOST_MENDED = 100
"""Lines with a quote that is never closed; after each of them the reader starts again."""
MANY_LINES = 5
Row = list[str]


def rows_of(
    lines: list[str],
    start: int,
    delimiter: str,
    width: int = 0,
    above: int = 0,
    said: list[str] | None = None,
) -> Iterator[tuple[int, int, Row]]:
    """Rows that are not empty: the place of the first line, that after the last, the cells.

    A quote that swallows rows is read as any other mark: where what it swallows is rows of `width`
    cells, line by line. `said` gets a sentence with the number of the line, `above` more than its
    place. Raises DataError for any other quote that is never closed, where the width is known.
    """
    place, mended = start, 0
    while place < len(lines):
        end, row = place + 1, None
        if '"' in lines[place]:
            end, row = _quoted(lines, place, delimiter, width, above)
            if row is None and width:
                mended += 1
                if said is not None and mended <= 3:
                    said.append(_mended(lines[place], place + above + 1))
                if mended > MOST_MENDED:
                    raise _never_closed(place + above, "; so do many others")
        if row is None:
            end, row = place + 1, lines[place].split(delimiter)
        if any(map(str.strip, row)):
            yield place, end, row
        place = end


def _quoted(
    lines: list[str], place: int, delimiter: str, width: int, above: int
) -> tuple[int, Row | None]:
    """The row that begins with a line that has quotes, and the place after it; None: no quotes."""
    reader = _reader((lines[n] + "\n" for n in range(place, len(lines))), delimiter)
    try:
        row: Row | None = next(reader)
    except csv.Error:  # longer than a cell can be
        row = None
    end = place + reader.line_num
    swallowed = lines[place:end]
    if row is not None and len(swallowed) == 1 and end < len(lines):
        return end, row
    broken = row is None or not _is_sound(swallowed, delimiter)
    if broken and not width:
        return end, None
    if broken or (len(swallowed) > 1 and (width > 2 or len(swallowed) > MANY_LINES)):
        alone = (line for line in swallowed[1:] if line.strip())
        fits = len(swallowed[0].split(delimiter)) == width
        if fits and all(_fits(line, delimiter, width) for line in alone):
            return end, None
    swallows = broken and len(swallowed) > 1
    if row is None or (broken and end == len(lines)) or (swallows and len(row) != width):
        raise _never_closed(place + above)
    return end, row


def _reader(lines: Iterator[str], delimiter: str, strict: bool = False) -> Any:
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter != " ", strict=strict)


def _is_sound(lines: list[str], delimiter: str) -> bool:
    """Whether every quote in these lines is closed, and stands where one may."""
    try:
        return bool(list(_reader((line + "\n" for line in lines), delimiter, strict=True)))
    except csv.Error:
        return False


def _fits(line: str, delimiter: str, width: int) -> bool:
    """Whether a line by itself is a row of so many cells, its quotes taken for quotes or not."""
    if line.count(delimiter) + 1 == width:
        return True
    try:
        return '"' in line and len(next(_reader(iter([line]), delimiter))) == width
    except csv.Error:
        return False


def _mended(line: str, number: int) -> str:
    place = max(0, line.find('"') - 10)
    return (
        f"Line {number:,} opens a quote that is never closed (“{line[place : place + 30]}”): read "
        "as a mark like any other."
    )


def _never_closed(place: int, more: str = "") -> DataError:
    return DataError(
        f"Line {place + 1:,} opens a quote that is never closed{more}. Close it, or leave it out, "
        "and bring the file again."
    )

"""The data room, one's own: what a column of text holds: numbers, dates, words, or nothing.

A column of numbers with an odd cell is one of numbers: the cell is a missing value, and is said.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.data.dataset import DataError
from core.data.own import dates, marks
from core.data.own.cells import Cells
from core.data.own.names import tidy
from core.data.own.words import Tally, spellings

Holds = Literal["number", "date", "words", "empty", "constant", "identifier", "too large"]
LEFT_OUT: dict[Holds, str] = {
    "empty": "no value at all",
    "constant": "the same value in every row",
    "identifier": "another value in almost every row, as a name has",
    "too large": "numbers beyond 10³⁰",
}
LARGEST = 1e30
EXACT = 15
"""Digits of a whole number that float64 holds for certain; one of more is a name."""
YEARS = 1500, 2200
LOOKED_AT = 50
"""So many different cells say whether any may be a date."""


@dataclass(frozen=True, eq=False)
class Column:
    """What a column holds, and its rows as numbers or as places among words."""

    name: str
    kind: Holds
    values: np.ndarray
    """Float64, NaN where missing: numbers, days since 1970. Of words, each row's place, or -1."""
    words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """How it was read, where that is not plain."""
    odd: str = ""
    """The cells that are not what it holds, counted and quoted."""
    why: str = ""
    """Why it is left out, where `LEFT_OUT` does not say it."""
    endless: np.ndarray | None = None
    """Of dates, the rows that have none, as 9999-12-31 says."""


def column(cells: Cells, name: str, rows: np.ndarray | None = None) -> Column:
    """Say what a column holds, in these rows or in all. Raises DataError.

    A kind that a person chose for it is kept to: what is not of that kind is missing.
    """
    found = Tally.of(cells.table[name], rows)
    wanted = cells.reading.kind_of(name)
    read: Column | None = None
    if not wanted:
        different = int(found.known.sum())
        if not different or (different == 1 and not found.missing):
            return Column(name, "constant" if different else "empty", found.codes)
    if wanted in (None, "number"):
        read = _number(name, found, cells.decimal(name), wanted is not None)
    if not read and wanted in (None, "date"):
        read = _date(name, found, cells.order(name), wanted is not None)
    if read:
        return read
    if wanted in ("number", "date"):
        raise DataError(f"“{name}” holds no {wanted}: choose something else for it.")
    if not wanted and found.is_names:
        return Column(name, "identifier", found.codes, notes=_part(cells, name, found))
    notes = _part(cells, name, found) if found.is_names else ()
    return _words(name, found, cells.reading.one_spelling, notes)


def _part(cells: Cells, name: str, found: Tally) -> tuple[str, ...]:
    """What is said of a column of names that has some numbers, or some dates."""
    numbers = np.isfinite(marks.numbers_of(found.words, cells.decimal(name)).values)
    if said := found.part_said(numbers, "number"):
        return said
    if not any(dates.written(word) for word in found.words[:LOOKED_AT]):
        return ()
    return found.part_said(~np.isnan(dates.days_of(found.words, cells.order(name))), "date")


def _number(name: str, found: Tally, decimal: str, wanted: bool) -> Column | None:
    if not wanted and _fits_compact(found):
        return None
    read = marks.numbers_of(found.words, decimal)
    numbers = np.isfinite(read.values)
    finite = numbers & _of_one_unit(read.units, found.counts * numbers)
    good = finite & (np.abs(read.values, where=finite, out=np.zeros(len(finite))) <= LARGEST)
    if not (good & found.known).any() and wanted:
        return None
    if not wanted and not found.fits(finite) and found.fits(numbers) and found.is_names:
        return Column(name, "identifier", found.codes, why=_two_units(found, finite, numbers))
    if not wanted and not found.fits(good):
        return Column(name, "too large", found.codes) if found.fits(finite) else None
    if not wanted and (long := _long_numbers(found)):
        return Column(name, "identifier", found.codes, why=long) if found.is_names else None
    values = found.rows_of(np.where(good, read.values, np.nan))
    if not wanted and _counts_rows(values):
        return Column(name, "identifier", values, why="it counts the rows")
    notes: tuple[str, ...] = ()
    marked = next(
        (n for n in np.flatnonzero(good) if not _is_plain(found.words[n], read.values[n])), None
    )
    if marked is not None:
        notes = (f"“{tidy(found.words[marked])}” is {read.values[marked]:.10g}",)
    return Column(name, "number", values, notes=notes, odd=found.odd_said(good, "number"))


def _is_plain(word: str, value: float) -> bool:
    """Whether Python reads the same number in a cell."""
    try:
        return float(word) == value
    except ValueError:
        return False


def _of_one_unit(units: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Which numbers have the unit that most have: 45% and 0.45 are not alike, $5 and 5 are."""
    often = {unit: int(counts[units == unit].sum()) for unit in sorted(set(units))}
    most = max(often, key=often.__getitem__, default="")
    if most and not marks.is_money(most):
        return units == most
    money = {unit: count for unit, count in often.items() if marks.is_money(unit)}
    currency = max(money, key=money.__getitem__, default="")
    return (units == "") | (units == currency)


def _two_units(found: Tally, one: np.ndarray, numbers: np.ndarray) -> str:
    """What is said of numbers of which some have a unit and others another, or none."""
    places = [np.flatnonzero(found.known & which)[0] for which in (one, numbers & ~one)]
    first, second = (tidy(found.words[place]) for place in places)
    return f"numbers of different units, “{first}” and “{second}”"


def _long_numbers(found: Tally) -> str:
    """What is said of a column of whole numbers that are too long to be counted or measured."""
    digits = [len(word) for word, known in zip(found.words, found.known, strict=True)
              if known and word.isdecimal()]  # fmt: skip
    if 2 * sum(length > EXACT for length in digits) <= found.known.sum():
        return ""
    return f"whole numbers of {max(digits)} digits are an identifier"


def _counts_rows(values: np.ndarray) -> bool:
    """Whether each number is one more than that of the row above, and they may not be years."""
    if len(values) < 12 or not np.isfinite(values).all():
        return False
    years = YEARS[0] <= values[0] and values[-1] <= YEARS[1]
    return bool((np.diff(values) == 1).all()) and values[0] % 1 == 0 and not years


def _fits_compact(found: Tally) -> bool:
    """Whether a column holds dates as 20210131."""
    good = np.array([bool(dates.COMPACT.fullmatch(word)) for word in found.words[:LOOKED_AT]], bool)
    if not good.any():
        return False
    whole = np.array([bool(dates.COMPACT.fullmatch(word)) for word in found.words], bool)
    return found.counts[whole & found.known].sum() >= 0.99 * found.total and whole.sum() > 5


def _date(name: str, found: Tally, order: str, wanted: bool) -> Column | None:
    if not wanted and not any(dates.written(word) for word in found.words[:LOOKED_AT]):
        return None
    days = dates.days_of(found.words, order)
    good = ~np.isnan(days)
    if not (np.isfinite(days) & (found.counts > 0)).any() or (not wanted and not found.fits(good)):
        return None
    values = found.rows_of(days)
    endless = np.isinf(values)
    values = np.where(endless, np.nan, values)
    notes = [f"{dates.told(np.nanmin(values))} to {dates.told(np.nanmax(values))}"]
    if endless.any():
        shown = found.words[int(found.codes[np.flatnonzero(endless)[0]])]
        notes.append(f"{endless.sum():,} with no end (“{tidy(shown)}”)")
    odd = found.odd_said(good, "date")
    return Column(name, "date", values, notes=tuple(notes), odd=odd, endless=endless)


def _words(name: str, found: Tally, one_spelling: bool, notes: tuple[str, ...]) -> Column:
    words, places, spelled = spellings(found.words, found.counts * found.known, one_spelling)
    places = np.where(found.known, places, -1)
    if spelled:
        notes = (*notes, f"taken as one word: {spelled}")
    return Column(name, "words", np.append(places, -1)[found.codes], tuple(words), notes)

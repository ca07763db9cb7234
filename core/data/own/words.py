"""The data room, one's own: the different words of a column, and how often each is there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.own.cells import words_of
from core.data.own.names import tidy
from core.data.own.prepared import counted, some

MISSING = {
    "na",
    "n/a",
    "n.a.",
    "n.a",
    "nan",
    "<na>",
    "null",
    "none",
    "nil",
    "?",
    "-",
    "–",
    "—",
    "--",
}
"""What stands in a cell that holds nothing, whatever its case."""
_EXCEL = re.compile(r"#[\w/]{1,12}[!?]?")
"""Faults of spreadsheets, in any language: #N/A, #DIV/0!, #WERT!."""
MOST_WORDS = 20
"""A column of more different words, most of them there once, holds names."""
MOSTLY, AT_LEAST = 0.9, 0.5
"""Share of a column's cells that are numbers where it is one of numbers; and where the others are
at most three different words among at least ten different numbers."""


def is_nothing(word: str) -> bool:
    """Whether a cell's word says that there is no value."""
    return word.lower() in MISSING or bool(_EXCEL.fullmatch(word))


@dataclass(frozen=True, eq=False)
class Tally:
    """A column's different words, how often each is there, and which of them say something."""

    codes: np.ndarray
    words: list[str]
    counts: np.ndarray
    known: np.ndarray
    total: int
    """Rows that say something."""

    @classmethod
    def of(cls, cells: pd.Series, rows: np.ndarray | None) -> "Tally":
        """The tally of a column, of these rows or of all."""
        codes, words = words_of(cells)
        codes = codes.astype(np.int64) if rows is None else codes[rows].astype(np.int64)
        counts = np.bincount(codes[codes >= 0], minlength=len(words))
        known = (counts > 0) & ~np.array([is_nothing(word) for word in words], bool)
        return cls(codes, words, counts, known, int(counts[known].sum()))

    @property
    def missing(self) -> bool:
        """Whether some row says nothing."""
        return self.total < len(self.codes)

    @property
    def is_names(self) -> bool:
        """Whether almost every row says something else."""
        return MOST_WORDS < self.known.sum() > MOSTLY * self.total

    def fits(self, good: np.ndarray) -> bool:
        """Whether a column holds what these of its words are, and the others are odd cells."""
        good, odd = good & self.known, self.known & ~good
        share = self.counts[good].sum() / max(1, self.total)
        many = good.sum() >= 10
        few_odd = self.counts[odd].sum() <= 2 or share >= 0.99
        if share >= MOSTLY and (many or few_odd):
            return True
        return bool(share >= AT_LEAST and many and odd.sum() <= 3)

    def odd_said(self, good: np.ndarray, what: str) -> str:
        """The cells that are not what the column holds, counted and quoted; "" for none."""
        odd = (self.counts > 0) & ~good
        if not odd.any():
            return ""
        count = int(self.counts[odd].sum())
        names = [tidy(self.words[place]) for place in np.flatnonzero(odd)]
        return (
            f"{count:,} of {counted(self.counts.sum(), 'cell')} {'is' if count == 1 else 'are'} "
            f"not a {what}, so missing: {some(names, 3)}"
        )

    def part_said(self, good: np.ndarray, what: str) -> tuple[str, ...]:
        """A note on a column that has some numbers, or dates, and not enough."""
        count = int(self.counts[good & self.known].sum())
        if not count:
            return ()
        odd = np.flatnonzero(self.known & ~good)
        more = f"; the first that is not: “{tidy(self.words[odd[0]])}”" if len(odd) else ""
        return (f"{count:,} of {counted(self.total, 'cell')} are {what}s{more}",)

    def rows_of(self, values: np.ndarray) -> np.ndarray:
        """What different words are, for each row; NaN where a row has none."""
        return np.append(values, np.nan)[self.codes]


def spellings(
    words: Sequence[str], counts: np.ndarray, join: bool = True
) -> tuple[list[str], np.ndarray, str]:
    """Words that differ only in capitals or spaces as one, the most frequent of them.

    Gives the words that are left, each word's place among these, and what was joined, or "".
    """
    if not join:
        return [*words], np.arange(len(words)), ""
    alike: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        if counts[place]:
            alike.setdefault(" ".join(word.split()).casefold(), []).append(place)
    kept: list[str] = []
    places = np.full(len(words), -1)
    joined = []
    for group in alike.values():
        places[group] = len(kept)
        kept.append(words[max(group, key=lambda place: (counts[place], words[place]))])
        if len(group) > 1:
            joined.append(" = ".join(f"“{tidy(words[place])}”" for place in group[:4]))
    said = "; ".join(joined[:3]) + (f" and {len(joined) - 3} more" if len(joined) > 3 else "")
    return kept, places, said

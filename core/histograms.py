"""Histograms whose bins stay aligned for a whole run, however far the values wander. numpy only.

    histogram = AlignedHistogram(bins=64)
    for values in run:
        histogram.add(values)
    edges, counts = histogram.rows()      # counts: (steps, bins), one set of edges for all steps

Bins are as wide as a power of two and begin at a multiple of their width, so zero is always an
edge, every edge is an exact float, and two neighbours merge into a bin of the next width without a
remainder. When the values leave the range that the bins can cover, the width is doubled and the
bins already counted are merged in pairs.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

SMALLEST, LARGEST = -900, 960  # exponents; values beyond 2**960 go into the outermost bin
SMALLEST_FIRST = -30  # the width to begin with when all values are zero
FINEST = 40  # bins are never narrower than 2**-40 of the largest value


class Row(NamedTuple):
    """One histogram: bin i counts the values in [first + i, first + i + 1) * 2**exponent."""

    exponent: int
    first: int
    counts: np.ndarray


class AlignedHistogram:
    """Histograms of one array over a run, in at most `bins` bins (an even number, 4 or more)."""

    def __init__(self, bins: int = 64) -> None:
        """An empty one; ValueError when `bins` is odd or under 4."""
        if bins < 4 or bins % 2:
            raise ValueError(f"bins must be an even number of 4 or more, not {bins}")
        self.bins = bins
        self._rows: list[Row] = []
        self._exponent: int | None = None
        self._low, self._high = 0, -1  # first and last bin in use, at the present exponent

    def add(self, values: np.ndarray) -> Row:
        """Count an array of any shape, NaN and infinities left out; gives its histogram."""
        flat = np.asarray(values, dtype=np.float64).ravel()
        flat = flat[np.isfinite(flat)]
        if not flat.size:
            row = Row(self._exponent or 0, self._low, np.zeros(0, np.int64))
            self._rows.append(row)
            return row
        bound = float(np.ldexp(1.0, LARGEST))
        flat = np.clip(flat, -bound, np.nextafter(bound, 0))
        self._make_room(float(flat.min()), float(flat.max()))
        index = bin_index(flat, self._exponent or 0)
        first = int(index.min())
        row = Row(self._exponent or 0, first, np.bincount(index - first))
        self._rows.append(row)
        return row

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        """The edges (bins + 1,) and the counts (steps, bins), every step in the final bins.

        Bins reach from the smallest value of the run to the largest, so there may be fewer than
        were asked for. With no value at all: edges of shape (0,) and counts of shape (steps, 0).
        """
        return align(self._rows)

    def _make_room(self, low: float, high: float) -> None:
        """Widen the bins until `low` to `high` and all that was counted before fit."""
        finest = finest_exponent(low, high)
        if self._exponent is None:
            self._exponent = first_exponent(low, high, self.bins)
            self._low, self._high = bin_range(low, high, self._exponent)
        self._widen(max(0, finest - self._exponent))
        while True:
            start, end = bin_range(low, high, self._exponent)
            start, end = min(start, self._low), max(end, self._high)
            if end - start < self.bins:
                self._low, self._high = start, end
                return
            self._widen(1)

    def _widen(self, times: int) -> None:
        assert self._exponent is not None
        self._exponent += times
        self._low, self._high = self._low >> times, self._high >> times


def aligned_counts(arrays: Iterable[np.ndarray], bins: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Edges and counts (arrays, bins) of several arrays, as `AlignedHistogram.rows` gives them."""
    histogram = AlignedHistogram(bins)
    for values in arrays:
        histogram.add(values)
    return histogram.rows()


def align(rows: Sequence[Row]) -> tuple[np.ndarray, np.ndarray]:
    """Rows that were counted with different widths, in the bins of the widest; edges and counts."""
    filled = [row for row in rows if len(row.counts)]
    if not filled:
        return np.zeros(0), np.zeros((len(rows), 0), np.int64)
    exponent = max(row.exponent for row in filled)
    first = min(row.first >> (exponent - row.exponent) for row in filled)
    last = max((row.first + len(row.counts) - 1) >> (exponent - row.exponent) for row in filled)
    counts = np.zeros((len(rows), last - first + 1), np.int64)
    for line, row in zip(counts, rows, strict=True):
        places = [(row.first + i) >> (exponent - row.exponent) for i in range(len(row.counts))]
        np.add.at(line, np.array(places, np.int64) - first, row.counts)
    edges = np.ldexp(np.arange(first, last + 2, dtype=np.float64), exponent)
    return edges, counts


def bin_index(values: np.ndarray, exponent: int) -> np.ndarray:
    """The number of the bin, closed below and open above, that each value lies in."""
    scaled = np.floor(np.ldexp(values, -exponent))
    # A small negative value over a great width is rounded to zero, but lies in the bin below it.
    return np.where((values < 0) & (scaled >= 0), -1, scaled).astype(np.int64)


def bin_range(low: float, high: float, exponent: int) -> tuple[int, int]:
    """The numbers of the bins that two values lie in."""
    start, end = bin_index(np.array([low, high]), exponent)
    return int(start), int(end)


def first_exponent(low: float, high: float, bins: int) -> int:
    """The exponent of the narrowest bins for low to high, or of fine ones for one value."""
    spread = high / bins - low / bins
    if spread == 0:
        return max(finest_exponent(low, high) + FINEST - 6, SMALLEST) if low else SMALLEST_FIRST
    return max(int(np.frexp(spread)[1]) - 1, finest_exponent(low, high))


def finest_exponent(low: float, high: float) -> int:
    """The exponent of the narrowest bins that still have whole numbers: a bound on their count."""
    return max(int(np.frexp(max(abs(low), abs(high)))[1]) - FINEST, SMALLEST)

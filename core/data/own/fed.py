"""The data room, one's own: a column as the features that a network is fed of it.

Everything that is estimated, a mean, a median, which words are frequent, comes from the training
rows.
"""

from dataclasses import dataclass

import numpy as np

from core.data.own import dates
from core.data.own.columns import LEFT_OUT, Column
from core.data.own.names import tidy
from core.data.own.prepared import counted, some
from core.data.own.words import MOST_WORDS

FURTHEST = 20.0
"""Standard deviations from the mean; what lies further out is clipped to it."""
ALIKE = 1e-12
"""Numbers whose standard deviation is this share of the largest differ by rounding only."""


@dataclass(frozen=True, eq=False)
class Fed:
    """What a network is fed of a column: the features' names, their numbers, and how in words."""

    names: list[str]
    numbers: np.ndarray
    """Float32 (rows, features)."""
    how: str
    left_out: str = ""
    """Why there are none, where the column is left out."""


def fed(column: Column, train: np.ndarray, test: np.ndarray) -> Fed:
    """A column's features, made by what the training rows hold; `train` and `test` are places."""
    if column.kind in LEFT_OUT:
        return _nothing(column, column.why or LEFT_OUT[column.kind])
    if column.kind == "words":
        return _words(column, train, test)
    return _numbers(column, train)


def alike(numbers: np.ndarray) -> bool:
    """Whether numbers are all the same but for rounding, whatever their unit."""
    return bool(numbers.std() <= ALIKE * np.abs(numbers).max(initial=0))


def _nothing(column: Column, why: str) -> Fed:
    reason = "; ".join([why, *column.notes])
    none = np.zeros((len(column.values), 0), np.float32)
    return Fed([], none, f"left out: {reason}", reason)


def _numbers(column: Column, train: np.ndarray) -> Fed:
    numbers, name = column.values, column.name
    missing = np.isnan(numbers)
    known = numbers[train][~missing[train]]
    if not len(known):
        return _nothing(column, "no value in the training part")
    median = float(np.median(known))
    filled = np.where(missing, median, numbers)
    if alike(filled[train]):
        return _nothing(column, "the same value in every row of the training part")
    mean, std = filled[train].mean(), filled[train].std()
    scaled = (filled - mean) / std
    how = ["standardised"]
    if missing.any():
        shown = f"{median:g}"
        if column.kind == "date":
            shown = dates.told(median)
        how.append(f"{missing.sum():,} missing, filled with the median {shown}")
    if far := int((np.abs(scaled) > FURTHEST).sum()):
        how.append(
            f"{far:,} more than {FURTHEST:g} standard deviations from the mean, clipped to that"
        )
    names, parts = [name], [np.clip(scaled, -FURTHEST, FURTHEST)]
    if column.endless is not None and column.endless[train].any():
        names.append(f"{name[:18]} = (no end)")
        parts.append(column.endless)
        how.append("“no end” is a feature")
    return Fed(
        names,
        np.stack(parts, axis=1).astype(np.float32),
        "; ".join([*how, *column.notes, *filter(None, [column.odd])]),
    )


def _words(column: Column, train: np.ndarray, test: np.ndarray) -> Fed:
    words, places, name = column.words, column.values, column.name
    present = places[train]
    counts = np.bincount(present[present >= 0], minlength=len(words))
    frequent = sorted(np.flatnonzero(counts), key=lambda place: (-counts[place], words[place]))
    shown = sorted(frequent[:MOST_WORDS], key=words.__getitem__)
    names = [f"{name[:18]} = {words[place]}" for place in shown]
    feature = np.full(len(words) + 1, -1)
    feature[shown] = np.arange(len(shown))
    for places_of, has, called in (
        (slice(len(words)), len(frequent) > len(shown), "other"),
        (slice(len(words), None), bool((present < 0).any()), "missing"),
    ):
        if has:
            rest = feature[places_of]
            rest[rest < 0] = len(names)
            names.append(f"{name[:18]} = ({called})")
    how = [f"one-hot, {counted(len(names), 'feature')}"]
    if len(frequent) > len(shown):
        how.append(
            f"the {len(frequent) - len(shown):,} rarest of {len(frequent):,} words are “other”"
        )
    if missing := int((places < 0).sum()):
        how.append(f"{missing:,} missing")
    unknown = np.unique(places[test][(places[test] >= 0) & (counts[places[test]] == 0)])
    if len(unknown):
        rows = int(np.isin(places[test], unknown).sum())
        how.append(
            f"{counted(rows, 'test row')} with words that no training row has: "
            f"{some([tidy(words[place]) for place in unknown], 3)}"
        )
    hot = np.zeros((len(places), len(names) + 1), np.float32)
    hot[np.arange(len(places)), feature[places]] = 1
    return Fed(names, hot[:, :-1], "; ".join([*how, *column.notes]))

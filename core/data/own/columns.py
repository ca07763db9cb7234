"""The data room, one's own: what a column of text holds, and what a network is fed of it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from core.data.own.prepared import counted

Kind = Literal["number", "date", "words", "empty", "constant", "identifier"]
LEFT_OUT = {
    "empty": "no value at all",
    "constant": "the same value in every row",
    "identifier": "another value in almost every row, as a name or a number has",
}
MOST_WORDS = 20
"""A column's most frequent words have a feature each; the others share one."""
FURTHEST = 20.0
"""Spreads from the mean: what lies further out is drawn in."""
LARGEST = 1e30
DATE = r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([ T].*)?"
DATES = ("ISO8601", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d")


@dataclass(frozen=True, eq=False)
class Column:
    """A column: what it holds, and its values as numbers or words, missing where it has none."""

    name: str
    kind: Kind
    values: pd.Series

    def feed(self, train: np.ndarray) -> "Fed":
        """Its features (rows, …), made by what the training rows hold; `train` are their places."""
        if self.kind in LEFT_OUT:
            return Fed([], np.zeros((len(self.values), 0)), f"left out: {LEFT_OUT[self.kind]}")
        feed = _words if self.kind == "words" else _numbers
        return feed(self.name, self.values, train)


@dataclass(frozen=True, eq=False)
class Fed:
    """What a network is fed of a column: the features' names, their numbers, and how in words."""

    names: list[str]
    numbers: np.ndarray
    how: str


def column(name: str, cells: pd.Series, decimal: str = ".") -> Column:
    """Say what a column of text holds."""
    given = cells.dropna()
    distinct = given.nunique()
    if distinct < 2 and (distinct == 0 or len(given) == len(cells)):
        return Column(name, "constant" if distinct else "empty", cells)
    numbers = numbers_in(cells, decimal)
    if numbers is not None:
        with np.errstate(over="ignore"):  # between the ends of what a number can be
            steps = np.diff(numbers.to_numpy(np.float64))
        counts = len(steps) > 10 and bool((steps == 1).all())
        return Column(name, "identifier" if counts else "number", numbers)
    dates = _dates(cells)
    if dates is not None:
        return Column(name, "date", dates)
    if distinct > MOST_WORDS and distinct > 0.9 * len(given):
        return Column(name, "identifier", cells)
    return Column(name, "words", cells)


def numbers_in(cells: pd.Series, decimal: str = ".") -> pd.Series | None:
    """The cells as numbers, float64; None where a cell holds something else."""
    for text in (cells, cells.str.replace(",", ".") if decimal == "," else cells):
        numbers = pd.to_numeric(text, errors="coerce").astype(np.float64)
        if np.isfinite(numbers[cells.notna()]).all():
            return numbers
    return None


def _dates(cells: pd.Series) -> pd.Series | None:
    """The cells as days since 1970; None where a cell holds no date."""
    given = cells.dropna()
    if not given.str.fullmatch(DATE).all():
        return None
    for form in DATES:
        times = pd.to_datetime(given, format=form, errors="coerce", utc=True)
        if times.notna().all():
            days = (times - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
            return days.reindex(cells.index)
    return None


def _numbers(name: str, values: pd.Series, train: np.ndarray) -> Fed:
    numbers = values.to_numpy(np.float64)
    known = numbers[train][~np.isnan(numbers[train])]
    none = np.zeros((len(numbers), 0))
    if not len(known) or np.nanmax(np.abs(numbers)) > LARGEST:
        why = "numbers beyond 10³⁰" if len(known) else "no value in the training part"
        return Fed([], none, f"left out: {why}")
    missing, median = np.isnan(numbers), float(np.median(known))
    filled = np.where(missing, median, numbers)
    mean, spread = filled[train].mean(), filled[train].std()
    if spread <= 1e-9 * np.abs(filled[train]).max():
        return Fed([], none, f"left out: {LEFT_OUT['constant']} of the training part")
    scaled = (filled - mean) / spread
    how = "standardised"
    if missing.any():
        how += f"; {missing.sum():,} missing, filled with the median {median:g}"
    far = int((np.abs(scaled) > FURTHEST).sum())
    if far:
        how += f"; {far:,} further than {FURTHEST:g} spreads from the mean, drawn in"
    return Fed([name], np.clip(scaled, -FURTHEST, FURTHEST)[:, np.newaxis], how)


def _words(name: str, values: pd.Series, train: np.ndarray) -> Fed:
    rest, missing = object(), object()
    counts = values.iloc[train].value_counts()
    frequent = sorted(counts.index, key=lambda word: (-counts[word], word))[:MOST_WORDS]
    words: list[object] = [*sorted(frequent)]
    places = {word: place for place, word in enumerate(words)}
    names = [f"{name[:18]} = {word}" for word in words]
    for mark, has, called in (
        (rest, len(counts) > len(frequent), "other"),
        (missing, values.iloc[train].isna().any(), "missing"),
    ):
        if has:
            places[mark] = len(names)
            names.append(f"{name[:18]} = ({called})")
    chosen = [
        places.get(word, places.get(rest, -1)) if isinstance(word, str) else places.get(missing, -1)
        for word in values
    ]
    how = f"one-hot, {counted(len(names), 'feature')}"
    if rest in places:
        how += f"; the {len(counts) - len(frequent):,} rarest of {len(counts):,} words are “other”"
    if values.isna().any():
        how += f"; {values.isna().sum():,} missing"
    return Fed(names, np.eye(len(names) + 1)[chosen][:, :-1], how)

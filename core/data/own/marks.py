"""The data room, one's own: numbers as people write them, and which mark stands before decimals.

1.234 is one and a bit, or one thousand and more. Which of them is decided once for a file, from all
its columns: 5,1 in one proves what 1.234 in another means. Spaces and apostrophes between groups of
three digits, signs of money and per cent, typographic minus signs and the parentheses of
accountants are read wherever they stand.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

LONGEST = 40
"""Characters that a number has at most."""
MOST_LOOKED_AT = 1_000
"""Some so many different cells of a column say which marks it uses."""
MONEY = "$¢£¤¥֏؋৲৳฿៛₠₡₢₣₤₥₦₧₨₩₪₫€₭₮₯₰₱₲₳₴₵₸₹₺₻₼₽₾₿﷼＄￠￡￥￦"
CODES = (
    "USD EUR GBP CHF JPY CNY INR AUD CAD NZD SEK NOK DKK PLN CZK HUF RON BGN RUB UAH TRY ILS BRL "
    "MXN ARS CLP COP ZAR NGN EGP KRW TWD THB IDR MYR PHP SGD HKD US$ R$ A$ C$ kr zł Kč Ft Rs Fr"
)
_MONEY = "|".join([f"[{MONEY}]", *(re.escape(code) + r"\.?" for code in CODES.split())])
_UNIT = rf"{_MONEY}|[%‰]|[A-Za-zµμΩ°²³/·]{{1,8}}"
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007\u2008\u200a"), " ")
_QUOTES = dict.fromkeys(map(ord, "’‘ʼ´`′"), "'")
_MINUS = dict.fromkeys(map(ord, "−–﹣－‒"), "-")
_TYPED = {**_SPACES, **_QUOTES, **_MINUS}
_CELL = re.compile(
    rf"(?P<open>\()? ?(?P<sign>[-+])? ?(?P<before>{_MONEY})? ?(?P<after_unit>[-+])? ?"
    rf"(?P<digits>[\d.,' ]*\d[.,]?(?:[eE][-+]?\d+)?) ?(?P<trailing>-)? ?(?P<after>{_UNIT})? ?"
    r"(?P<close>\))?"
)
_EXPONENT = r"(?:[eE][-+]?\d+)?"


def _pattern(decimal: str) -> re.Pattern[str]:
    """Digits with this mark before decimals: in groups by the other mark, a space or ', or not."""
    point, group = re.escape(decimal), re.escape("," if decimal == "." else ".")
    thousands = rf"[1-9]\d{{0,2}}(?P<mark>[{group}' ])\d{{3}}(?:(?P=mark)\d{{3}})*"
    lakhs = rf"[1-9]\d?(?:{group}\d\d)+{group}\d{{3}}"
    return re.compile(
        rf"(?:(?:\d+|{thousands}|{lakhs})(?:{point}\d*)?|{point}\d+){_EXPONENT}", re.ASCII
    )


PATTERNS = {mark: _pattern(mark) for mark in ".,"}


def is_money(unit: str) -> bool:
    """Whether a unit is a currency, which may stand beside some numbers of a column only."""
    return bool(re.fullmatch(_MONEY, unit))


@dataclass(frozen=True, eq=False)
class Numbers:
    """What different cells hold: a number each, NaN where it is none, and the sign beside it."""

    values: np.ndarray
    units: np.ndarray
    """"%", "$", "kg" …, "" where a number stands alone."""


def numbers_of(words: Sequence[str], decimal: str = ".") -> Numbers:
    """Read different cells as numbers, with this mark before decimals; float64 and NaN."""
    given = pd.Series(words, dtype="object")
    if decimal == ".":
        values = pd.to_numeric(given, errors="coerce").to_numpy(np.float64, copy=True)
    else:
        marked = given.str.contains("[.,]", regex=True).to_numpy(bool)
        values = pd.to_numeric(given.mask(marked), errors="coerce").to_numpy(np.float64, copy=True)
    values[~np.isfinite(values)] = np.nan
    units = np.full(len(words), "", dtype=object)
    for place in np.flatnonzero(np.isnan(values)):
        values[place], units[place] = _read(words[int(place)], decimal)
    return Numbers(values, units)


def _read(cell: str, decimal: str) -> tuple[float, str]:
    sign, digits, unit = split(cell)
    if not digits or not PATTERNS[decimal].fullmatch(digits):
        return np.nan, ""
    group = "," if decimal == "." else "."
    plain = re.sub(rf"[ '{group}]", "", digits).replace(decimal, ".")
    value = sign * float(plain)
    return (value, unit) if np.isfinite(value) else (np.nan, "")


def split(cell: str) -> tuple[int, str, str]:
    """A cell as a sign, its digits with their marks, and a unit; no digits: it is no number."""
    if len(cell) > LONGEST:
        return 1, "", ""
    if not cell.isascii():
        cell = "".join(c if c.isascii() else _digit(c) for c in cell.translate(_TYPED))
    whole = _CELL.fullmatch(" ".join(cell.split()))
    if not whole or bool(whole["open"]) != bool(whole["close"]):
        return 1, "", ""
    signs = [whole[name] for name in ("sign", "after_unit", "trailing") if whole[name]]
    if len(signs) + bool(whole["open"]) > 1 or (whole["before"] and whole["after"]):
        return 1, "", ""
    unit = whole["before"] or whole["after"] or ""
    negative = bool(whole["open"]) or signs == ["-"]
    return -1 if negative else 1, whole["digits"].strip(), unit


def _digit(c: str) -> str:
    return str(int(c)) if c.isdecimal() else c


@dataclass(frozen=True)
class Evidence:
    """What the cells of one column say about the marks in numbers."""

    proves: str
    """The mark before decimals that some cell proves; "" where none or both are."""
    either: tuple[str, ...]
    """Cells that are a number with either mark, and not the same one."""
    leans: str
    """The mark that the cells without any make likelier: 678 beside 1.954, or 1954 beside 1.954."""


_GROUPS = {mark: re.compile(rf"[1-9]\d{{0,2}}\{mark}\d{{3}}", re.ASCII) for mark in ".,"}
OTHER = {".": ",", ",": "."}


def evidence(words: Iterable[str]) -> Evidence:
    """Look for cells that only one mark before decimals makes a number."""
    proofs = dict.fromkeys(".,", 0)
    either: dict[str, list[str]] = {".": [], ",": []}
    short = long = other = 0
    for word in words:
        digits = split(word)[1]
        mark = next((mark for mark in ".," if _GROUPS[mark].fullmatch(digits)), "")
        if mark:
            either[mark].append(word)
        elif digits.isdecimal():
            short, long = short + (len(digits) < 4), long + (len(digits) > 3)
        else:
            fits = [mark for mark in ".," if PATTERNS[mark].fullmatch(digits)]
            other += not fits
            if len(fits) == 1:
                proofs[fits[0]] += 1
    numbers = sum(proofs.values()) + sum(map(len, either.values())) + short + long
    if other > numbers:
        return Evidence("", (), "")
    proven = [mark for mark in ".," if proofs[mark]]
    marked = [mark for mark in ".," if either[mark]]
    leans = ""
    if len(marked) == 1 and bool(short) != bool(long):
        leans = OTHER[marked[0]] if short else marked[0]
    return Evidence(proven[0] if len(proven) == 1 else "", (*either["."], *either[","])[:3], leans)


def decided(columns: Sequence[Evidence], delimiter: str) -> tuple[str, bool]:
    """The mark before decimals of a file, and whether the file itself proves it.

    Where no cell can be read in two ways, nothing is to be asked: that counts as proven.
    """
    votes = {mark: sum(one.proves == mark for one in columns) for mark in ".,"}
    leans = {mark: sum(one.leans == mark for one in columns) for mark in ".,"}
    usual = "," if delimiter == ";" else "."
    for counts in (votes, leans):
        if counts["."] != counts[","]:
            usual = max(counts, key=counts.__getitem__)
            break
    open_columns = any(one.either and not one.proves for one in columns)
    return usual, not open_columns or bool(votes["."]) != bool(votes[","])

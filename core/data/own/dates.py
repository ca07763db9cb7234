"""The data room, one's own: dates as people write them, and whether day or month comes first.

With a time of day or without, years of two digits, names of months, months and quarters alone.
03/04/2020 is in March or in April: other dates of the column may say which, else a person is asked.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from core.data.own.names import unaccented

LONGEST = 60
"""Characters that a date has at most."""
EARLIEST, LATEST = 1000, 2500
"""A year outside these stands for "no end" or "unknown", as 9999-12-31 does."""
PIVOT = 69
"""Years of two digits are 1969 to 2068, as in POSIX."""
MONTHS = """
jan january januar janvier enero gennaio janeiro januari ene gen jän jänner janv
feb february februar fevrier febrero febbraio fevereiro februari fev fevr
mar march märz maerz mars marzo março maart mrz mrt
apr april avril abril aprile avr abr
may mai mayo maggio maio mei mag
jun june juni juin junio giugno junho giu
jul july juli juillet julio luglio julho lug juil
aug august aout agosto augustus ago
sep sept september septembre septiembre settembre setembro set
oct october oktober octobre octubre ottobre outubro okt ott out
nov november novembre noviembre novembro
dec december dezember decembre diciembre dicembre dezembro dez dic
"""
"""Names of months and their short forms, a line a month, in seven languages of Europe."""
PLACES = {
    unaccented(name): place
    for place, names in enumerate(MONTHS.split("\n"))
    for name in names.split()
}
_TIME = (
    r"(?:[T,]? ?(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)? ?"
    r"(?P<half>[AaPp]\.?[Mm]\.?)?(?: Uhr)?(?: ?(?P<zone>Z|UTC|GMT|[-+]\d{2}:?\d{2}))?)?"
)
_DAY, _NAME = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<name>[^\W\d_]{3,10})\.?"
_YEAR, _GAP = r"(?P<year>\d{4}|'?\d{2})", r"[-\s./,]{1,2}"
_WEEKDAY = (
    r"(?:(?i:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim)"
    r"[a-z]{0,7}[.,]{0,2} )?"
)
_FORMS = tuple(
    re.compile(form, re.ASCII if "name" not in form else 0)
    for form in (
        rf"{_WEEKDAY}(?P<a>\d{{1,4}})(?P<mark>[-/. ]) ?(?P<b>\d{{1,2}})(?P=mark) ?(?P<c>\d{{1,4}})"
        rf"{_TIME}",
        rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}}){_TIME}",
        r"(?P<year>\d{4})[-/](?P<month>\d{1,2})",
        r"(?P<month>\d{1,2})[-/](?P<year>\d{4})",
        r"(?P<year>\d{4})[-\s/]?[QqT](?P<quarter>[1-4])",
        r"[QqT](?P<quarter>[1-4])[-\s/]?(?P<year>\d{4})",
        r"(?P<year>\d{4})-?W(?P<week>\d{2})(?:-?(?P<weekday>[1-7]))?",
        rf"{_WEEKDAY}{_DAY}\.?{_GAP}{_NAME}{_GAP}{_YEAR}{_TIME}",
        rf"{_WEEKDAY}{_DAY}{_NAME}{_YEAR}{_TIME}",
        rf"{_WEEKDAY}{_NAME}{_GAP}{_DAY},? ?{_GAP}(?P<year>\d{{4}}){_TIME}",
        rf"(?P<year>\d{{4}}){_GAP}{_NAME}{_GAP}{_DAY}{_TIME}",
        rf"{_NAME}{_GAP}(?P<year>\d{{4}}|'\d{{2}}|\d{{2}})",
        rf"(?P<year>\d{{4}}){_GAP}{_NAME}",
    )
)
COMPACT = re.compile(r"(?:1[89]|20|99)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", re.ASCII)


@dataclass(frozen=True)
class Written:
    """A date as it is written: numbers whose order may not be known yet."""

    year: int
    month: int
    day: int
    time: float
    """The part of the day that is over, 0 to 1; of another time zone it may be beyond."""
    orders: str
    """Which orders are possible: "d" day first, "m" month first, "dm" where both are."""


def written(cell: str) -> Written | None:
    """A cell as a date; of one that is possible day first and month first, day first."""
    if len(cell) > LONGEST:
        return None
    cell = " ".join(cell.split())
    for form in _FORMS:
        if whole := form.fullmatch(cell):
            parts = {key: text for key, text in whole.groupdict().items() if text is not None}
            return _numeric(parts) if "a" in parts else _named(parts)
    return None


def _numeric(parts: dict[str, str]) -> Written | None:
    """Three numbers: year, month, day, or day and month in either order, then the year."""
    texts = parts["a"], parts["b"], parts["c"]
    a, b, c = map(int, texts)
    if len(texts[0]) > 2 and len(texts[2]) < 3:
        return _dated(a, b, c, parts)
    if len(texts[0]) > 2 or len(texts[2]) == 3:
        return None
    year = c if len(texts[2]) == 4 else _century(c)
    first = _dated(year, b, a, parts) if len(texts[2]) > 1 else None
    second = _dated(year, a, b, parts) if len(texts[2]) > 1 else None
    if first and second:
        dotted = parts["mark"] == "."
        return first if dotted or a == b else _dated(year, b, a, parts, "dm")
    if first:
        return _dated(year, b, a, parts, "d")
    if second:
        return _dated(year, a, b, parts, "m")
    return _dated(_century(a), b, c, parts) if len(texts[0]) == 2 else None


def _named(parts: dict[str, str]) -> Written | None:
    year = int(parts["year"].removeprefix("'"))
    if len(parts["year"]) < 4:
        year = _century(year)
    if "week" in parts:
        try:
            day = date.fromisocalendar(year, int(parts["week"]), int(parts.get("weekday", 1)))
        except ValueError:
            return None
        return Written(day.year, day.month, day.day, 0.0, "")
    month = PLACES.get(unaccented(parts["name"].lower()), 0) if "name" in parts else 0
    if "quarter" in parts:
        month = 3 * int(parts["quarter"]) - 2
    return _dated(year, month or int(parts.get("month", 0)), int(parts.get("day", 1)), parts)


def _century(year: int) -> int:
    return year + (1900 if year >= PIVOT else 2000)


def _dated(
    year: int, month: int, day: int, parts: dict[str, str], orders: str = ""
) -> Written | None:
    try:
        date(year, month, day)
    except ValueError:
        return None
    hour, minute, second = (int(parts.get(part, 0)) for part in ("hour", "minute", "second"))
    if half := parts.get("half", "").lower().replace(".", ""):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 24 or minute > 59 or second > 60:
        return None
    zone = parts.get("zone", "Z").replace(":", "")
    away = 60 * int(zone[1:3]) + int(zone[3:5]) if zone[0] in "+-" else 0
    minutes = 60 * hour + minute + (away if zone[0] == "-" else -away)
    return Written(year, month, day, (minutes + second / 60) / 1440, orders)


def order_of(words: Iterable[str]) -> tuple[str, bool]:
    """What comes first in a column's dates, "day" or "month", and whether that is certain.

    "" where no date of it has such an order.
    """
    found = [one for word in words if (one := written(word))]
    orders = [one.orders for one in found if EARLIEST <= one.year <= LATEST]
    days, months, both = (orders.count(which) for which in ("d", "m", "dm"))
    if not days + months + both:
        return "", True
    if days + months:
        return ("day" if days >= months else "month"), True
    return "day", False


def days_of(words: Sequence[str], order: str = "day") -> np.ndarray:
    """Different cells as days since 1970, float64: NaN for no date, infinite for "no end".

    `order` is what comes first in 03/04/2020; where a date has only one order, it has that.
    """
    days = np.full(len(words), np.nan)
    for place, word in enumerate(words):
        one = written(word)
        if one is None or (one.orders in ("d", "m") and one.orders != order[0]):
            continue
        if not EARLIEST <= one.year <= LATEST:
            days[place] = np.inf
            continue
        month, day = (
            (one.month, one.day)
            if order == "day" or one.orders != "dm"
            else (
                one.day,
                one.month,
            )
        )
        days[place] = date(one.year, month, day).toordinal() - date(1970, 1, 1).toordinal()
        days[place] += one.time
    return days


def told(days: float) -> str:
    """A number of days since 1970 as a date, "2020-04-03"."""
    return date.fromordinal(int(np.floor(days)) + date(1970, 1, 1).toordinal()).isoformat()

"""The data room, one's own: what a person chose about how a table is read, as data.

What is left empty is decided from the file itself. The same bytes and the same reading give the
same cells.
"""

from dataclasses import dataclass
from typing import Literal

from core.data.own.names import tidy

Kind = Literal["number", "date", "words"]
"""What a column can be read as."""
KINDS: dict[Kind, str] = {"number": "numbers", "date": "dates", "words": "words"}


MOST_CHOICES = 20
"""So many are said of a data set."""


@dataclass(frozen=True)
class Reading:
    """How the bytes of a table are read.

    Args:
        encoding: a key of `encodings.ENCODINGS`.
        delimiter: a key of `records.DELIMITERS`.
        decimal: the mark before decimals, "." or ","; columns that prove another keep it.
        date_order: what comes first in 03/04/2020, "day" or "month"; as above.
        kinds: columns, by name, that a person wants read as a kind.
        one_spelling: words that differ only in capitals or spaces are one word.
        words_for_nothing: whether "None" or "-" in the column to predict mean a missing value;
            None: decided from the column.
    """

    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    date_order: str = ""
    kinds: tuple[tuple[str, Kind], ...] = ()
    one_spelling: bool = True
    words_for_nothing: bool | None = None

    def kind_of(self, column: str) -> Kind | None:
        """What a person wants a column read as; None where nobody says it."""
        return dict(self.kinds).get(column)


AS_IT_IS = Reading()
"""A file read as it says itself."""


def chosen(reading: Reading, nothing: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What a complete reading decides that another could have decided otherwise, in a few words.

    `nothing` are the words of the column to predict that may mean a missing value.
    """
    words = "" if reading.words_for_nothing is None else " ".join(nothing)[:20]
    orders = {"": "", "day": "day before month", "month": "month before day"}
    found = [
        "comma before decimals" if reading.decimal == "," else "",
        orders[reading.date_order],
        words and f"{words} {'is missing' if reading.words_for_nothing else 'is a class'}",
        "" if reading.one_spelling else "each spelling a word",
        *(f"{name[:20]} read as {KINDS[kind]}" for name, kind in reading.kinds),
    ]
    return tuple(tidy(text) for text in found if text)[:MOST_CHOICES]

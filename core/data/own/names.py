"""The data room, one's own: names from a person's file, made harmless and told apart.

They stand in sentences, menus, charts and links. A mark that Markdown, HTML or LaTeX could take for
its own gives way to its full-width twin, which looks alike and does nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import AfterValidator

LONGEST = 40
HARMLESS = " _-.,()%/+'="
_TWIN = ord("＊") - ord("*")


def tidy(text: str) -> str:
    """A name of one line and at most 40 harmless characters; it may be empty."""
    text = unicodedata.normalize("NFC", " ".join(text[:1000].split()))
    kept = "".join(_harmless(c) for c in text if c.isprintable())
    kept = re.sub(r"(?i)(www)\.", r"\1 ", unicodedata.normalize("NFC", kept))
    return " ".join(kept[:LONGEST].split())


def _harmless(c: str) -> str:
    marks = c.isascii() and not c.isalnum() and c not in HARMLESS
    return chr(ord(c) + _TWIN) if marks else c


def told_apart(names: Iterable[str], instead: str = "column") -> list[str]:
    """The names, tidied, each once: an empty one is "column 3", a second "age" is "age (2)"."""
    found: list[str] = []
    known: set[str] = set()
    for place, given in enumerate(names, 1):
        name = tidy(given) or f"{instead} {place}"
        other, number = name, 1
        while other in known:
            number += 1
            other = f"{name[: LONGEST - 8].rstrip()} ({number})"
        known.add(other)
        found.append(other)
    return found


def unaccented(text: str) -> str:
    """The text without accents and umlauts: "märz" is "marz"."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _checked(name: str) -> str:
    if not name or tidy(name) != name:
        raise ValueError("a name has 1 to 40 characters, none of which mean anything to a browser")
    return name


Name = Annotated[str, AfterValidator(_checked)]
"""A name that `tidy` leaves as it is."""


def labels(titles: Mapping[str, str], kind: str) -> dict[str, str]:
    """What a menu calls each, by id, "iris (own data)"; of two of one title the second has more."""
    found: dict[str, str] = {}
    for one, title in titles.items():
        label = f"{title} ({kind})"
        found[one] = f"{label} {one[-4:]}" if label in found.values() else label
    return found

"""The data room, one's own: what became of a file that a person brought."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from core.data.dataset import Split
from core.data.own import kept
from core.data.own.description import OwnData
from core.data.own.names import tidy

FORMAT = 2
"""Counts the ways in which files were made into numbers: another way, another id."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A data set ready to be trained on, and what was done to make it one."""

    own: OwnData
    split: Split
    said: tuple[str, ...]
    """Sentences: how it was split, what was left out."""
    columns: tuple[tuple[str, str, str], ...] = ()
    """Of a table: each column's name, what it holds, what a network is fed of it."""
    warnings: tuple[str, ...] = ()
    """Sentences: what makes the test score better than it will be on new data."""

    def store(self, user: str) -> OwnData:
        """Write it down for as long as `user` uses it. Raises DataError."""
        kept.hold(self.own.id, user)
        kept.store(self.own.id, self.own.model_dump_json(), self.split)
        return self.own


def id_of(data: bytes, *choices: Any) -> str:
    """The id of what a file becomes: the same file and the same choices, the same id."""
    digest = hashlib.sha256(json.dumps([FORMAT, *choices]).encode())
    digest.update(data)
    return f"own-{digest.hexdigest()[:16]}"


def title_of(file_name: str, *more: str) -> str:
    """The file's name without folder and ending, as a title."""
    stem = file_name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return tidy(", ".join([tidy(stem)[:24] or "Data", *more]))


def counted(number: int, one: str, many: str = "") -> str:
    """A count with its word: "1 row", "2,000 rows"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def some(names: list[str], most: int = 5) -> str:
    """Names in a sentence, the first few of many."""
    shown = ", ".join(f"“{name}”" for name in names[:most])
    return shown + (f" and {len(names) - most:,} more" if len(names) > most else "")

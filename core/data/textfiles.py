"""The data room: reads texts and tables, plain or gzipped, and names damaged ones."""

import csv
import gzip
import zlib
from pathlib import Path

import numpy as np

from core.data.dataset import damaged, missing

MOST = 4_000_000
"""Most bytes of a text: a file that unpacks to more is not one of ours."""


def read_text(path: Path) -> str:
    """Read a text in UTF-8, gzipped where the name ends in ".gz".

    Raises DataError for a missing or damaged file.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read(MOST + 1)
    except FileNotFoundError:
        raise missing(path) from None
    except (OSError, EOFError, zlib.error):
        raise damaged(path, "it cannot be read to its end") from None
    if len(content) > MOST:
        raise damaged(path, f"it holds more than {MOST:,} bytes")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise damaged(path, "it is not a text in UTF-8") from None


def read_table(
    path: Path,
    rows: int,
    *,
    numbers: tuple[str, ...] = (),
    words: tuple[str, ...] = (),
    choices: dict[str, tuple[str, ...]] | None = None,
) -> dict[str, np.ndarray]:
    """Read the named columns of a CSV file that must have exactly this many rows.

    Numbers come as float64, NaN where a cell is empty; words as they are; choices, whose words are
    given, as int64 places among them. Raises DataError for a missing or damaged file.
    """
    table = list(csv.reader(read_text(path).splitlines()))
    head, body = (table[0], table[1:]) if table else ([], [])
    if len(body) != rows or any(len(row) != len(head) for row in body):
        raise damaged(path, f"it does not hold {rows:,} whole rows")
    choices = choices or {}
    for name in (*numbers, *words, *choices):
        if name not in head:
            raise damaged(path, f"it has no column {name}")
    columns = {name: [row[place] for row in body] for place, name in enumerate(head)}
    try:
        return {
            **{name: np.array([float(c or "nan") for c in columns[name]]) for name in numbers},
            **{name: np.array(columns[name], str) for name in words},
            **{n: np.array([of.index(c) for c in columns[n]]) for n, of in choices.items()},
        }
    except ValueError:
        raise damaged(path, "a cell holds what its column cannot hold") from None

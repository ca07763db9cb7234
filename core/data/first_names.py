"""The data room: first names, letter by letter, more common among women or among men.

A name that both have belongs to those among whom it is more frequent, or is left out where it is
equally so. All names of men are taken, and as many of women, the most frequent ones.
"""

from pathlib import Path

import numpy as np

from core.data.dataset import Dataset, Split, cached, damaged
from core.data.textfiles import read_table

FILE = Path(__file__).parent / "files" / "first_names" / "first_names.csv"
ROWS, EACH, TEST_EACH = 5_163, 1_146, 200
LENGTH = 12
CLASSES = ("female", "male")
ALPHABET = "·abcdefghijklmnopqrstuvwxyz"
"""First the sign that fills up a name from the left, so that its last letter stands last."""


def _spelled(names: np.ndarray) -> np.ndarray:
    """Names as symbols (N, LENGTH)."""
    letters = "".join(name.rjust(LENGTH, ALPHABET[0]) for name in names.tolist())
    place = {letter: place for place, letter in enumerate(ALPHABET)}
    if len(letters) != len(names) * LENGTH or not place.keys() >= set(letters):
        raise damaged(FILE, f"it has names that are no {LENGTH} letters from a to z")
    return np.array([place[letter] for letter in letters]).reshape(-1, LENGTH)


def _read() -> Split:
    table = read_table(FILE, ROWS, words=("name",), numbers=CLASSES)
    more = table["female"] - table["male"]
    women, men = table["name"][more > 0][:EACH], table["name"][more < 0][:EACH]
    if len(women) != EACH or len(men) != EACH:
        raise damaged(FILE, f"it does not hold {EACH:,} names of women and of men")
    random = np.random.default_rng(1)
    pairs = np.stack([random.permutation(women), random.permutation(men)], axis=1)
    classes = np.tile([0, 1], EACH)  # in turns: both parts have as many of each
    return Split.at(2 * (EACH - TEST_EACH), _spelled(pairs.ravel()), classes)


DATASET = Dataset(
    name="first_names",
    title="First names",
    description="2,292 first names of the US census of 1990, more common among women or among men.",
    shape=(LENGTH,),
    classes=CLASSES,
    train_size=2 * (EACH - TEST_EACH),
    test_size=2 * TEST_EACH,
    terms="US Census Bureau, 1990, as it comes with names; public domain.",
    load=cached(_read),
    alphabet=tuple(ALPHABET),
    epochs=15,
)

"""The data room: MNIST, all 70,000 handwritten digits, inside the project."""

from pathlib import Path

from core.data.dataset import Dataset, Split, cached
from core.data.idx import read_split, read_test

FOLDER = Path(__file__).parent / "files" / "mnist"
TRAIN_SIZE, TEST_SIZE = 60_000, 10_000


def _read() -> Split:
    return read_split(FOLDER, TRAIN_SIZE, TEST_SIZE)


def _read_test() -> Split:
    return read_test(FOLDER, TEST_SIZE)


DATASET = Dataset(
    name="mnist",
    title="MNIST",
    description="70,000 handwritten digits, grey, 28x28: the first task of most courses.",
    shape=(1, 28, 28),
    classes=tuple("0123456789"),
    train_size=TRAIN_SIZE,
    test_size=TEST_SIZE,
    terms="Copyright Yann LeCun and Corinna Cortes, derived from NIST's data sets; CC BY-SA 3.0.",
    load=cached(_read),
    test=cached(_read_test),
)

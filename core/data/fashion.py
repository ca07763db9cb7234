"""The data room: a class-balanced subset of Fashion-MNIST, inside the project."""

from pathlib import Path

from core.data.dataset import Dataset, Split, cached
from core.data.idx import read_split, read_test

FOLDER = Path(__file__).parent / "files" / "fashion"
TRAIN_SIZE, TEST_SIZE = 10_000, 2_000
CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def _read() -> Split:
    return read_split(FOLDER, TRAIN_SIZE, TEST_SIZE)


def _read_test() -> Split:
    return read_test(FOLDER, TEST_SIZE)


DATASET = Dataset(
    name="fashion",
    title="Fashion-MNIST (12,000 images)",
    description="12,000 pictures of ten kinds of clothing, grey, 28x28: harder than digits.",
    shape=(1, 28, 28),
    classes=CLASSES,
    train_size=TRAIN_SIZE,
    test_size=TEST_SIZE,
    terms="Copyright 2017 Zalando SE; MIT License; a subset of Fashion-MNIST.",
    load=cached(_read),
    test=cached(_read_test),
)

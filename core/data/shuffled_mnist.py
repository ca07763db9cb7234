"""The data room: MNIST with its pixels moved, all images by one permutation.

A Linear layer has the same task as before; a convolution finds no neighbours.
"""

import numpy as np

from core.data import mnist
from core.data.dataset import Dataset, Split, cached
from core.data.idx import read_split, read_test

ORDER = np.random.default_rng(1).permutation(28 * 28)
"""Which pixel of MNIST stands at each place, row by row."""


def shuffled(images: np.ndarray) -> np.ndarray:
    """Give images (N, 1, 28, 28) with their pixels moved."""
    return np.take(images.reshape(-1, len(ORDER)), ORDER, axis=1).reshape(images.shape)


def _moved(split: Split) -> Split:
    train, test = shuffled(split.train_inputs), shuffled(split.test_inputs)
    return Split(train, split.train_targets, test, split.test_targets)


def _read() -> Split:
    return _moved(read_split(mnist.FOLDER, mnist.TRAIN_SIZE, mnist.TEST_SIZE))


def _read_test() -> Split:
    return _moved(read_test(mnist.FOLDER, mnist.TEST_SIZE))


DATASET = Dataset(
    name="shuffled_mnist",
    title="MNIST, pixels shuffled",
    description="MNIST with the pixels of every image moved in the same way: nothing is lost but "
    "who stands beside whom, which only convolutions need.",
    shape=(1, 28, 28),
    classes=mnist.DATASET.classes,
    train_size=mnist.TRAIN_SIZE,
    test_size=mnist.TEST_SIZE,
    terms=f"MNIST with its pixels moved. {mnist.DATASET.terms}",
    load=cached(_read),
    test=cached(_read_test),
)

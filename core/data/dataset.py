"""The data room: what every data set is, whatever file or library it comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import zip_longest

import numpy as np

MOST_CLASSES = 16
MOST_PROBES = 100
PROBES_A_CLASS = 10


class DataError(Exception):
    """A data set cannot be had; the message is one sentence or two for the person who asked."""


@dataclass(frozen=True, eq=False)
class Split:
    """The images and labels of a data set, apart for training and for testing, all read-only.

    Images are uint8, 0 to 255, of shape (N, channels, height, width); labels are int64 of
    shape (N,), each the place of its class in `Dataset.classes`.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray

    def __post_init__(self) -> None:
        """Lock the arrays: one copy of them serves everybody in the process."""
        for array in (self.train_images, self.train_labels, self.test_images, self.test_labels):
            array.setflags(write=False)


@dataclass(frozen=True)
class Dataset:
    """A data set: what the menu says about it, and the function that gives its images.

    `shape` is that of one image, (channels, height, width). `load` raises DataError where the
    data cannot be had; `test`, where it is given, reads the test part alone and saves memory.
    `downloads` says that the first `load` needs a network; `is_here` says whether a `load` now
    would need none.
    """

    name: str
    title: str
    description: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    train_size: int
    test_size: int
    terms: str
    load: Callable[[], Split]
    test: Callable[[], Split] | None = None
    downloads: bool = False
    is_here: Callable[[], bool] = partial(bool, True)

    def load_test(self) -> Split:
        """Give the test images; the training part may be left empty. Raises DataError."""
        return (self.test or self.load)()

    def probes(self, split: Split) -> tuple[int, ...]:
        """Give the place of the first test image of each class, for the first 16 classes."""
        return tuple(places[0] for places in self._places(split, 1) if places)

    def many_probes(self, split: Split) -> tuple[int, ...]:
        """Give the places of up to 100 test images: 10 of each class, fewer if classes are many.

        The first of each class come first, then the second of each, and so on: the result
        begins with `probes`.
        """
        each = min(PROBES_A_CLASS, MOST_PROBES // min(len(self.classes), MOST_CLASSES))
        rounds = zip_longest(*self._places(split, each))
        return tuple(place for one_round in rounds for place in one_round if place is not None)

    def _places(self, split: Split, each: int) -> list[list[int]]:
        classes = range(min(len(self.classes), MOST_CLASSES))
        return [np.flatnonzero(split.test_labels == c)[:each].tolist() for c in classes]


def images01(images: np.ndarray) -> np.ndarray:
    """Give uint8 images as float32 between 0 and 1, of the same shape: what a network is fed.

    Raises TypeError for any other kind of number, whose scale cannot be known.
    """
    if images.dtype != np.uint8:
        raise TypeError(f"images must be uint8 between 0 and 255, not {images.dtype}")
    return images.astype(np.float32) / np.float32(255)


def cached(read: Callable[[], Split]) -> Callable[[], Split]:
    """Let a process read a data set once: it keeps the two that were used last."""
    return partial(_kept, read)


@lru_cache(maxsize=2)
def _kept(read: Callable[[], Split]) -> Split:
    return read()

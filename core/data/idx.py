"""The data room: reads gzipped IDX files, the format MNIST and Fashion-MNIST come in.

An IDX file is two zero bytes, a byte for the kind of number (8: uint8), a byte for the number
of dimensions, each dimension as four big-endian bytes, and then the numbers.
"""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from core.data.dataset import Split, damaged, missing

TRAIN_IMAGES = "train-images-idx3-ubyte.gz"
TRAIN_LABELS = "train-labels-idx1-ubyte.gz"
TEST_IMAGES = "t10k-images-idx3-ubyte.gz"
TEST_LABELS = "t10k-labels-idx1-ubyte.gz"
FILES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)


def read_idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Read a gzipped IDX file that must hold uint8 of exactly this shape; read-only.

    Never unpacks more than that shape needs. Raises DataError for a missing or damaged file.
    """
    header = struct.pack(f">4B{len(shape)}I", 0, 0, 8, len(shape), *shape)
    whole = len(header) + math.prod(shape)
    try:
        with gzip.open(path) as file:
            # One byte more than there should be: only at its end is a gzip file's checksum tested.
            content = file.read(whole + 1)
    except FileNotFoundError:
        raise missing(path) from None
    except (OSError, EOFError, zlib.error):
        raise damaged(path, "it cannot be read to its end") from None
    if not content.startswith(header):
        raise damaged(path, f"it does not announce {_sizes(shape)} bytes")
    if len(content) != whole:
        raise damaged(path, f"it does not hold the {_sizes(shape)} bytes it announces")
    return np.frombuffer(content, np.uint8, offset=len(header)).reshape(shape)


def read_labels(path: Path, count: int, classes: int) -> np.ndarray:
    """Read `count` labels as int64; raises DataError also for a label of no class."""
    labels = read_idx(path, (count,)).astype(np.int64)
    if labels.max(initial=0) >= classes:
        raise damaged(path, f"it has labels above {classes - 1}")
    return labels


def read_split(folder: Path, train_size: int, test_size: int) -> Split:
    """Read the four files of a folder: grey images of 28x28, ten classes."""
    return Split(
        read_idx(folder / TRAIN_IMAGES, (train_size, 28, 28))[:, np.newaxis],
        read_labels(folder / TRAIN_LABELS, train_size, 10),
        read_idx(folder / TEST_IMAGES, (test_size, 28, 28))[:, np.newaxis],
        read_labels(folder / TEST_LABELS, test_size, 10),
    )


def read_test(folder: Path, test_size: int) -> Split:
    """Read the two test files of a folder; the training part is empty."""
    none = np.empty((0, 1, 28, 28), np.uint8), np.empty(0, np.int64)
    images = read_idx(folder / TEST_IMAGES, (test_size, 28, 28))[:, np.newaxis]
    return Split(*none, images, read_labels(folder / TEST_LABELS, test_size, 10))


def _sizes(shape: tuple[int, ...]) -> str:
    return " x ".join(f"{size:,}" for size in shape)

"""The data room: CIFAR-10, downloaded by torchvision when it is first asked for.

What comes are pickles, and a pickle is a program: they are opened only in the process that
downloads, after torchvision has compared their checksum, and stored as IDX files.
"""

from pathlib import Path

import numpy as np

from core.data.dataset import Dataset, Split, cached
from core.data.download import Source
from core.data.idx import read_idx, read_labels

SHAPE = (3, 32, 32)
TRAIN_SIZE, TEST_SIZE = 50_000, 10_000
CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
FILES = tuple(f"{part}-{what}.gz" for part in ("train", "test") for what in ("images", "labels"))
DOWNLOAD = """
import gzip, pathlib, socket, struct, sys
socket.setdefaulttimeout(20)
import numpy as np
from torchvision.datasets import CIFAR10
folder = pathlib.Path(sys.argv[1])
(folder / "CIFAR10").mkdir()
for part in ("train", "test"):
    data = CIFAR10(folder / "original", train=part == "train", download=True)
    images, labels = data.data.transpose(0, 3, 1, 2), np.array(data.targets)
    for what, array in (("images", images), ("labels", labels)):
        header = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
        content = gzip.compress(header + array.astype(np.uint8).tobytes(), compresslevel=1)
        (folder / "CIFAR10" / f"{part}-{what}.gz").write_bytes(content)
"""
SOURCE = Source(
    title="CIFAR-10",
    address="https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    script=DOWNLOAD,
    folder="CIFAR10",
    files=FILES,
    instead="Choose Fashion-MNIST with 12,000 images, which needs no network.",
)


def _read_part(folder: Path, part: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    images = read_idx(folder / f"{part}-images.gz", (size, *SHAPE))
    return images, read_labels(folder / f"{part}-labels.gz", size, len(CLASSES))


def _whole(folder: Path) -> Split:
    train = _read_part(folder, "train", TRAIN_SIZE)
    return Split(*train, *_read_part(folder, "test", TEST_SIZE))


def _part(folder: Path) -> Split:
    none = np.empty((0, *SHAPE), np.uint8), np.empty(0, np.int64)
    return Split(*none, *_read_part(folder, "test", TEST_SIZE))


def _read() -> Split:
    return SOURCE.read(_whole)


def _read_test() -> Split:
    return SOURCE.read_here(_part)


DATASET = Dataset(
    name="cifar10",
    title="CIFAR-10",
    description="60,000 colour pictures of animals and vehicles, 32x32; 170 MB are downloaded at "
    "first use.",
    shape=SHAPE,
    classes=CLASSES,
    train_size=TRAIN_SIZE,
    test_size=TEST_SIZE,
    terms="CIFAR-10 by A. Krizhevsky, V. Nair and G. Hinton (2009), from its authors' own site, "
    "which names no licence.",
    load=cached(_read),
    test=_read_test,
    downloads=True,
    is_here=SOURCE.is_here,
)

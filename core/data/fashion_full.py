"""The data room: Fashion-MNIST in full, downloaded by torchvision when it is first asked for."""

from pathlib import Path

from core.data.dataset import Dataset, Split, cached
from core.data.download import Source
from core.data.fashion import CLASSES
from core.data.idx import FILES, read_split, read_test

TRAIN_SIZE, TEST_SIZE = 60_000, 10_000
SERVER = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
DOWNLOAD = """
import socket, sys
socket.setdefaulttimeout(20)
from torchvision.datasets import FashionMNIST
FashionMNIST(sys.argv[1], download=True)
"""
SOURCE = Source(
    title="Fashion-MNIST",
    address=SERVER + FILES[0],
    script=DOWNLOAD,
    folder="FashionMNIST",
    files=tuple(f"raw/{name}" for name in FILES),
    instead="Choose the 12,000-image subset, which needs no network.",
)


def _whole(folder: Path) -> Split:
    return read_split(folder / "raw", TRAIN_SIZE, TEST_SIZE)


def _part(folder: Path) -> Split:
    return read_test(folder / "raw", TEST_SIZE)


def _read() -> Split:
    return SOURCE.read(_whole)


def _read_test() -> Split:
    return SOURCE.read_here(_part)


DATASET = Dataset(
    name="fashion_full",
    title="Fashion-MNIST (all 70,000)",
    description="All 70,000 pictures of ten kinds of clothing; 31 MB are downloaded at first use.",
    shape=(1, 28, 28),
    classes=CLASSES,
    train_size=TRAIN_SIZE,
    test_size=TEST_SIZE,
    terms="Copyright 2017 Zalando SE; MIT License.",
    load=cached(_read),
    test=_read_test,
    downloads=True,
    is_here=SOURCE.is_here,
)

"""The data room: Fashion-MNIST in full, downloaded by torchvision when it is first asked for.

The download runs in a process of its own: the one that asks imports no torch, a server that
falls silent is given up, and half a download never reaches the place that is read from.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from core.data.dataset import DataError, Dataset, Split, cached
from core.data.fashion import CLASSES
from core.data.idx import FILES, read_split, read_test
from core.home import home

TRAIN_SIZE, TEST_SIZE = 60_000, 10_000
SERVER = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
CONNECT_SECONDS, DOWNLOAD_SECONDS = 10, 900
INSTEAD = "Choose the 12,000-image subset, which needs no network."

ASK = """
import sys, urllib.request
request = urllib.request.Request(sys.argv[1], method="HEAD")
urllib.request.urlopen(request, timeout=5).close()
"""
DOWNLOAD = """
import socket, sys
socket.setdefaulttimeout(20)
from torchvision.datasets import FashionMNIST
FashionMNIST(sys.argv[1], download=True)
"""


def _raw() -> Path:
    return home() / "data" / "FashionMNIST" / "raw"


def _is_here() -> bool:
    return all((_raw() / name).is_file() for name in FILES)


def _read() -> Split:
    if _is_here():
        try:
            return read_split(_raw(), TRAIN_SIZE, TEST_SIZE)
        except DataError:
            pass  # damaged on this disk: a new download takes its place
    try:
        _download(_raw().parent)
    except OSError:
        raise DataError(
            f"Fashion-MNIST could not be stored: Layerscope's data folder takes no files. {INSTEAD}"
        ) from None
    return read_split(_raw(), TRAIN_SIZE, TEST_SIZE)


def _read_test() -> Split:
    """What a page looks at: it never starts a download."""
    if not _is_here():
        raise DataError(f"Fashion-MNIST is not on this machine yet: train on it once. {INSTEAD}")
    return read_test(_raw(), TEST_SIZE)


def _download(target: Path) -> None:
    if not _succeeds(ASK, SERVER + FILES[0], CONNECT_SECONDS):
        raise DataError(
            f"Fashion-MNIST could not be downloaded: no connection to its server. {INSTEAD}"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="download-", dir=target.parent) as folder:
        if not _succeeds(DOWNLOAD, folder, DOWNLOAD_SECONDS):
            raise DataError(
                "Fashion-MNIST could not be downloaded: the connection broke, or what came was "
                f"damaged. {INSTEAD}"
            )
        shutil.rmtree(target, ignore_errors=True)
        try:
            os.replace(Path(folder) / target.name, target)
        except OSError:
            if not _is_here():  # else another process was faster, and its files are as good
                raise


def _succeeds(script: str, argument: str, seconds: float) -> bool:
    try:
        done = subprocess.run(
            [sys.executable, "-c", script, argument],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


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
    is_here=_is_here,
)

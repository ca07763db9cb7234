"""The data room: data sets that torchvision downloads when they are first asked for.

The download runs in a process of its own: the one that asks imports no torch, a server that
falls silent is given up, and half a download never reaches the place that is read from.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.data.dataset import DataError, Split
from core.home import HomeError, home, place

ASK = """
import sys, urllib.request
request = urllib.request.Request(sys.argv[1], method="HEAD")
urllib.request.urlopen(request, timeout=5).close()
"""
CONNECT_SECONDS, DOWNLOAD_SECONDS = 10, 900


@dataclass(frozen=True)
class Source:
    """Where a data set comes from, and what is said where it cannot be had.

    `script` makes `folder` and the `files` in it, inside the folder that it is started with.
    `address` is asked for first, to see whether there is a network at all.
    """

    title: str
    address: str
    script: str
    folder: str
    files: tuple[str, ...]
    instead: str
    """A sentence: what to choose where there is no network."""

    @property
    def place(self) -> Path:
        """The folder that is read from."""
        return place() / "data" / self.folder

    def is_here(self) -> bool:
        """Whether all files are on this machine."""
        return all(os.path.isfile(self.place / name) for name in self.files)

    def read(self, read: Callable[[Path], Split]) -> Split:
        """Give what `read` makes of the folder, downloaded if need be. Raises DataError."""
        if self.is_here():
            try:
                return read(self.place)
            except DataError:
                pass  # damaged on this disk: a new download takes its place
        try:
            self._download()
        except HomeError as fault:
            raise DataError(f"{fault} {self.instead}") from None
        except OSError:
            raise DataError(
                f"{self.title} could not be stored: Layerscope's data folder takes no files. "
                f"{self.instead}"
            ) from None
        return read(self.place)

    def read_here(self, read: Callable[[Path], Split]) -> Split:
        """Give what `read` makes of the folder; never starts a download. Raises DataError."""
        if not self.is_here():
            raise DataError(
                f"{self.title} is not on this machine yet: train on it once. {self.instead}"
            )
        return read(self.place)

    def _download(self) -> None:
        if not _succeeds(ASK, self.address, CONNECT_SECONDS):
            raise DataError(
                f"{self.title} could not be downloaded: no connection to its server. {self.instead}"
            )
        home("data")
        target = self.place
        with tempfile.TemporaryDirectory(prefix="download-", dir=target.parent) as folder:
            if not _succeeds(self.script, folder, DOWNLOAD_SECONDS):
                raise DataError(
                    f"{self.title} could not be downloaded: the connection broke, or what came was "
                    f"damaged. {self.instead}"
                )
            shutil.rmtree(target, ignore_errors=True)
            try:
                os.replace(Path(folder) / self.folder, target)
            except OSError:
                if not self.is_here():  # else another process was faster, its files are as good
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

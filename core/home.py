"""The home folder: where Layerscope keeps what outlives a visit (runs, downloaded data)."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

import platformdirs


def home() -> Path:
    """Give Layerscope's folder, made if it is not there.

    It is `LAYERSCOPE_HOME` where that is set, else the user's data folder of this system.
    Raises OSError where it cannot be made.
    """
    chosen = os.environ.get("LAYERSCOPE_HOME", "").strip()
    folder = Path(chosen).expanduser() if chosen else platformdirs.user_data_path("layerscope")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def size_of(paths: Iterable[Path]) -> int:
    """Bytes that these files take together; one that is not there, or has just gone, takes none."""
    size = 0
    for path in paths:
        with contextlib.suppress(FileNotFoundError):  # SQLite's log goes at any moment
            size += path.stat().st_size
    return size

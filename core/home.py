"""The home folder: where Layerscope keeps what outlives a visit (runs, downloaded data)."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

import platformdirs

PARTS = ("runs", "races", "stacks", "data", "data/own")
"""Its folders; each is made when something is first kept in it."""


class HomeError(OSError):
    """Nothing can be kept; the text is a sentence that says why, and what would be right."""


def place() -> Path:
    """Where Layerscope's folder is, whether it is there or not.

    It is `LAYERSCOPE_HOME` where that is set, else the user's data folder of this system.
    """
    chosen = os.environ.get("LAYERSCOPE_HOME", "").strip()
    return Path(os.path.expanduser(chosen)) if chosen else platformdirs.user_data_path("layerscope")


def home(part: str = "") -> Path:
    """Give Layerscope's folder, or a part of it, made if it is not there. Raises HomeError."""
    for folder in (place(), place() / part):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise _unusable(folder, "a file is in its place") from None
        except OSError as fault:
            raise _unusable(folder, fault.strerror or str(fault)) from None
        _check(folder)
    return folder


def size_of(paths: Iterable[Path]) -> int:
    """Bytes that these files take together; one that is not there, or has just gone, takes none."""
    size = 0
    for path in paths:
        with contextlib.suppress(FileNotFoundError):  # SQLite's log goes at any moment
            size += path.stat().st_size
    return size


def trouble() -> str:
    """A sentence about what keeps the home from being used, or nothing."""
    try:
        folder = home()
        for path in (folder / part for part in PARTS):
            if os.path.lexists(path):
                _check(path)
    except HomeError as fault:
        return str(fault)
    return ""


def part_of(name: str) -> Path:
    """A part of the home, made where that can be: for who only reads what is there."""
    with contextlib.suppress(HomeError):
        home(name)
    return place().absolute() / name


def files_in(folder: Path, pattern: str) -> list[Path]:
    """The paths in a folder that fit a pattern, sorted; none where it is not there, or closed."""
    with contextlib.suppress(OSError):
        return sorted(folder.glob(pattern))
    return []


def _check(path: Path) -> None:
    if not os.path.isdir(path):
        raise _unusable(path, "a file is in its place")
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise _unusable(path, "it may not be written to")


def _unusable(path: Path, why: str) -> HomeError:
    return HomeError(
        f"Nothing can be trained or kept here: the folder {path} cannot be used ({why}). Let the "
        "server write to it, or set LAYERSCOPE_HOME to a folder that it can write to, and start "
        "it again. What comes with Layerscope works without."
    )

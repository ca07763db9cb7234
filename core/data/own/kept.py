"""The data room, one's own: the arrays of a brought data set, one file each in the home folder.

A file that nobody chose to keep has its server's process in its name and goes with the last one who
uses it: a visitor's session, a run in training. What a killed server left goes at the next start.
No pickle is ever read.
"""

import contextlib
import os
import re
import threading
from functools import lru_cache
from pathlib import Path

import numpy as np
import psutil

from core.data.dataset import DataError, Split
from core.home import files_in, home, place, size_of

BUDGET = 1_000_000_000
"""Bytes that all brought data sets together may take."""
LARGEST = 220_000_000
"""Bytes of one file; a larger one is none of ours."""
PARTS = ("train_inputs", "train_targets", "test_inputs", "test_targets")
_users: dict[str, set[str]] = {}
_lock = threading.RLock()


def gone() -> DataError:
    """Say that a run's own data is not here."""
    return DataError(
        "This run's own data is not on this machine (any more). Bring the same file again on the "
        "page Your data, with the same choices, and it is the same data set."
    )


def damaged() -> DataError:
    """Say that a file does not hold what its run was trained on."""
    return DataError(
        "The file of this run's own data does not hold what the run was trained on. Delete it on "
        "the page Your data and bring it again."
    )


def folder() -> Path:
    """Where brought data lies, made if it is not there; raises HomeError."""
    return home("data/own").absolute()


def _files(data_id: str) -> list[Path]:
    """The files of an id: one, or none; anything else than an id has none."""
    return _named(data_id) if re.fullmatch(r"own-[0-9a-f]{16}", data_id) else []


def _named(pattern: str = "own-*") -> list[Path]:
    where = place().absolute() / "data" / "own"
    both = files_in(where, f"{pattern}.npz"), files_in(where, f"{pattern}.*.session")
    return sorted([*both[0], *both[1]])


def is_here(data_id: str) -> bool:
    """Whether the arrays are on this machine."""
    return bool(_files(data_id))


def is_kept(data_id: str) -> bool:
    """Whether a person chose to keep them."""
    return any(path.suffix == ".npz" for path in _files(data_id))


def taken() -> int:
    """Bytes that all brought data takes."""
    return size_of(_named())


def store(data_id: str, description: str, split: Split) -> None:
    """Write a data set for as long as somebody uses it. Raises DataError where there is no room."""
    if is_here(data_id):
        return
    tidy_up()
    arrays = {name: getattr(split, name) for name in PARTS}
    if taken() + sum(array.nbytes for array in arrays.values()) > BUDGET:
        raise DataError(
            f"The {BUDGET // 10**6} MB for brought data are full: delete a data set that is not "
            "needed any more, then try again."
        )
    about = np.frombuffer(description.encode(), np.uint8)
    path = folder() / f"{data_id}.{_this_server()}.session"
    half = path.with_suffix(".tmp")
    with _lock:
        try:
            with half.open("wb") as file:
                np.savez(file, allow_pickle=False, about=about, **arrays)
            os.replace(half, path)
        except OSError:
            raise DataError(
                "The data could not be stored: is the disk full, or the data folder read-only?"
            ) from None
        finally:
            with contextlib.suppress(OSError):
                half.unlink(missing_ok=True)


def load(data_id: str) -> Split:
    """The arrays of a data set; a process keeps the last two. Raises DataError."""
    for path in _files(data_id):
        with contextlib.suppress(FileNotFoundError):
            return _read(path, path.stat().st_mtime_ns)
    raise gone()


@lru_cache(maxsize=2)
def _read(path: Path, written: int) -> Split:
    arrays = _arrays(path, PARTS)
    return Split(*(arrays[name] for name in PARTS))


def _arrays(path: Path, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    if path.stat().st_size > LARGEST:
        raise damaged()
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            return {name: file[name] for name in names}
    except FileNotFoundError:
        raise
    except Exception:  # a damaged file makes numpy raise whatever it stumbles over
        raise damaged() from None


def descriptions() -> dict[str, str]:
    """What was written of every data set that is kept, by id; unreadable ones are left out."""
    found = {}
    for path in _named():
        if path.suffix == ".npz":
            with contextlib.suppress(DataError, OSError, UnicodeDecodeError):
                found[path.stem] = _about(path, path.stat().st_mtime_ns)
    return found


def description(data_id: str) -> str:
    """What was written of a data set that is here, kept or not; raises DataError."""
    for path in _files(data_id):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            return _about(path, path.stat().st_mtime_ns)
    raise gone()


@lru_cache(maxsize=256)
def _about(path: Path, written: int) -> str:
    return _arrays(path, ("about",))["about"].tobytes().decode()


def whole(data_id: str) -> tuple[str, Split]:
    """What was written of a data set that is here, and its arrays; raises DataError."""
    return description(data_id), load(data_id)


def keep(data_id: str) -> None:
    """Let a data set outlive those who use it now. Raises DataError where it is gone."""
    if is_kept(data_id):
        return
    with _lock:
        for path in _files(data_id):
            with contextlib.suppress(OSError):
                os.replace(path, folder() / f"{data_id}.npz")
                return
    raise gone()


def remove(data_id: str) -> None:
    """Delete a data set, kept or not; who trains on it has it in memory."""
    with _lock:
        for path in _files(data_id):
            path.unlink(missing_ok=True)
        _forget()


def hold(data_id: str, user: str) -> None:
    """Say that somebody, a visitor or a run in training, uses a data set."""
    with _lock:
        _users.setdefault(data_id, set()).add(user)


def let_go(user: str) -> None:
    """Say that somebody uses nothing more: what nobody uses and nobody keeps is deleted."""
    with _lock:
        for users in _users.values():
            users.discard(user)
        tidy_up()


def tidy_up() -> None:
    """Delete what is not kept and not used: after a session, and at a server's start."""
    with _lock:
        for path in [*_named(), *files_in(place().absolute() / "data" / "own", "*.tmp")]:
            data_id, *rest = path.name.split(".")
            mine = rest[0] == _this_server()
            used = _users.get(data_id) and path.suffix == ".session" if mine else _lives(rest[0])
            if path.suffix != ".npz" and not used:
                with contextlib.suppress(OSError):  # of a folder that takes no changes
                    path.unlink(missing_ok=True)
        _forget()


@lru_cache(maxsize=1)
def _this_server() -> str:
    process = psutil.Process()
    return f"{process.pid}-{int(process.create_time())}"


def _lives(server: str) -> bool:
    pid, _, started = server.partition("-")
    try:
        return abs(psutil.Process(int(pid)).create_time() - int(started)) < 2
    except (ArithmeticError, ValueError, psutil.Error):
        return False


def _forget() -> None:
    """Let the arrays of what may be gone leave this process's memory."""
    _read.cache_clear()
    _about.cache_clear()

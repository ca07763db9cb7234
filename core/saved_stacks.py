"""Saved stacks: networks put together by hand under names, one small JSON file each in the home.

Ids name files, names are only text. What lies in the folder may come from anywhere, so a file is
read with the checks that a link gets; one that does not hold is named, and left alone. No torch.
"""

import contextlib
import json
import os
import re
import tempfile
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.data.own.names import labels
from core.home import HomeError, files_in, home, place
from core.runs import new_id, tidy_name
from core.settings import settings_from
from core.stacks import Stack, checked
from core.unfit import Unfit

OWN_NETWORK = "Own network"
"""What a network that was put together by hand is called as an architecture."""
MOST = 200
"""Stacks that there can be."""
MOST_BYTES = 50_000
"""Bytes of one; a stack of as many layers as there can be takes half of them."""
_ID = re.compile(r"[0-9a-z]{26}")
_lock = threading.Lock()


class SavedStack(BaseModel):
    """A stack under a name, and the data set that it was built for."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=80)
    data: str = Field("", max_length=40)
    """A data set's name, or the id of a brought one; it need not be here."""
    bricks: Stack


class Lost(LookupError):
    """A saved stack that is not here; the text says so."""

    sentence = "This saved stack is not on this machine (any more)."


def folder() -> Path:
    """Where the stacks lie; it is made for the first one."""
    return place().absolute() / "stacks"


def found() -> dict[str, SavedStack | Unfit]:
    """Every saved stack by id, the oldest first; of a damaged file the sentence that names it."""
    read: dict[str, SavedStack | Unfit] = {}
    for path in files_in(folder(), "*.json")[: 2 * MOST]:
        if _ID.fullmatch(path.stem):
            try:
                read[path.stem] = _read(path, path.stat().st_mtime_ns)
            except Unfit as fault:
                read[path.stem] = fault
            except FileNotFoundError:  # deleted meanwhile
                continue
    return read


def whole(read: dict[str, SavedStack | Unfit]) -> dict[str, SavedStack]:
    """Those of `found` that can be opened, in the order of their names."""
    sound = {key: one for key, one in read.items() if isinstance(one, SavedStack)}
    return dict(sorted(sound.items(), key=lambda pair: pair[1].name.casefold()))


def fitting_stacks(given: dict[str, Any]) -> dict[str, SavedStack]:
    """Those of `whole` that can be trained on a data set: `given` names it as settings do."""
    own = given.get("own")
    told = own.model_dump_json() if own else ""
    asked = given["data"], told, given.get("length")
    return {key: one for key, one in whole(found()).items() if _fits(one.model_dump_json(), *asked)}


def labels_of(listed: dict[str, SavedStack]) -> dict[str, str]:
    """What a menu calls each, by id: two of one name are told apart."""
    return labels({stack_id: saved.name for stack_id, saved in listed.items()}, "saved")


@lru_cache(maxsize=10 * MOST)
def _fits(saved: str, data: str, own: str, length: int | None) -> bool:
    given = {"data": data, "own": json.loads(own) if own else None, "length": length}
    bricks = SavedStack.model_validate_json(saved).bricks
    try:
        settings_from({**given, "architecture": OWN_NETWORK, "bricks": bricks})
    except Unfit:
        return False
    return bool(bricks)


def save(stack: Stack, name: str, data: str = "") -> str:
    """Keep a stack under a name of its own; gives its id. Raises Unfit where that cannot be."""
    with _lock:
        _count_on_room()
        stack_id = new_id()
        _write(stack_id, SavedStack(name=_free(name), data=data, bricks=checked(stack)))
    return stack_id


def rename(stack_id: str, name: str) -> None:
    """Give a stack another name. Raises Lost where it is gone, Unfit where that cannot be."""
    with _lock:
        path = _path(stack_id)
        if not path.is_file():
            raise Lost(Lost.sentence)
        saved = _read(path, path.stat().st_mtime_ns)
        if tidy_name(name) != saved.name:
            _write(stack_id, saved.model_copy(update={"name": _free(name)}))


def delete(stack_id: str) -> None:
    """Remove a stack; `restore` brings it back until another is deleted."""
    with _lock, contextlib.suppress(FileNotFoundError):
        path = _path(stack_id)
        os.replace(path, path.with_suffix(".deleted"))
        for gone in files_in(folder(), "*.deleted"):
            if gone.stem != stack_id:
                gone.unlink(missing_ok=True)


def restore(stack_id: str) -> None:
    """Bring back the stack that was deleted last; raises Lost where it is gone for good."""
    with _lock:
        path = _path(stack_id)
        try:
            _count_on_room()
            os.replace(path.with_suffix(".deleted"), path)
        except FileNotFoundError:
            raise Lost(
                "This stack was deleted for good; only the last deleted one can come back."
            ) from None


def _path(stack_id: str) -> Path:
    if not _ID.fullmatch(stack_id):
        raise Lost(Lost.sentence)
    return folder() / f"{stack_id}.json"


def _count_on_room() -> None:
    if len(files_in(folder(), "*.json")) >= MOST:
        raise Unfit(
            f"There are {MOST} saved stacks, and there can be no more: delete one that is not "
            "needed any more, then try again."
        )


def _free(name: str) -> str:
    """The name as it is kept, where no other stack has it."""
    tidy = tidy_name(name)
    if not any(letter.isalnum() for letter in tidy):
        raise Unfit("A stack is saved under a name: one with at least one letter or digit.")
    taken = {one.name.casefold() for one in whole(found()).values()}
    if tidy.casefold() in taken:
        raise Unfit(
            f"There is a saved stack “{tidy}” already: choose another name, or rename or delete "
            "that one first."
        )
    return tidy


@lru_cache(maxsize=2 * MOST)
def _read(path: Path, written: int) -> SavedStack:
    fault = Unfit(f"The file {path.name} holds no saved stack: delete it, or put it right.")
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            raise fault
        saved = SavedStack.model_validate_json(text)
        checked(saved.bricks)
    except FileNotFoundError:
        raise
    except (OSError, ValidationError, Unfit, RecursionError):
        raise fault from None
    return saved.model_copy(update={"name": tidy_name(saved.name) or path.stem})


def _write(stack_id: str, saved: SavedStack) -> None:
    """Under its name whole or not at all."""
    text = saved.model_dump_json().encode()
    if len(text) > MOST_BYTES:
        raise Unfit(f"This stack takes more than the {MOST_BYTES // 1000} kB that one can have.")
    path, copy = _path(stack_id), ""
    try:
        home("stacks")
        handle, copy = tempfile.mkstemp(prefix=".saving-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(copy, path)
    except HomeError as fault:
        raise Unfit(f"The stack could not be saved. {fault}") from None
    except OSError as fault:
        with contextlib.suppress(OSError):
            os.unlink(copy)
        raise Unfit(f"The stack could not be saved: {fault.strerror or fault}.") from None

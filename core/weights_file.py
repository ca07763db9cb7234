"""Weights file: a safetensors file from elsewhere becomes the start of a run; nothing is trusted.

What it says of itself is compared with the network's plan before a tensor is made of it. Imported
by the server too, so torch is imported only inside what a worker does.
"""

from collections.abc import Sequence
from tempfile import NamedTemporaryFile

import numpy as np
from safetensors import SafetensorError, deserialize, safe_open

from core.architectures.bricks import Shape, sizes
from core.architectures.code import paths
from core.architectures.plans import Layer
from core.commands import Command, Inbox
from core.export import COUNTED
from core.records import Array, ArrayKey, Event, Record
from core.settings import Settings

HEADER_LIMIT, FILE_LIMIT = 1_000_000, 100_000_000
"""Most bytes of what a file says of itself, and of a whole file."""
FLOATS = {"F32": "<f4", "F16": "<f2", "BF16": "<u2"}
"""Types of numbers that are read. Of BF16 numpy knows only the bits."""
NO_FILE = (
    "This is no safetensors file, or not a whole one; “Weights” under “Take it away” gives one."
)


class Unsuitable(ValueError):
    """A file that this network cannot take its weights from; the text says what would be right."""


def wanted(layers: Sequence[Layer]) -> dict[str, tuple[ArrayKey, Shape]]:
    """Each tensor that a network's file holds, by its name there: its layer and kind, its shape."""
    at, found = paths(layers), {}
    for layer in layers:
        shapes = dict(layer.weights)
        if layer.kind == "batchnorm":
            shapes |= dict.fromkeys(("running_mean", "running_var"), layer.weights["weight"])
            shapes[COUNTED] = ()
        for kind, shape in shapes.items():
            found[f"{at[layer.name]}.{kind}"] = (layer.name, kind), shape
    return found


def read(data: bytes, layers: Sequence[Layer]) -> dict[ArrayKey, Array]:
    """The weights in a file, float32, and BatchNorm's statistics; raises Unsuitable.

    Half-precision numbers are taken as they are. How many batches a BatchNorm has seen may lack.
    """
    tensors = wanted(layers)
    _check(_told(data), tensors)
    arrays: dict[ArrayKey, Array] = {}
    for name, tensor in deserialize(data):  # no larger than the network, as was checked
        key, shape = tensors[name]
        numbers = _numbers(tensor["dtype"], tensor["data"]).reshape(shape)
        _check_numbers(name, key[1], numbers)
        arrays[key] = Array(numbers)
    return arrays


def _told(data: bytes) -> dict[str, tuple[str, Shape]]:
    """Type and shape of each tensor by name, as the file says: nothing is made of them yet."""
    if len(data) > FILE_LIMIT:
        raise Unsuitable(f"This file is larger than {FILE_LIMIT // 10**6} MB, as no network is.")
    header = int.from_bytes(data[:8], "little")
    if header > HEADER_LIMIT:
        raise Unsuitable(NO_FILE)
    with NamedTemporaryFile() as file:
        file.write(data[: 8 + header])
        file.truncate(len(data))  # as long as the whole, but the tensors take no room
        try:
            with safe_open(file.name, framework="numpy") as opened:
                parts = {name: opened.get_slice(name) for name in opened.keys()}  # noqa: SIM118
                return {n: (p.get_dtype(), tuple(p.get_shape())) for n, p in parts.items()}
        except SafetensorError:
            raise Unsuitable(NO_FILE) from None


def _check(told: dict[str, tuple[str, Shape]], tensors: dict[str, tuple[ArrayKey, Shape]]) -> None:
    for name, (dtype, shape) in told.items():
        if name not in tensors:
            known = ", ".join(list(tensors)[:4]) + (" …" if len(tensors) > 4 else "")
            raise Unsuitable(
                f"This file holds {_named(name)}, which this network does not have; its tensors "
                f"are {known}."
            )
        key, right = tensors[name]
        if shape != right:
            raise Unsuitable(
                f"{_named(name)} has the shape {_shape(shape)} in this file; this network needs "
                f"{_shape(right)}."
            )
        fitting = ("I64",) if key[1] == COUNTED else tuple(FLOATS)
        if dtype not in fitting:
            raise Unsuitable(
                f"{_named(name)} is of the type {dtype} in this file; {' or '.join(fitting)} would "
                "be right."
            )
    missing = [name for name, (key, _) in tensors.items() if name not in told and key[1] != COUNTED]
    if missing:
        more = f" and {len(missing) - 1} more of its tensors" if len(missing) > 1 else ""
        right = tensors[missing[0]][1]
        raise Unsuitable(
            f"This file lacks {_named(missing[0])}, which this network has with the shape "
            f"{_shape(right)}{more}."
        )


def _numbers(dtype: str, data: bytes) -> np.ndarray:
    if dtype == "I64":
        return np.frombuffer(data, "<i8").astype(np.int64)
    raw = np.frombuffer(data, FLOATS[dtype])
    if dtype == "BF16":  # the upper half of a float32
        return (raw.astype(np.uint32) << 16).view(np.float32)
    return raw.astype(np.float32)


def _check_numbers(name: str, kind: str, numbers: np.ndarray) -> None:
    if bad := int(np.count_nonzero(~np.isfinite(numbers))):
        raise Unsuitable(
            f"{_named(name)} holds {bad:,} of {numbers.size:,} numbers that are NaN or infinite; "
            "all must be finite."
        )
    if kind in (COUNTED, "running_var") and (numbers < 0).any():
        raise Unsuitable(f"{_named(name)} holds a number below 0, which it cannot be.")


def _named(name: str) -> str:
    """A tensor's name from outside in a sentence: one short line, nothing hidden in it."""
    return f"“{''.join(c if c.isprintable() else '?' for c in name[:80])}”"


def _shape(shape: Shape) -> str:
    return sizes(shape[:8]) if shape else "of a single number"


def begun(settings: Settings, weights: dict[ArrayKey, Array]) -> list[Record]:
    """What a run announces that begins with these weights and is stopped before its first step.

    For a worker: a moment, the exact state, and how good it is on the test data. Raises Unsuitable
    where no finite numbers come out of the network, and DataError where the data set is not here.
    """
    from core.checkpoints import State, load_weights
    from core.training import train

    state, inbox = State(settings), Inbox()
    load_weights(state.network, weights)
    inbox.send(Command("stop"))
    records = list(train(settings, inbox, state.checkpoint()))
    last = records.pop()
    assert isinstance(last, Event)
    if last.kind != "stopped":
        where = f"{last.text[0].lower()}{last.text[1:]}"
        raise Unsuitable(f"These weights are too large for this network: {where}")
    told = Event(last.step, last.kind, f"Begun with weights from a file. {last.text}", last.value)
    return [*records[1:], told]  # without "resumed"

"""Weights file: a safetensors file from elsewhere becomes the start of a run; nothing is trusted.

What it says of itself is compared with the network's plan before a tensor is made of it. Imported
by the server too, so torch is imported only inside what a worker does.
"""

import os
from collections.abc import Container, Sequence
from tempfile import NamedTemporaryFile
from typing import NamedTuple

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
FLOATS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
"""Types of numbers that are read. Of BF16 numpy knows only the bits."""
TITLES = {"F64": "float64", "F16": "float16", "BF16": "bfloat16"}
MOST_FLOAT = float(np.finfo(np.float32).max)
COUNTS = {"I64": "<i8", "I32": "<i4"}
WRAPPERS = {"module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"}
"""Parts that torch puts into names where a network or a layer of it is wrapped."""
AVERAGED = "n_averaged"
"""How many states a `torch.optim.swa_utils.AveragedModel` is the mean of: no weight."""
NO_FILE = (
    "This is no safetensors file, or not a whole one; “Weights” under “Take it away” gives one."
)
PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
"""How a pickle begins; newer files of torch are zips with one inside."""


class Unsuitable(ValueError):
    """A file that this network cannot take its weights from; the text says what would be right."""


class PickleFileError(Unsuitable):
    """A file that `torch.save` wrote: a pickle, which is never opened; see `conversion`."""


class _Tensor(NamedTuple):
    """What a file says of a tensor of the network: its name there, its type, its shape."""

    name: str
    dtype: str
    shape: Shape


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

    Numbers of other widths are rounded to float32 or taken as they are, and what wraps a network
    in its names is left away: see `remarks`. How many batches a BatchNorm has seen may lack.
    """
    tensors = wanted(layers)
    found = _checked(data, tensors)
    places = {tensor.name: name for name, tensor in found.items()}
    arrays: dict[ArrayKey, Array] = {}
    for name, tensor in deserialize(data):  # no larger than the network, as was checked
        if name in places:
            key, shape = tensors[places[name]]
            numbers = _numbers(name, key[1], tensor["dtype"], tensor["data"])
            arrays[key] = Array(numbers.reshape(shape))
    return arrays


def remarks(data: bytes, layers: Sequence[Layer]) -> tuple[str, ...]:
    """What is done to a file's names and numbers before they fit, a sentence each."""
    found = _checked(data, wanted(layers))
    remarks = []
    changed = [(tensor.name, name) for name, tensor in found.items() if tensor.name != name]
    if changed:
        more = ", and so on" if len(changed) > 1 else ""
        remarks.append(f"Its {_named(changed[0][0])} is taken as {_named(changed[0][1])}{more}.")
    types = {tensor.dtype for tensor in found.values()} & TITLES.keys()
    for dtype in sorted(types):
        how = "rounded to" if dtype == "F64" else "taken as"
        remarks.append(f"Its {TITLES[dtype]} numbers are {how} float32.")
    return tuple(remarks)


def conversion(name: str) -> str:
    """Two lines of Python that save what `torch.save` wrote to a file as safetensors."""
    stem = name.rpartition(".")[0] or name
    return (
        "import torch; from safetensors.torch import save_file\n"
        f"save_file(torch.load({name!r}, weights_only=True), {stem + '.safetensors'!r})"
    )


def _told(data: bytes) -> dict[str, tuple[str, Shape]]:
    """Type and shape of each tensor by name, as the file says: nothing is made of them yet."""
    if len(data) > FILE_LIMIT:
        raise Unsuitable(f"This file is larger than {FILE_LIMIT // 10**6} MB, as no network is.")
    if _is_pickle(data):
        raise PickleFileError(
            "This file was written by torch.save: it is a pickle, which can run any code and is "
            "not opened here. Save its weights as safetensors, with these two lines where you "
            "trust the file; of a checkpoint with more in it, save the part with the weights."
        )
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


def _is_pickle(data: bytes) -> bool:
    """Whether torch.save wrote it; a safetensors file may begin alike, as its header's length."""
    old = data.startswith(PICKLES) and any(data[3:8])
    return old or (data.startswith(b"PK") and b"data.pkl" in data)


def _checked(data: bytes, tensors: dict[str, tuple[ArrayKey, Shape]]) -> dict[str, _Tensor]:
    """What the file has for each tensor of the network; raises Unsuitable where that cannot be."""
    told = {name: tensor for name, tensor in _told(data).items() if name != AVERAGED}
    found: dict[str, _Tensor] = {}
    for name, place in _places(list(told), tensors).items():
        dtype, shape = told[name]
        if place not in tensors:
            known = ", ".join(list(tensors)[:4]) + (" …" if len(tensors) > 4 else "")
            raise Unsuitable(
                f"This file holds {_named(name)}, which this network does not have; its tensors "
                f"are {known}."
            )
        key, right = tensors[place]
        if shape != right:
            raise Unsuitable(
                f"{_named(name)} has the shape {_shape(shape)} in this file; this network needs "
                f"{_shape(right)}."
            )
        fitting = (*COUNTS, *FLOATS) if key[1] == COUNTED else tuple(FLOATS)
        if dtype not in fitting:
            raise Unsuitable(
                f"{_named(name)} is of the type {dtype} in this file; {' or '.join(fitting)} would "
                "be right."
            )
        found[place] = _Tensor(name, dtype, shape)
    missing = [n for n, (key, _) in tensors.items() if n not in found and key[1] != COUNTED]
    if missing:
        more = f" and {len(missing) - 1} more of its tensors" if len(missing) > 1 else ""
        right = tensors[missing[0]][1]
        raise Unsuitable(
            f"This file lacks {_named(missing[0])}, which this network has with the shape "
            f"{_shape(right)}{more}."
        )
    return found


def _places(names: list[str], tensors: Container[str]) -> dict[str, str]:
    """The network's name of each tensor in a file: without wrappers, and a prefix all have."""
    if all(name in tensors for name in names):
        return {name: name for name in names}
    bare = {n: ".".join(part for part in n.split(".") if part not in WRAPPERS) for n in names}
    longest = os.path.commonprefix(list(bare.values()))
    ends = [at + 1 for at, character in enumerate(longest) if character == "."]
    for end in (0, *ends):
        places = {name: short[end:] for name, short in bare.items()}
        if len(set(places.values())) == len(names) and all(p in tensors for p in places.values()):
            return places
    return {name: name for name in names}


def _numbers(name: str, kind: str, dtype: str, data: bytes) -> np.ndarray:
    """A tensor's numbers, float32 or, of a count, int64; raises Unsuitable for what cannot be."""
    if dtype in COUNTS:
        numbers = np.frombuffer(data, COUNTS[dtype])
    else:
        numbers = np.frombuffer(data, FLOATS[dtype])
        if dtype == "BF16":  # the upper half of a float32
            numbers = (numbers.astype(np.uint32) << 16).view(np.float32)
    _check_numbers(name, kind, numbers)
    return numbers.astype(np.int64 if kind == COUNTED else np.float32)


def _check_numbers(name: str, kind: str, numbers: np.ndarray) -> None:
    if bad := int(np.count_nonzero(~np.isfinite(numbers))):
        raise Unsuitable(
            f"{_named(name)} holds {bad:,} of {numbers.size:,} numbers that are NaN or infinite; "
            "all must be finite."
        )
    if numbers.size and float(np.abs(numbers).max()) > MOST_FLOAT:
        raise Unsuitable(f"{_named(name)} holds a number that is too large for float32.")
    if kind in (COUNTED, "running_var") and (numbers < 0).any():
        raise Unsuitable(f"{_named(name)} holds a number below 0, which it cannot be.")
    if kind == COUNTED and (numbers != np.rint(numbers)).any():
        raise Unsuitable(f"{_named(name)} holds a number with a fraction; it is a count.")


def _named(name: str) -> str:
    """A tensor's name from outside in a sentence: one short line, nothing hidden in it."""
    return f"“{''.join(c if c.isprintable() else '?' for c in name[:80])}”"


def _shape(shape: Shape) -> str:
    return sizes(shape[:8]) if shape else "of a single number"


def begun(
    settings: Settings, weights: dict[ArrayKey, Array], remarks: Sequence[str] = ()
) -> list[Record]:
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
    text = " ".join(("Begun with weights from a file.", *remarks, last.text))
    told = Event(last.step, last.kind, text, last.value)
    return [*records[1:], told]  # without "resumed"

"""Rows: how records become rows of a run's file and come back, every value checked. No torch here.

A file from elsewhere, or one with a flipped bit, may hold anything anywhere: a number where a text
should be, a shape that does not fit. What comes out of this room is of the type that it says.
"""

import json
import math
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.records import Array, ArrayKey, Event, Moment

DTYPES = ("float64", "float32", "float16", "int64", "int32", "int8", "uint8")
_LARGEST = float(np.finfo(np.float32).max)
_BAD = (ArithmeticError, AttributeError, RecursionError, TypeError, ValueError)

SCHEMA = (
    "CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE events (number INTEGER PRIMARY KEY, step INTEGER NOT NULL, kind TEXT NOT NULL, "
    "text TEXT NOT NULL, value REAL, time REAL NOT NULL)",
    "CREATE TABLE metrics (step INTEGER PRIMARY KEY, epoch REAL, loss REAL, accuracy REAL, "
    "held_out_loss REAL, held_out_accuracy REAL, learning_rate REAL, seconds REAL)",
    "CREATE TABLE moments (step INTEGER PRIMARY KEY, epoch REAL NOT NULL, loss REAL, "
    "numbers TEXT NOT NULL)",
    "CREATE TABLE arrays (number INTEGER PRIMARY KEY, exact INTEGER NOT NULL, "
    "step INTEGER NOT NULL, layer TEXT NOT NULL, kind TEXT NOT NULL, dtype TEXT NOT NULL, "
    "shape TEXT NOT NULL, scale REAL NOT NULL, units INTEGER, crc INTEGER NOT NULL, "
    "data BLOB NOT NULL)",
    "CREATE UNIQUE INDEX arrays_by_layer ON arrays (layer, kind, exact, step)",
    "CREATE INDEX arrays_by_step ON arrays (exact, step)",
)
"""The tables of a run's file."""


class Damaged(Exception):
    """A run's file that cannot be read; the text is a sentence that says where and what to do."""


def _checked(value: Any, *types: type) -> Any:
    if not isinstance(value, types):
        raise TypeError
    return value


def notes_of(rows: list[tuple]) -> dict[str, str]:
    """The run's notes from their rows: key, value; raises Damaged."""
    try:
        return {_checked(key, str): _checked(value, str) for key, value in rows}
    except _BAD:
        raise Damaged("This run's file is damaged: its notes cannot be read.") from None


def event_of(row: tuple) -> tuple[Event, float]:
    """An event and its time from its row: step, kind, text, value, time; raises Damaged."""
    step, kind, text, value, time = row
    try:
        event = Event(_checked(step, int), _checked(kind, str), _checked(text, str), value)
        _checked(value, int, float, type(None))
        return event, _checked(time, int, float)
    except _BAD:
        raise Damaged(f"This run's file is damaged: an event at step {step!r:.20}.") from None


def columns_of(rows: list[tuple], names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Rows of numbers as columns of float64 by name, NaN for what is not there; raises Damaged."""
    try:
        table = np.array(rows, dtype=np.float64).reshape(-1, len(names))
    except _BAD:
        raise Damaged("This run's file is damaged: its metrics cannot be read.") from None
    return dict(zip(names, table.T, strict=True))


def numbers_text(numbers: dict[str, dict[str, float]]) -> str:
    """A moment's numbers as JSON; NaN and infinities, which JSON does not know, become null."""
    finite = {
        layer: {key: value if math.isfinite(value) else None for key, value in mine.items()}
        for layer, mine in numbers.items()
    }
    return json.dumps(finite, allow_nan=False)


def moment_of(row: tuple) -> Moment:
    """A moment without its arrays from its row: step, epoch, loss, numbers; raises Damaged."""
    step, epoch, loss, text = row
    try:
        numbers = {
            layer: {k: math.nan if v is None else float(v) for k, v in mine.items()}
            for layer, mine in json.loads(_checked(text, str)).items()
        }
        _checked(loss, int, float, type(None))
        return Moment(step, _checked(epoch, int, float), loss, {}, numbers)
    except _BAD:
        raise Damaged(f"This run's file is damaged at step {step}.") from None


def array_row(exact: bool, step: int, key: ArrayKey, array: Array) -> tuple:
    """The row of an array: exact, step, layer, kind, dtype, shape, scale, units, crc, data."""
    data, shape = array.values.tobytes(), json.dumps(array.values.shape)
    what = (int(exact), step, *key, array.values.dtype.name, shape)
    return (*what, array.scale, array.units, zlib.crc32(data), data)


def array_of(step: int, row: Sequence) -> tuple[ArrayKey, Array]:
    """An array from its row: layer, kind, dtype, shape, scale, units, crc, data; raises Damaged."""
    layer, kind, dtype, shape_text, scale, units, crc, data = row
    try:
        shape = tuple(_checked(side, int) for side in json.loads(_checked(shape_text, str)))
        whole = dtype in DTYPES and len(shape) <= 8 and all(0 <= side < 2**31 for side in shape)
        size = np.dtype(dtype).itemsize * math.prod(shape) if whole else -1
        if size != len(_checked(data, bytes)) or zlib.crc32(data) != crc:
            raise ValueError
        if not abs(_checked(scale, int, float)) <= _LARGEST:
            raise ValueError
        _checked(units, int, type(None))
        key = _checked(layer, str), _checked(kind, str)
        return key, Array(np.frombuffer(data, dtype).reshape(shape), scale, units)
    except _BAD:
        where = f"{layer!r:.40} {kind!r:.40}"
        raise Damaged(
            f"This run's file is damaged at step {step!r:.20} ({where}); others may be whole."
        ) from None

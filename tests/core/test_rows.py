"""Rows of a run's file: a field of another kind is refused, though all others are sound."""

import json
import math
import zlib

import numpy as np
import pytest

from core.records import Array, Event, Moment
from core.rows import Damaged, array_of, array_row, columns_of, event_of, moment_of, notes_of

DATA = np.arange(6, dtype=np.float32).tobytes()
ARRAY = {
    "layer": "linear1",
    "kind": "weight",
    "dtype": "float32",
    "shape": "[2, 3]",
    "scale": 0.5,
    "units": 7,
    "crc": zlib.crc32(DATA),
    "data": DATA,
}
EVENT = {"step": 3, "kind": "learning_rate", "text": "0.1", "value": 0.1, "time": 1e9}
MOMENT = {"step": 4, "epoch": 0.5, "loss": 1.5, "numbers": '{"linear1": {"norm": 2, "dead": null}}'}


def test_sound_rows_are_read():
    key, array = array_of(1, tuple(ARRAY.values()))
    assert key == ("linear1", "weight") and (array.scale, array.units) == (0.5, 7)
    np.testing.assert_array_equal(array.numbers(), np.arange(6).reshape(2, 3) / 2)
    assert event_of(tuple(EVENT.values())) == (Event(3, "learning_rate", "0.1", 0.1), 1e9)
    moment = moment_of(tuple(MOMENT.values()))
    assert (moment.step, moment.epoch, moment.loss) == (4, 0.5, 1.5)
    assert moment.numbers["linear1"]["norm"] == 2 and math.isnan(moment.numbers["linear1"]["dead"])
    assert notes_of([("name", "a run"), ("pinned", "no")]) == {"name": "a run", "pinned": "no"}


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        *(("layer", wrong) for wrong in (None, 3, b"linear1")),
        *(("kind", wrong) for wrong in (None, 3, b"weight")),
        *(("dtype", wrong) for wrong in ("object", "float64", "<f4", None, 4, b"float32")),
        *(("shape", wrong) for wrong in ("[3, 3]", "[-2, -3]", "[2.0, 3]", '["2", 3]', "2", None)),
        ("shape", f"[{', '.join(['1'] * 7)}, 2, 3]"),  # nine sides
        ("shape", f"[0, {2**31}]"),
        *(("scale", wrong) for wrong in ("1", None, math.nan, math.inf, -math.inf, 1e39)),
        *(("units", wrong) for wrong in ("7", 7.5, b"7")),
        *(("crc", wrong) for wrong in (0, None, "x")),
        *(("data", wrong) for wrong in (DATA[:-1], DATA + b"\0", DATA[::-1], "text", None, 24)),
    ],
)
def test_one_wrong_field_of_an_array_is_enough(field: str, wrong: object):
    row = ARRAY | {field: wrong}
    if field == "shape" and wrong == f"[0, {2**31}]":
        row |= {"data": b"", "crc": 0}
    with pytest.raises(Damaged, match="damaged at step 12 "):
        array_of(12, tuple(row.values()))


@pytest.mark.parametrize(("dtype", "shape"), [("bool", "[1]"), ("S1", "[]"), ("float32", "[-1]")])
def test_what_no_run_holds_is_refused_even_where_its_bytes_would_fit(dtype: str, shape: str):
    row = ARRAY | {"dtype": dtype, "shape": shape, "data": b"\1", "crc": zlib.crc32(b"\1")}
    with pytest.raises(Damaged):
        array_of(0, tuple(row.values()))


def test_the_largest_arrays_that_are_allowed_are_read():
    row = ARRAY | {"shape": "[1, 1, 1, 1, 1, 1, 2, 3]", "scale": float(np.finfo(np.float32).max)}
    assert array_of(0, tuple(row.values()))[1].values.shape == (1, 1, 1, 1, 1, 1, 2, 3)
    row = ARRAY | {"shape": f"[0, {2**31 - 1}]", "data": b"", "crc": 0, "units": None}
    assert array_of(0, tuple(row.values()))[1].values.shape == (0, 2**31 - 1)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        *(("step", wrong) for wrong in ("3", 3.0, None)),
        *(("kind", wrong) for wrong in (7, None, b"x")),
        *(("text", wrong) for wrong in (7.5, None, b"x")),
        *(("value", wrong) for wrong in ("high", b"x")),
        *(("time", wrong) for wrong in ("now", None)),
    ],
)
def test_one_wrong_field_of_an_event_is_enough(field: str, wrong: object):
    with pytest.raises(Damaged, match="an event at step"):
        event_of(tuple((EVENT | {field: wrong}).values()))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        *(("epoch", wrong) for wrong in ("late", None)),
        *(("loss", wrong) for wrong in ("x", b"x")),
        *(("numbers", wrong) for wrong in ("[1]", '{"a": 1}', '{"a": {"b": "x"}}', "{", None, 3)),
    ],
)
def test_one_wrong_field_of_a_moment_is_enough(field: str, wrong: object):
    with pytest.raises(Damaged, match="damaged at step 4"):
        moment_of(tuple((MOMENT | {field: wrong}).values()))


@pytest.mark.parametrize("row", [(b"name", "x"), ("name", b"x"), ("name", None), (1, "x")])
def test_one_wrong_note_is_enough(row: tuple):
    with pytest.raises(Damaged, match="notes"):
        notes_of([("pinned", "no"), row])


def test_columns_are_numbers_by_name():
    columns = columns_of([(1, 0.5), (2, None)], ("step", "loss"))
    assert columns["step"].tolist() == [1, 2] and columns["loss"][0] == 0.5
    assert math.isnan(columns["loss"][1])
    assert {name: len(column) for name, column in columns_of([], ("a", "b")).items()} == {
        "a": 0,
        "b": 0,
    }
    with pytest.raises(Damaged, match="metrics"):
        columns_of([(1, "low")], ("step", "loss"))


def test_an_array_goes_into_its_row():
    array = Array(np.arange(6, dtype=np.float32).reshape(2, 3), 0.5, 7)
    row = array_row(True, 12, ("linear1", "weight"), array)
    assert row == (1, 12, *ARRAY.values())
    assert array_row(False, 12, ("linear1", "weight"), array)[0] == 0
    assert json.loads(row[5]) == [2, 3]
    assert isinstance(moment_of(tuple(MOMENT.values())), Moment)

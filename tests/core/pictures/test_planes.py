"""Numbers become bytes and come back, tiles stand where they should, messages are whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.pictures import (
    arranged,
    columns,
    display_scale,
    neat_scale,
    pack,
    signed_bytes,
    tile_shape,
    unpack,
    unsigned_bytes,
)
from core.pictures.planes import HALVES, SAMPLE, SMALL

anything = hnp.arrays(np.float32, hnp.array_shapes(), elements=st.floats(width=32))


@pytest.mark.parametrize(
    ("looks_at", "shape"),
    [
        ((1, 28, 28), (28, 28)),
        ((16, 5, 5), (20, 20)),
        ((6, 5, 5), (10, 15)),
        ((128,), (8, 16)),
        ((10,), (2, 5)),
        ((784,), (28, 28)),
        ((7,), (1, 7)),
        ((13,), (3, 5)),
        ((1,), (1, 1)),
    ],
)
def test_a_tile_has_the_shape_of_what_the_unit_looks_at(looks_at, shape):
    assert tile_shape(looks_at) == shape


def test_an_image_is_arranged_as_a_reshape():
    rows = np.arange(3 * 784, dtype=np.float32).reshape(3, 784)
    assert np.array_equal(arranged(rows, (1, 28, 28)), rows.reshape(3, 28, 28))


def test_channels_stand_beside_one_another():
    rows = np.arange(2 * 400).reshape(2, 400)
    tiles, channels = arranged(rows, (16, 5, 5)), rows.reshape(2, 16, 5, 5)
    for number in range(16):
        y, x = 5 * (number // 4), 5 * (number % 4)
        assert np.array_equal(tiles[:, y : y + 5, x : x + 5], channels[:, number])


@pytest.mark.parametrize(("dtype", "zero"), [(np.uint8, 128), (np.float32, 0)])
def test_cells_without_a_number_are_zero(dtype, zero):
    tile = arranged(np.full((1, 13), 7, dtype), (13,))
    assert tile.shape == (1, 3, 5)
    assert tile.ravel().tolist() == [7] * 13 + [zero] * 2
    assert (arranged(np.full((1, 45), 7, dtype), (5, 3, 3)) == zero).sum() in (0, 9)


@given(st.floats(1e-6, 1e6), hnp.arrays(np.float32, 50, elements=st.floats(-1, 1, width=32)))
def test_a_byte_gives_its_number_back_within_half_a_step(scale, shares):
    values = shares * np.float32(scale)
    back = (signed_bytes(values, scale).astype(np.float64) - 128) / 127 * scale
    assert np.abs(back - values).max() <= scale / 254 * (1 + 1e-4)
    back = unsigned_bytes(np.abs(values), scale) / 255 * scale
    assert np.abs(back - np.abs(values)).max() <= scale / 510 * (1 + 1e-4)


def test_zero_is_in_the_middle_and_the_ends_are_the_scale():
    values = np.array([0, 2, -2, 9, -9, np.nan, np.inf, -np.inf], np.float32)
    assert signed_bytes(values, 2).tolist() == [128, 255, 1, 255, 1, 0, 0, 0]
    assert unsigned_bytes(values, 2).tolist() == [0, 255, 0, 255, 0, 0, 0, 0]
    assert signed_bytes(np.zeros(3, np.float16), 0.0).tolist() == [128] * 3


def test_int8_numbers_pass_as_they_are():
    values = np.array([-128, -127, 0, 1, 127], np.int8)
    assert signed_bytes(values, 0.1).tolist() == [1, 1, 128, 129, 255]


@given(anything)
def test_any_numbers_become_bytes_and_a_scale(values):
    scale = display_scale(values)
    assert np.isfinite(scale) and scale > 0
    assert signed_bytes(values, scale).shape == values.shape
    assert neat_scale(scale) >= scale * 0.999


def test_a_few_outliers_do_not_pale_the_picture():
    values = np.random.default_rng(0).uniform(-1, 1, 10_000)
    values[:5] = 1000, -1000, np.inf, np.nan, -np.inf
    assert 0.98 < display_scale(values) <= 1
    assert display_scale(np.array([np.nan])) == display_scale(np.zeros(0)) == 1e-12


def test_the_scale_of_int8_is_the_scale_of_its_numbers():
    values = np.random.default_rng(0).integers(-128, 128, 5000).astype(np.int8)
    assert display_scale(values) == display_scale(values.astype(np.float32))


@pytest.mark.parametrize(("size", "neat"), [(0.21, 0.25), (0.25, 0.25), (9, 10), (1.01e-5, 1.2e-5)])
def test_a_neat_scale_is_the_next_round_number(size, neat):
    assert neat_scale(size) == neat


@pytest.mark.parametrize(
    ("tiles", "size", "across"), [(128, (28, 28), 16), (10, (8, 16), 2), (1, (9, 9), 1)]
)
def test_tiles_stand_in_a_pleasing_block(tiles, size, across):
    assert columns(tiles, *size) == across


texts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5
).map(lambda leaf: {"said": leaf, "frames": []})


@given(texts, st.integers(1, 4), st.binary(max_size=40), st.binary(max_size=20))
def test_what_is_packed_is_unpacked(header, frames, plane, still):
    header["frames"] = [{}] * frames
    planes = [[np.frombuffer(plane, np.uint8)[::-1]]] * frames
    packed = pack(header, planes, [np.frombuffer(still, np.uint8)])
    told, body = unpack(packed)
    assert told == header | {"frame_bytes": len(plane), "still_bytes": len(still)}
    assert body == still + plane[::-1] * frames
    assert (len(packed) - len(body)) % 8 == 0
    if body:
        with pytest.raises(ValueError):
            unpack(packed[:-1])


def test_frames_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="different lengths"):
        pack({}, [[np.zeros(1, np.uint8)], [np.zeros(2, np.uint8)]])
    with pytest.raises(ValueError, match="before its header"):
        unpack(b"\xff\xff\0\0{}")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int8])
def test_the_scale_of_many_numbers_is_found_in_some_of_them(dtype):
    values = np.random.default_rng(1).normal(0, 20, (128, 784)).astype(dtype)
    whole = np.sort(np.abs(values.astype(np.float64)).ravel())
    low, high = (whole[int(share * (values.size - 1))] for share in (0.9965, 0.9992))
    assert values.size > SAMPLE and low <= display_scale(values) <= high
    assert display_scale(values) == display_scale(values.copy())


@pytest.mark.parametrize("scale", [1e-12, 0.03, 1.0, 7e4])
def test_the_table_of_halves_gives_the_bytes_that_are_computed(scale):
    values = HALVES[np.random.default_rng(2).permutation(2**16)]
    with np.errstate(over="ignore"):
        wanted = signed_bytes(values.astype(np.float32), scale)
    assert values.size > SMALL and (signed_bytes(values, scale) == wanted).all()

"""Bad zips and pictures: never decoded where they are too large, one sentence for each."""

import struct
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data import DataError
from core.data.own import pictures
from core.data.own.pictures import MOST_PICTURES
from core.data.own.zips import MOST_FILE
from tests.core.data.own.files import a_picture, a_table, a_zip, from_zip


def declared(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels, and holds none."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


@pytest.mark.parametrize("side", [4001, 10_000, 30_000])
def test_a_picture_that_would_fill_the_memory_is_never_decoded(side):
    files = {f"{'ab'[n % 2]}/{n}.png": a_picture(n) for n in range(40)}
    made = from_zip(a_zip({**files, "a/bomb.png": declared(side, side)}))
    assert "1 file, more than 16 million pixels" in " ".join(made.said)


def test_many_large_pictures_are_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS_IN_ALL", 20_000)
    with pytest.raises(DataError, match="pixels together"):
        from_zip(a_zip())


def flagged(bit: int) -> bytes:
    """A zip whose members say that they have a password (bit 0)."""
    data = bytearray(a_zip())
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = data.find(mark)
        while start >= 0:
            data[start + place] |= bit
            start = data.find(mark, start + 4)
    return bytes(data)


def bomb() -> bytes:
    return a_zip({f"a/{n}.png": bytes(15_000_000) for n in range(20)})


BAD = {
    "nothing": (lambda: b"", "no zip file"),
    "half a zip": (lambda: a_zip()[:-40], "no zip file"),
    "a table": (a_table, "no zip file"),
    "empty": (lambda: a_zip({}), "holds no picture"),
    "no folder": (lambda: a_zip({"1.png": a_picture()}), "1 file, in no folder"),
    "no picture": (lambda: a_zip({"a/1.png": b"x", "b/1.txt": b"x"}), "holds no picture"),
    "one class": (lambda: a_zip({f"a/{n}.png": a_picture() for n in range(30)}), "1 folder with 5"),
    "few": (
        lambda: a_zip({f"{n % 2}/{n}.png": a_picture() for n in range(10)}),
        "Only 10 pictures",
    ),
    "too many classes": (
        lambda: a_zip({f"{n % 101}/{n}.png": a_picture(size=(2, 2)) for n in range(505)}),
        "101 folders",
    ),
    "a bomb": (bomb, "unpacks to more"),
    "a password": (lambda: flagged(1), "password"),
    "a rare packing": (lambda: a_zip(compression=zipfile.ZIP_LZMA), "rare way"),
    "too large": (lambda: bytes(MOST_FILE + 1), "larger than"),
    "too many files": (lambda: b"PK\x01\x02" * (2 * MOST_PICTURES + 1), "too many files"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_zip_is_one_sentence(name):
    made, sentence = BAD[name]
    with pytest.raises(DataError, match=sentence):
        from_zip(made())


def test_more_pictures_than_fit_are_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PICTURES", 20)
    with pytest.raises(DataError, match="more than 20 pictures"):
        from_zip(a_zip())


def test_more_bytes_than_fit_are_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_BYTES", 10_000)
    with pytest.raises(DataError, match="choose grey or fewer pixels"):
        from_zip(a_zip())


WHOLE = a_zip(compression=zipfile.ZIP_STORED)


def survives(data: bytes) -> bool:
    """Whether it is read, as declared; refused it is with a sentence and nothing else."""
    try:
        made = from_zip(data)
    except DataError as fault:
        assert str(fault).endswith(".")
        return False
    assert made.split.train_inputs.shape == (made.own.train_size, *made.own.dataset.shape)
    assert made.split.train_inputs.dtype == np.uint8
    return True


@settings(max_examples=150)
@given(st.binary(max_size=400))
def test_no_bytes_break_it(data):
    assert not survives(data) and not survives(b"PK" + data)


@settings(max_examples=150)
@given(st.data())
def test_no_damage_breaks_it(data):
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(WHOLE) - 1))
        new = data.draw(st.binary(min_size=1, max_size=8))
        damaged[place : place + len(new)] = new
    survives(bytes(damaged))
    assert survives(WHOLE)

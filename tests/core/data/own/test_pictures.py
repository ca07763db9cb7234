"""Own pictures against Pillow, and every bad zip: a sentence, and nothing on the disk."""

import io
import stat
import struct
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps
from sklearn.model_selection import train_test_split

from core.data import DataError
from core.data.own import pictures
from core.data.own.examples import SHAPES, example_pictures
from core.data.own.pictures import MOST_FILE, MOST_PICTURES, picture_data, read_pictures
from core.data.own.prepared import Prepared, id_of
from tests.core.data.own.files import a_picture, a_table, a_zip


def prepared(data: bytes, side: int = 28, colour: bool | None = None) -> Prepared:
    read = read_pictures(data, side)
    grey = read.grey if colour is None else not colour
    return picture_data(read, not grey, id_of(data, side, grey), "my pictures.zip")


def noise(seed: int, size: tuple[int, int] = (50, 37)) -> Image.Image:
    numbers = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(numbers)


def png(picture: Image.Image, kind: str = "PNG", **more) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **more)
    return content.getvalue()


@pytest.mark.parametrize("side", [28, 32])
@pytest.mark.parametrize("colour", [False, True])
def test_pictures_are_cropped_and_resized_as_pillow_does(side, colour):
    files = {f"{'ab'[n % 2]}/{n:02d}.png": png(noise(n)) for n in range(40)}
    made, split = prepared(a_zip(files), side, colour), None
    mode = "RGB" if colour else "L"
    fitted = [ImageOps.fit(noise(n).convert("RGBA"), (side, side)) for n in range(40)]
    wanted = np.stack([np.asarray(one.convert("RGB").convert(mode)) for one in fitted])
    wanted = wanted.transpose(0, 3, 1, 2) if colour else wanted[:, None]
    truth = np.arange(40) % 2
    train, test = train_test_split(np.arange(40), test_size=0.2, random_state=0, stratify=truth)
    split = made.split
    np.testing.assert_array_equal(split.train_inputs, wanted[train])
    np.testing.assert_array_equal(split.test_inputs, wanted[test])
    np.testing.assert_array_equal(split.train_targets, truth[train])
    np.testing.assert_array_equal(split.test_targets, truth[test])
    assert made.own.dataset.shape == (3 if colour else 1, side, side)
    assert made.own.classes == ("a", "b") and made.own.dataset.kind == "image"


def test_what_has_no_colour_is_grey():
    assert prepared(a_zip()).own.channels == 1
    files = {f"red/{n}.png": a_picture((200, n, 0)) for n in range(12)}
    files |= {f"blue/{n}.png": a_picture((0, n, 200)) for n in range(12)}
    assert prepared(a_zip(files)).own.channels == 3


def test_the_example_is_what_it_says(tmp_path):
    made = prepared(example_pictures())
    assert made.own.classes == SHAPES and made.own.channels == 1
    assert example_pictures() == example_pictures()


def test_every_kind_of_picture_is_read_upright_and_on_white():
    turned = Image.Exif()
    turned[0x0112] = 6
    half = Image.new("RGB", (40, 40), "black")
    half.paste("white", (0, 0, 40, 20))
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    kinds = [
        png(noise(0)),
        png(noise(0), "JPEG"),
        png(noise(0), "BMP"),
        png(noise(0).convert("P"), "GIF"),
        png(noise(0).convert("CMYK"), "JPEG"),
        png(noise(0).convert("1")),
        png(noise(0).convert("LA")),
    ]
    names = ("png", "jpg", "BMP", "gif", "jpeg", "png", "png")
    files = {f"a/{n}.{name}": kind for n, (name, kind) in enumerate(zip(names, kinds, strict=True))}
    files |= {"a/x.png": png(clear), "a/y.jpg": png(half, "JPEG", exif=turned)}
    read = read_pictures(a_zip(files), 28)
    assert len(read.numbers) == 9 and not read.said
    assert (read.numbers[7] == 255).all()
    right, left = read.numbers[8][:, 20:], read.numbers[8][:, :8]
    assert right.min() > 200 and left.max() < 50  # the camera was turned: the top is on the right


def strange_zip() -> bytes:
    """Pictures in two folders, and all that is none, under names that mean harm."""
    content = io.BytesIO(a_zip())
    with zipfile.ZipFile(content, "a") as file:
        for name in ("../../etc/passwd", "../x.png", "/root.png", "C:\\..\\y.png", "z.png"):
            file.writestr(name, a_picture())
        link = zipfile.ZipInfo("dark/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
        file.writestr("dark/readme.txt", "words")
        file.writestr("dark/broken.png", a_picture()[:45])
        file.writestr("dark/words.png", b"no picture")
        file.writestr("dark/other.png", a_picture(format="BMP"))
        file.writestr("dark/wide.png", png(Image.new("I;16", (30, 30), 4000)))
        file.writestr("dark/.hidden.png", a_picture())
        file.writestr("__MACOSX/dark/._1.png", a_picture())
        file.writestr("few/1.png", a_picture())
        file.writestr("deep/down/dark/2.png", a_picture())
        file.writestr("empty/", "")
    return content.getvalue()


def test_what_is_no_picture_in_a_folder_is_left_out_and_said(tmp_path, monkeypatch, home):
    monkeypatch.chdir(tmp_path)
    made = prepared(strange_zip())
    assert made.own.classes == ("bright", "dark")
    assert made.own.train_size + made.own.test_size == 25
    told = " ".join(made.said)
    for sentence in (
        "1 file, a link to another file",
        "4 files, in no folder",
        "2 files, no PNG, JPEG, BMP or GIF",
        "4 files, no whole picture of 8 bits a colour",
        "fewer than 5 pictures (“few”)",
    ):
        assert sentence in told
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


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
    made = prepared(a_zip({**files, "a/bomb.png": declared(side, side)}))
    assert "1 file, more than 16 million pixels" in " ".join(made.said)


def test_many_large_pictures_are_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS_IN_ALL", 20_000)
    with pytest.raises(DataError, match="pixels together"):
        prepared(a_zip())


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
        prepared(made())


def test_more_pictures_than_fit_are_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PICTURES", 20)
    with pytest.raises(DataError, match="more than 20 pictures"):
        prepared(a_zip())


def test_more_bytes_than_fit_are_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_BYTES", 10_000)
    with pytest.raises(DataError, match="choose grey or fewer pixels"):
        prepared(a_zip())


WHOLE = a_zip(compression=zipfile.ZIP_STORED)


def survives(data: bytes) -> bool:
    """Whether it is read, as declared; refused it is with a sentence and nothing else."""
    try:
        made = prepared(data)
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

"""A picture by its content, whatever it is called; bits, frames and turns; why one is left out."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageOps

from core.data import DataError
from core.data.own import picture_files, pictures
from core.data.own.picture_files import LeftOutError, format_of, opened, square
from core.data.own.pictures import read_pictures
from tests.core.data.own.files import a_picture, a_zip, from_zip
from tests.core.data.own.test_pictures import noise, png

SIDE = 28


def read(content: bytes) -> picture_files.Square:
    return square(opened(content), SIDE)


def fitted(picture: Image.Image) -> np.ndarray:
    return np.asarray(ImageOps.fit(picture.convert("RGBA"), (SIDE, SIDE)).convert("RGB"))


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP", "GIF"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
def test_every_format_is_what_pillow_says_of_it(kind, mode):
    picture = noise(1).convert(mode)
    content = png(picture.convert("RGB") if kind == "WEBP" else picture, kind)
    if kind == "WEBP":
        content = png(picture.convert("RGB"), kind, lossless=True)
    made = read(content)
    np.testing.assert_array_equal(made.values, fitted(Image.open(io.BytesIO(content))))
    assert made.notes == () and made.largest == 0


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP", "GIF", "JPEG"])
@pytest.mark.parametrize("name", ["a.jpg", "a.jfif", "a.png", "a.txt", "a", "A.JPE", "a.heic"])
def test_the_name_of_a_file_does_not_matter(kind, name):
    files = {f"{'ab'[n % 2]}/{n}{name}": png(noise(n), kind) for n in range(24)}
    made = read_pictures(a_zip(files), SIDE)
    assert len(made.numbers) == 24 and not made.left_out


@pytest.mark.parametrize(("largest", "top"), [(65_535, 65_535), (4_095, 4_095), (4_096, 8_191),
    (255, 255), (7, 255), (0, 255), (256, 511)])  # fmt: skip
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bits_a_pixel_are_scaled_alike_by_the_bits_that_are_used(largest, top, kind):
    files, levels = {}, []
    for n in range(24):
        levels.append(largest * n // 23)
        flat = Image.fromarray(np.full((30, 30), levels[-1], np.uint16))
        files[f"{'ab'[n % 2]}/{n:02d}.png"] = png(flat, kind)
    made = read_pictures(a_zip(files), SIDE)
    wanted = np.rint(np.array(levels) * 255 / top)
    np.testing.assert_array_equal(made.numbers[:, 5, 5, 0], wanted)
    assert (made.numbers == made.numbers[:, :1, :1, :1]).all()
    assert f"24 pictures with 16 bits a pixel: 0 to {top:,} is scaled to 0 to 255" in made.said[0]


def test_16_bits_are_resized_before_they_are_rounded():
    numbers = np.random.default_rng(0).integers(0, 65_536, (50, 37), np.uint16)
    files = {f"{'ab'[n % 2]}/{n}.png": png(Image.fromarray(numbers)) for n in range(24)}
    made = read_pictures(a_zip(files), SIDE).numbers[0, :, :, 0]
    exact = ImageOps.fit(Image.fromarray(numbers.astype(np.float32)), (SIDE, SIDE))
    np.testing.assert_allclose(made, np.clip(np.asarray(exact), 0, numbers.max()) / 257, atol=0.51)


def test_8_and_16_bits_stand_side_by_side():
    files = {f"a/{n}.png": a_picture(100 + n) for n in range(12)}
    files |= {
        f"b/{n}.png": png(Image.fromarray(np.full((9, 9), 60_000, np.uint16))) for n in range(12)
    }
    made = read_pictures(a_zip(files), SIDE)
    assert made.numbers[:12, 0, 0, 0].tolist() == list(range(100, 112))
    assert (made.numbers[12:] == 233).all() and "12 pictures with 16 bits" in made.said[0]


def sixteen_bit_colour() -> bytes:
    """A PNG of one pixel, 16 bits a colour."""
    import zlib

    row = b"\0" + struct.pack(">3H", 0x8040, 0xFFFF, 0x01FF)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0)),
              (b"IDAT", zlib.compress(row)), (b"IEND", b""))  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def test_16_bits_a_colour_are_rounded_and_it_is_said():
    made = read(sixteen_bit_colour())
    assert made.values[0, 0].tolist() == [0x80, 0xFF, 0x01]
    assert made.notes == ("with 16 bits a colour, rounded to 8",)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP", "PNG"])
def test_of_several_pictures_in_a_file_the_first_is_taken_and_it_is_said(kind):
    first, more = noise(3).convert("P"), [noise(4).convert("P"), noise(5).convert("P")]
    if kind != "GIF":
        first, more = first.convert("RGB"), [one.convert("RGB") for one in more]
    how = {"lossless": True} if kind == "WEBP" else {}
    content = png(first, kind, save_all=True, append_images=more, **how)
    made = read(content)
    np.testing.assert_array_equal(made.values, fitted(first))
    assert made.notes == ("with several pictures, of which the first is taken",)
    files = {f"{'ab'[n % 2]}/{n}": content if n < 3 else a_picture(n) for n in range(24)}
    assert read_pictures(a_zip(files), SIDE).said == (
        "3 files with several pictures, of which the first is taken.",
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_every_turn_that_a_camera_writes_down_is_turned_back(kind, turn):
    quarters = np.zeros((40, 40, 3), np.uint8)
    quarters[:20, :20], quarters[:20, 20:], quarters[20:, :20] = 250, 160, 80
    exif = Image.Exif()
    exif[0x0112] = turn
    content = png(Image.fromarray(quarters), kind, exif=exif)
    ways = {1: lambda a: a, 2: np.fliplr, 3: lambda a: np.rot90(a, 2), 4: np.flipud,
            5: lambda a: np.fliplr(np.rot90(a, 3)), 6: lambda a: np.rot90(a, 3),
            7: lambda a: np.fliplr(np.rot90(a)), 8: np.rot90}  # fmt: skip
    wanted = ways[turn](quarters[..., 0])
    made = read(content).values[..., 0]
    for row, column in ((5, 5), (5, 22), (22, 5), (22, 22)):
        at = wanted[int(row * 40 / SIDE), int(column * 40 / SIDE)]
        assert abs(int(made[row, column]) - int(at)) < 12


def test_16_bits_are_turned_too():
    numbers = np.zeros((40, 40), np.uint16)
    numbers[:20] = 60_000
    exif = Image.Exif()
    exif[0x0112] = 6
    made = read(png(Image.fromarray(numbers), "PNG", exif=exif)).values
    assert made[:, 22:].min() > 50_000 and made[:, :5].max() < 10_000


HEIC = b"\0\0\0\x18ftypheic" + bytes(40)
BROKEN = png(noise(0), "JPEG")[:900]
BITS = png(Image.new("F", (9, 9), 0.5), "TIFF")
RUNS = bytearray(a_picture(3, format="BMP"))
RUNS[30:34] = b"\1\0\0\0"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no picture in the format PNG, JPEG, GIF, BMP, WebP or TIFF"),
        (b"words, words", "no picture in the format"),
        (b"BMX is a sport for some.", "no picture in the format"),
        (b"%PDF-1.7 ......................", "no picture in the format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture in the format"),
        (a_picture(9, format="PPM"), "no picture in the format"),
        (HEIC, "a HEIC or AVIF picture, which is not read here: save it as JPEG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "damaged: a PNG that cannot be read"),
        (BROKEN, "damaged: a JPEG that cannot be read"),
        (BITS, "more than 16 bits a pixel: save it with 8 or 16"),
        (bytes(RUNS), "a run-length encoded BMP"),
        (png(Image.new("LAB", (9, 9)), "TIFF"), "colours given as LAB: save it as RGB"),
    ],
)
def test_a_file_is_left_out_for_its_true_reason(content, why):
    with pytest.raises(LeftOutError, match=why):
        read(content)
    files = {f"{'ab'[n % 2]}/{n}.png": a_picture(n) for n in range(24)}
    told = " ".join(from_zip(a_zip({**files, "a/x.png": content, "b/y.jpg": content})).said)
    assert f"Left out: 2 files, {why}" in told


def test_cmyk_palettes_with_clear_places_and_grey_with_alpha_are_read_on_white():
    clear = Image.new("P", (40, 40), 1)
    clear.putpalette([0, 0, 0, 255, 0, 0])
    assert (read(png(clear, "PNG", transparency=1)).values == 255).all()
    assert (read(png(clear, "GIF", transparency=1)).values == 255).all()
    assert (read(png(Image.new("LA", (40, 40), (9, 0)))).values == 255).all()
    ink = read(png(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "JPEG")).values
    assert ink[..., 0].min() > 240 and ink[..., 1:].max() < 15
    ink = read(png(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "TIFF")).values
    assert ink[0, 0].tolist() == [255, 0, 0]


def tiled(width: int, length: int, order: str = "<", big: bool = False, kind: int = 4) -> bytes:
    """A TIFF of 10 × 10 pixels that says that its one tile is so large."""
    tags = {256: 10, 257: 10, 258: 8, 259: 8, 262: 1, 277: 1, 322: width, 323: length, 324: 9}
    head = struct.pack(order + "HHHQ", 43, 8, 0, 16) if big else struct.pack(order + "HI", 42, 8)
    content = b"II"[: 2 * (order == "<")] or b"MM"
    content += head + struct.pack(order + ("Q" if big else "H"), len(tags))
    for tag, value in tags.items():
        content += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, 1)
        content += struct.pack(order + {3: "H", 4: "I"}[kind], value).ljust(8 if big else 4, b"\0")
    return content + bytes(16)


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(("kind", "sides"), [(4, (40_000, 40_000)), (4, (2**31 - 16, 16)),
    (3, (60_000, 60_000))])  # fmt: skip
def test_a_tile_that_would_fill_the_memory_is_never_made(kind, sides, order, big):
    with pytest.raises(LeftOutError, match="more than 16 million pixels"):
        opened(tiled(*sides, order, big, kind))
    with pytest.raises(LeftOutError, match="damaged"):
        read(tiled(16, 16, order, big, kind))


def test_what_costs_far_more_than_its_pixels_is_left_out():
    usual = png(noise(0), "JPEG", progressive=True)
    assert read(usual).values.shape == (SIDE, SIDE, 3)
    start = usual.rindex(b"\xff\xda")
    with pytest.raises(LeftOutError, match="a JPEG of more than 100 passes"):
        opened(usual[:-2] + usual[start:-2] * 100 + usual[-2:])
    with pytest.raises(LeftOutError, match="a TIFF of more than 500 tags"):
        opened(b"II*\0" + struct.pack("<IH", 8, 501) + bytes(12 * 501))


def test_a_zip_that_takes_too_long_is_one_sentence(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_SECONDS", -1)
    with pytest.raises(DataError, match="takes more than -1 seconds: bring fewer"):
        from_zip(a_zip())


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif", b"mp42"])
def test_only_pictures_of_that_container_are_called_so(brand):
    kind = "HEIC or AVIF" if brand != b"mp42" else "no picture in the format"
    with pytest.raises(LeftOutError, match=kind):
        format_of(b"\0\0\0\x18ftyp" + brand)

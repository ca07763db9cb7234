"""The data room, one's own: one file of a picture, known by its content, as a small square.

The formats are few and named, the size is asked for before anything is decoded, and of several
pictures in one file only the first is. What is no such picture is left out with its reason.
"""

import io
import struct
import warnings
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

MOST_PIXELS = 16_000_000
MOST_SCANS, MOST_TAGS = 100, 500
"""Of a progressive JPEG, of which some ten are usual, and of a TIFF."""
TILE_TAGS = (322, 323)
"""The width and the length of a TIFF's tiles: memory for one is taken before it is read."""
SIGNATURES = {
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "JPEG": (b"\xff\xd8\xff",),
    "GIF": (b"GIF87a", b"GIF89a"),
    "TIFF": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
}
FORMATS = "PNG, JPEG, GIF, BMP, WebP or TIFF"
HEAD = 16
"""Bytes by which a format is known."""
TOO_LARGE = f"more than {MOST_PIXELS // 10**6} million pixels"
SEVERAL = "with several pictures, of which the first is taken"
ROUNDED = "with 16 bits a colour, rounded to 8"
warnings.filterwarnings("ignore", module=r"PIL\.")  # a hostile file would fill the log with them


class LeftOutError(ValueError):
    """A file that is no picture for here; the text says why, as it stands after "3 files, "."""


@dataclass(frozen=True, eq=False)
class Square:
    """The middle square of a picture, upright, on white: uint8 (side, side, 3).

    Of a grey picture with more than 8 bits a pixel float32 (side, side), from 0 to at most the
    `largest` number in the whole picture; `largest` is 0 else.
    """

    values: np.ndarray
    largest: int = 0
    notes: tuple[str, ...] = ()
    """What was done to it, as it stands after "3 files, "."""


def format_of(head: bytes) -> str:
    """Pillow's name of the format of a file that begins so; raises LeftOutError for any other."""
    for name, signatures in SIGNATURES.items():
        if head.startswith(signatures):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "BMP"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"avif"):
        raise LeftOutError("a HEIC or AVIF picture, which is not read here: save it as JPEG")
    raise LeftOutError(f"no picture in the format {FORMATS}")


def opened(content: bytes) -> Image.Image:
    """A picture of which only the header was read, of a size that fits; raises LeftOutError."""
    kind = format_of(content[:HEAD])
    _check_costs(kind, content)
    try:
        picture = Image.open(io.BytesIO(content), formats=[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise LeftOutError(TOO_LARGE) from None
    except Exception:  # a damaged picture makes Pillow raise whatever it stumbles over
        raise LeftOutError(f"damaged: a {kind} that cannot be read") from None
    if picture.width * picture.height > MOST_PIXELS:
        raise LeftOutError(TOO_LARGE)
    return picture


def _check_costs(kind: str, content: bytes) -> None:
    """Raise LeftOutError for what is small and costs minutes or gigabytes to decode."""
    if kind == "BMP" and content[30:34] in (b"\1\0\0\0", b"\2\0\0\0"):  # unpacked byte by byte
        raise LeftOutError("a run-length encoded BMP, which is not read here: save it as PNG")
    if kind == "JPEG" and content.count(b"\xff\xda") > MOST_SCANS:
        raise LeftOutError(f"a JPEG of more than {MOST_SCANS} passes")
    if kind == "TIFF":
        _check_tags(content)


def _check_tags(content: bytes) -> None:
    """Look at the first tags of a TIFF: not too many, and no tile larger than a picture may be."""
    order, big = "<>"[content[:2] == b"MM"], 43 in content[2:4]
    place, count, entry = ("Q", "Q", "HHQ8s") if big else ("I", "H", "HHI4s")
    tile = 1
    try:
        (start,) = struct.unpack_from(order + place, content, 8 if big else 4)
        (tags,) = struct.unpack_from(order + count, content, start)
        if tags > MOST_TAGS:
            raise LeftOutError(f"a TIFF of more than {MOST_TAGS} tags")
        for number in range(tags):
            at = start + struct.calcsize(order + count) + number * struct.calcsize(order + entry)
            tag, kind, _, field = struct.unpack_from(order + entry, content, at)
            if tag in TILE_TAGS:
                size = {3: 2, 4: 4}.get(kind, len(field))  # it stands first in its field
                tile *= int.from_bytes(field[:size], "little" if order == "<" else "big")
    except struct.error:
        raise LeftOutError("damaged: a TIFF that cannot be read") from None
    if tile > MOST_PIXELS:
        raise LeftOutError(TOO_LARGE)


def square(picture: Image.Image, side: int) -> Square:
    """Decode it; raises LeftOutError."""
    try:
        return _square(picture, side)
    except LeftOutError:
        raise
    except Exception:
        raise LeftOutError(f"damaged: a {picture.format} that cannot be read whole") from None


def _square(picture: Image.Image, side: int) -> Square:
    notes = [SEVERAL] if picture.format != "MPO" and getattr(picture, "is_animated", False) else []
    if picture.format == "JPEG":
        picture.draft("RGB", (2 * side, 2 * side))  # decoded smaller where it is far larger
    sixteen = _bits(picture) > 8
    picture.load()
    if picture.mode[0] in "IF":
        return _deep(picture, side, tuple(notes))
    if sixteen:
        notes.append(ROUNDED)
    if picture.mode in ("CMYK", "YCbCr"):
        picture = picture.convert("RGB")
    if picture.mode in ("LAB", "HSV"):
        raise LeftOutError(f"colours given as {picture.mode}: save it as RGB")
    small = ImageOps.fit(ImageOps.exif_transpose(picture).convert("RGBA"), (side, side))
    white = Image.new("RGBA", (side, side), "white")
    return Square(
        np.asarray(Image.alpha_composite(white, small).convert("RGB")), notes=tuple(notes)
    )


def _deep(picture: Image.Image, side: int, notes: tuple[str, ...]) -> Square:
    """A grey picture of 16 bits a pixel; how they are scaled, all pictures decide together."""
    numbers = np.asarray(ImageOps.exif_transpose(picture))
    low, high = float(numbers.min()), float(numbers.max())
    if picture.mode[0] == "F" or low < 0 or high > 65_535:
        raise LeftOutError("more than 16 bits a pixel: save it with 8 or 16")
    small = ImageOps.fit(Image.fromarray(numbers.astype(np.float32)), (side, side))
    return Square(np.clip(np.asarray(small), 0, high), int(high), notes)


def _bits(picture: Image.Image) -> int:
    """Bits a colour as the file has them, where Pillow would keep 8 in silence."""
    if picture.format == "TIFF":
        return max(picture.tag_v2.get(258, (8,)))  # type: ignore[attr-defined]
    tiles = getattr(picture, "tile", ()) if picture.format == "PNG" else ()
    return 16 if any("16" in str(tile.args) for tile in tiles) else 8

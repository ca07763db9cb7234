"""The data room, one's own: a zip of pictures, one folder a class, as a data set.

Nothing is unpacked to the disk; a path in the zip gives a class its name and is used for nothing
else. Sizes are asked for before anything is unpacked, and again before a picture is decoded.
"""

import io
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from core.data.dataset import DataError, Split
from core.data.own.description import MOST_BYTES, MOST_CLASSES, OwnData
from core.data.own.names import told_apart
from core.data.own.prepared import Prepared, counted, some, title_of
from core.data.own.tables import LEAST_OF_A_CLASS, LEAST_ROWS, cut, told_cut

MOST_FILE, MOST_UNPACKED, MOST_OF_ONE = 50_000_000, 200_000_000, 20_000_000
MOST_PICTURES = 20_000
PAPER = 127.5
"""Grey pictures brighter than this on the whole are ink on paper."""
MOST_PIXELS, MOST_PIXELS_IN_ALL = 16_000_000, 1_000_000_000
FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "bmp": "BMP", "gif": "GIF"}
GREY = 8
"""Pictures whose three colours differ by no more than this everywhere are grey."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """Square pictures (N, side, side, 3) in uint8, the folder of each, and what was left out."""

    numbers: np.ndarray
    folders: tuple[str, ...]
    said: tuple[str, ...]

    @property
    def grey(self) -> bool:
        """Whether none of them has a colour."""
        spread = np.ptp(self.numbers, axis=-1) if len(self.numbers) else np.zeros(1)
        return bool(spread.max() <= GREY)


def read_pictures(data: bytes, side: int) -> Pictures:
    """Read a zip of pictures. Raises DataError with one sentence for whatever is none."""
    numbers, folders, pixels = [], [], 0
    lost: Counter[str] = Counter()
    with _opened(data) as file:
        for member, folder in _members(file, lost):
            try:
                picture = Image.open(io.BytesIO(_content(file, member)), formats=_formats(member))
                many = picture.width * picture.height
                if many > MOST_PIXELS:
                    lost[f"more than {MOST_PIXELS // 10**6} million pixels"] += 1
                    continue
                pixels += many
                if pixels > MOST_PIXELS_IN_ALL:
                    raise DataError(
                        f"These pictures have more than {MOST_PIXELS_IN_ALL // 10**6:,} million "
                        "pixels together. Make them smaller first."
                    )
                numbers.append(_square(picture, side))
                folders.append(folder)
            except (Image.DecompressionBombError, Image.DecompressionBombWarning):
                lost[f"more than {MOST_PIXELS // 10**6} million pixels"] += 1
            except DataError:
                raise
            except Exception:  # a damaged picture makes Pillow raise whatever it stumbles over
                lost["no whole picture of 8 bits a colour"] += 1
    if not numbers:
        why = f" Left out: {_told(lost)}." if lost else ""
        raise DataError(
            "This zip holds no picture (PNG, JPEG, BMP or GIF) in a folder: put the pictures of "
            f"each class into a folder of its own, and zip the folders.{why}"
        )
    said = (f"Left out: {_told(lost)}.",) if lost else ()
    return Pictures(np.stack(numbers), tuple(folders), said)


def picture_data(pictures: Pictures, colour: bool, data_id: str, file_name: str) -> Prepared:
    """Make a data set of pictures: which folder is each from? Raises DataError."""
    counts = Counter(pictures.folders)
    folders = sorted(name for name, count in counts.items() if count >= LEAST_OF_A_CLASS)
    if not 2 <= len(folders) <= MOST_CLASSES:
        raise DataError(
            f"This zip has {counted(len(folders), 'folder')} with {LEAST_OF_A_CLASS} pictures or "
            f"more; from 2 to {MOST_CLASSES} are needed, one a class."
        )
    places = {name: place for place, name in enumerate(folders)}
    rows = [row for row, folder in enumerate(pictures.folders) if folder in places]
    if len(rows) < LEAST_ROWS:
        raise DataError(f"Only {len(rows)} pictures can be used; {LEAST_ROWS} are needed.")
    said = list(pictures.said)
    if rare := sorted(set(counts) - set(folders)):
        names = some(told_apart(rare, "folder"))
        said.append(f"Left out: folders with fewer than {LEAST_OF_A_CLASS} pictures ({names}).")
    inputs = _channels(pictures.numbers[rows], colour)
    paper = not colour and inputs.mean() > PAPER
    inputs = 255 - inputs if paper else inputs
    if inputs.nbytes > MOST_BYTES:
        raise DataError(
            f"These pictures take more than {MOST_BYTES // 10**6} MB: choose grey or fewer pixels, "
            "or bring fewer."
        )
    truth = np.array([places[pictures.folders[row]] for row in rows], np.int64)
    train, test = cut(truth, "classify")
    side = inputs.shape[-1]
    own = OwnData(
        id=data_id,
        title=title_of(file_name),
        classes=tuple(told_apart(folders, "class")),
        side=side,
        channels=inputs.shape[1],
        train_size=len(train),
        test_size=len(test),
    )
    said.append(
        f"Cut to their middle square and resized to {side} × {side} pixels, "
        f"{'in colour' if colour else 'in grey'}; what was transparent is white."
    )
    if paper:
        said.append("They are mostly bright, so paper is fed as 0 and ink as 1, as in MNIST.")
    split = Split(inputs[train], truth[train], inputs[test], truth[test])
    return Prepared(own, split, (*said, told_cut(own)))


def _opened(data: bytes) -> zipfile.ZipFile:
    if len(data) > MOST_FILE:
        raise DataError(f"This file is larger than {MOST_FILE // 10**6} MB. Bring a part of it.")
    if data.count(b"PK\x01\x02") > 2 * MOST_PICTURES:  # before the list of them is read
        raise DataError(f"This zip holds too many files; at most {MOST_PICTURES:,} fit.")
    try:
        file = zipfile.ZipFile(io.BytesIO(data))
    except Exception:  # a damaged zip raises more than BadZipFile
        raise DataError("This is no zip file, or a damaged one: zip the folders again.") from None
    if sum(member.file_size for member in file.infolist()) > MOST_UNPACKED:
        raise DataError(
            f"This zip unpacks to more than {MOST_UNPACKED // 10**6} MB. Make the pictures smaller "
            "first."
        )
    return file


def _members(file: zipfile.ZipFile, lost: Counter[str]) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """The files that look like pictures, each with the name of the folder that it lies in."""
    found = 0
    for member in file.infolist():
        *folders, name = member.filename.replace("\\", "/").split("/")
        hidden = name.startswith(".") or "__MACOSX" in folders
        if not name or hidden:
            continue
        folder = folders[-1].strip() if folders else ""
        if stat.S_ISLNK(member.external_attr >> 16):
            lost["a link to another file"] += 1
        elif not _formats(member):
            lost["no PNG, JPEG, BMP or GIF"] += 1
        elif folder in ("", ".", ".."):
            lost["in no folder"] += 1
        else:
            found += 1
            if found > MOST_PICTURES:
                raise DataError(f"This zip holds more than {MOST_PICTURES:,} pictures.")
            yield member, folder


def _formats(member: zipfile.ZipInfo) -> list[str]:
    kind = FORMATS.get(member.filename.rsplit(".", 1)[-1].lower())
    return [kind] if kind else []


def _content(file: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.flag_bits & 1:
        raise DataError("This zip has a password: zip the folders without one.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError("This zip is packed in a rare way: zip the folders the usual way.")
    if member.file_size > MOST_OF_ONE:
        raise ValueError("no picture is so large")
    with file.open(member) as content:
        return content.read(MOST_OF_ONE)


def _square(picture: Image.Image, side: int) -> np.ndarray:
    """The middle square of a picture as (side, side, 3), upright, on white."""
    if picture.mode[0] in "IF":
        raise ValueError("more than 8 bits a colour")
    if picture.format == "JPEG":
        picture.draft("RGB", (2 * side, 2 * side))  # decoded smaller where it is far larger
    if picture.mode == "CMYK":
        picture = picture.convert("RGB")
    small = ImageOps.fit(ImageOps.exif_transpose(picture).convert("RGBA"), (side, side))
    white = Image.new("RGBA", (side, side), "white")
    return np.asarray(Image.alpha_composite(white, small).convert("RGB"))


def _channels(numbers: np.ndarray, colour: bool) -> np.ndarray:
    """Pictures (N, side, side, 3) as (N, channels, side, side); grey as ITU-R 601 weighs it."""
    if colour:
        return np.ascontiguousarray(numbers.transpose(0, 3, 1, 2))
    weighed = numbers.astype(np.uint32) @ np.array([19595, 38470, 7471], np.uint32)
    return ((weighed + 0x8000) >> 16).astype(np.uint8)[:, np.newaxis]


def _told(lost: Counter[str]) -> str:
    return "; ".join(f"{counted(count, 'file')}, {why}" for why, count in sorted(lost.items()))

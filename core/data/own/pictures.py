"""The data room, one's own: a zip of pictures in folders, as a data set.

The zip, its folders and each file are read in rooms of their own; here they become numbers, and
sentences about what was taken and what was left out.
"""

import time
import zipfile
from collections import Counter
from dataclasses import dataclass

import numpy as np

from core.data.dataset import DataError, Split
from core.data.own import picture_files as files
from core.data.own import zips
from core.data.own.description import MOST_BYTES, OwnData
from core.data.own.folders import Folders, folders_of
from core.data.own.labels import NO_CLASS, labels_of, reasons, split_sentence
from core.data.own.names import told_apart
from core.data.own.picture_files import LeftOutError
from core.data.own.prepared import Prepared, counted, title_of
from core.data.own.tables import cut, told_cut

FORMAT = 2
"""Counts the ways in which pictures were made into numbers: another way, another id."""
MOST_PICTURES = 20_000
PAPER = 127.5
"""Grey pictures brighter than this on the whole are ink on paper."""
MOST_PIXELS_IN_ALL = 1_000_000_000
MOST_SECONDS = 90
"""Where all other bounds are kept, a zip may still be made to take long."""
GREY = 8
"""Pictures whose three colours differ by no more than this everywhere are grey."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """Square pictures (N, side, side, 3) in uint8, the folders of each, and what was left out."""

    numbers: np.ndarray
    paths: tuple[zips.Path, ...]
    folders: Folders
    left_out: Counter[str]
    said: tuple[str, ...]

    @property
    def grey(self) -> bool:
        """Whether none of them has a colour."""
        spread = np.ptp(self.numbers, axis=-1) if len(self.numbers) else np.zeros(1)
        return bool(spread.max() <= GREY)


def encodings_of(data: bytes) -> dict[str, str]:
    """What the folders of a zip are called in each encoding that may be theirs: see `zips`."""
    return zips.encodings(zips.opened(data))


def read_pictures(data: bytes, side: int, encoding: str = "") -> Pictures:
    """Read a zip of pictures. Raises DataError with one sentence for whatever is none.

    `encoding` is what the names of folders are written in that do not say it; a guess by default.
    """
    squares: list[files.Square] = []
    paths: list[zips.Path] = []
    left_out: Counter[str] = Counter()
    pixels, latest = 0, time.monotonic() + MOST_SECONDS
    with zips.opened(data) as file:
        for member, folders in zips.files(file, encoding or zips.usual_encoding(file), left_out):
            if time.monotonic() > latest:
                raise DataError(
                    f"Reading these pictures takes more than {MOST_SECONDS} seconds: bring fewer, "
                    "or make them smaller first."
                )
            try:
                files.format_of(_read(file, member, files.HEAD))
                if member.file_size > zips.MOST_OF_ONE:
                    raise LeftOutError(f"larger than {zips.MOST_OF_ONE // 10**6} MB")
                content = _read(file, member, zips.MOST_OF_ONE)
                picture = files.opened(content)
                pixels += picture.width * picture.height
                if pixels > MOST_PIXELS_IN_ALL:
                    raise DataError(
                        f"These pictures have more than {MOST_PIXELS_IN_ALL // 10**6:,} million "
                        "pixels together. Make them smaller first."
                    )
                if not folders:
                    raise LeftOutError(NO_CLASS)
                if len(squares) == MOST_PICTURES:
                    raise DataError(f"This zip holds more than {MOST_PICTURES:,} pictures.")
                squares.append(files.square(picture, side))
                paths.append(folders)
            except LeftOutError as fault:
                left_out[str(fault)] += 1
    if not squares:
        why = f" Left out: {reasons(left_out)}." if left_out else ""
        raise DataError(
            f"This zip holds no picture ({files.FORMATS}) in a folder: put the pictures of "
            f"each class into a folder of its own, and zip the folders.{why}"
        )
    numbers, said = _scaled(squares)
    return Pictures(numbers, tuple(paths), folders_of(paths), left_out, said)


def _read(file: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    try:
        return zips.content(file, member, most)
    except DataError:
        raise
    except Exception:  # zipfile raises whatever damage it stumbles over
        raise LeftOutError("damaged in the zip") from None


def _scaled(squares: list[files.Square]) -> tuple[np.ndarray, tuple[str, ...]]:
    """All squares in 8 bits and colour; those of 16 bits alike, by the largest number in any."""
    deep = [one for one in squares if one.largest or one.values.ndim == 2]
    notes = Counter(note for one in squares for note in one.notes)
    said = [f"{counted(count, 'file')} {note}." for note, count in sorted(notes.items())]
    bits = max(8, *(one.largest.bit_length() for one in squares))
    top = 2**bits - 1
    if deep:
        said.append(
            f"{counted(len(deep), 'picture')} with 16 bits a pixel: 0 to {top:,} is scaled to 0 to "
            "255, for all of them alike."
        )
    found = np.empty((len(squares), *squares[0].values.shape[:2], 3), np.uint8)
    for place, one in enumerate(squares):
        if one.values.ndim == 2:
            found[place] = np.rint(one.values * (255 / top)).astype(np.uint8)[..., np.newaxis]
        else:
            found[place] = one.values
    return found, tuple(said)


def picture_data(
    pictures: Pictures,
    colour: bool,
    data_id: str,
    file_name: str,
    *,
    depth: int | None = None,
    joined: bool | None = None,
) -> Prepared:
    """Make a data set of pictures: which folder is each from? Raises DataError.

    `depth` is the level of folders, from 0, that the classes are, by default the usual one;
    `joined`: spellings of one name, as "Cat" and "cat", are one class, by default if likely.
    """
    labels = labels_of(pictures.paths, pictures.folders, pictures.left_out, depth, joined)
    said = [*pictures.said, *labels.said]
    inputs = _channels(pictures.numbers[labels.rows], colour)
    paper = not colour and inputs.mean() > PAPER
    inputs = 255 - inputs if paper else inputs
    if inputs.nbytes > MOST_BYTES:
        raise DataError(
            f"These pictures take more than {MOST_BYTES // 10**6} MB: choose grey or fewer pixels, "
            "or bring fewer."
        )
    truth, parts = labels.truth, np.array(labels.parts)
    split = {"train", "test"} <= set(labels.parts)
    if split:
        train, test = np.flatnonzero(parts == "train"), np.flatnonzero(parts == "test")
    else:
        train, test = cut(truth, "classify")
    side = inputs.shape[-1]
    own = OwnData(
        id=data_id,
        title=title_of(file_name),
        classes=tuple(told_apart(labels.classes, "class")),
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
    said.append(split_sentence(pictures.folders, own) if split else told_cut(own))
    data = Split(inputs[train], truth[train], inputs[test], truth[test])
    return Prepared(own, data, tuple(said))


def _channels(numbers: np.ndarray, colour: bool) -> np.ndarray:
    """Pictures (N, side, side, 3) as (N, channels, side, side); grey as ITU-R 601 weighs it."""
    if colour:
        return np.ascontiguousarray(numbers.transpose(0, 3, 1, 2))
    weighed = numbers.astype(np.uint32) @ np.array([19595, 38470, 7471], np.uint32)
    return ((weighed + 0x8000) >> 16).astype(np.uint8)[:, np.newaxis]

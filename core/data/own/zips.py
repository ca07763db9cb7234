"""The data room, one's own: a zip that is read within bounds, and what its files are called.

Nothing is unpacked to the disk, and sizes are asked for before anything is unpacked. A zip from
before UTF-8 does not say how its names are written: where that is not plain, a person is asked.
"""

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator

from core.data.dataset import DataError
from core.data.own.names import tidy

MOST_FILE, MOST_UNPACKED, MOST_OF_ONE = 50_000_000, 200_000_000, 20_000_000
MOST_FILES = 40_000
ENCODINGS = {
    "cp437": "United States",
    "cp850": "Western Europe",
    "cp1252": "Western Europe, Windows",
    "cp852": "Central Europe",
    "cp1250": "Central Europe, Windows",
    "cp866": "Cyrillic",
    "cp1251": "Cyrillic, Windows",
    "cp932": "Japanese",
    "gb18030": "Chinese, simplified",
    "cp950": "Chinese, traditional",
    "cp949": "Korean",
    "cp737": "Greek",
    "cp857": "Turkish",
    "cp862": "Hebrew",
}
"""The code pages that names in zips are written in, by Python's name; the most usual first."""
SYSTEM = {"__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "system volume information"}
"""Files and folders that an operating system makes for itself."""
UTF8_NAME, UNICODE_PATH = 0x800, 0x7075
"""The flag that a name is in UTF-8, and the extra field that gives it in UTF-8."""
SHOWN_NAMES = 6

Path = tuple[str, ...]


def opened(data: bytes) -> zipfile.ZipFile:
    """A zip whose list of files and unpacked size are within bounds; raises DataError."""
    if len(data) > MOST_FILE:
        raise DataError(f"This file is larger than {MOST_FILE // 10**6} MB. Bring a part of it.")
    if data.count(b"PK\x01\x02") > MOST_FILES:  # before the list of them is read
        raise DataError(f"This zip holds too many files; at most {MOST_FILES // 2:,} fit.")
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


def content(file: zipfile.ZipFile, member: zipfile.ZipInfo, most: int = MOST_OF_ONE) -> bytes:
    """The first `most` bytes of a file in a zip; raises DataError, and whatever damage raises."""
    if member.flag_bits & 1:
        raise DataError("This zip has a password: zip the folders without one.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError("This zip is packed in a rare way: zip the folders the usual way.")
    with file.open(member) as unpacked:
        return unpacked.read(most)


def files(
    file: zipfile.ZipFile, encoding: str, left_out: Counter[str]
) -> Iterator[tuple[zipfile.ZipInfo, Path]]:
    """The files in a zip with the folders they lie in, hidden and system files skipped in silence.

    `encoding` is what names are written in that do not say it themselves. Links are counted in
    `left_out`: a path is used as names of folders and for nothing else.
    """
    for member in file.infolist():
        *folders, name = _path(member, encoding)
        hidden = any(part.startswith(".") or part.casefold() in SYSTEM for part in folders)
        if not name or hidden or name.startswith("._") or name.casefold() in SYSTEM | {".ds_store"}:
            continue
        if stat.S_ISLNK(member.external_attr >> 16):
            left_out["a link to another file"] += 1
        elif not name.startswith("."):
            yield member, tuple(folders)


def usual_encoding(file: zipfile.ZipFile) -> str:
    """What the names that do not say it are written in: UTF-8 where they are that, else a guess."""
    return next(iter(encodings(file)), "utf-8")


def encodings(file: zipfile.ZipFile) -> dict[str, str]:
    """What the folders are called, by the encodings that they may be written in, likeliest first.

    Empty where the zip says it, or all names are UTF-8; one where nothing hangs on it.
    """
    unclear = [member for member in file.infolist() if _unclear(member)]
    if not unclear or _decoded(unclear, "utf-8") is not None:
        return {}
    ways: dict[tuple[str, ...], str] = {}
    for encoding in ENCODINGS:
        folders = _decoded(unclear, encoding)
        if folders is None:
            continue
        names = sorted({part for path in folders for part in path if not part.isascii()})
        ways.setdefault(tuple(names), encoding)
    likely = sorted(ways, key=lambda names: sum(map(_doubt, names)))
    return {ways[names]: ", ".join(map(tidy, names[:SHOWN_NAMES])) for names in likely}


def _decoded(members: list[zipfile.ZipInfo], encoding: str) -> list[Path] | None:
    """The folders of these files; None where an encoding cannot be theirs."""
    try:
        return [tuple(_path(member, encoding, "strict")[:-1]) for member in members]
    except UnicodeDecodeError:
        return None


def _unclear(member: zipfile.ZipInfo) -> bool:
    return not (member.flag_bits & UTF8_NAME or member.orig_filename.isascii() or _utf8(member))


def _path(member: zipfile.ZipInfo, encoding: str, errors: str = "replace") -> list[str]:
    """The parts of a file's path, accents composed, without what only leads to where one is."""
    name = _utf8(member) or member.orig_filename
    if _unclear(member):
        name = member.orig_filename.encode("cp437").decode(encoding, errors)
    name = unicodedata.normalize("NFC", name.partition("\0")[0])
    *folders, last = name.replace("\\", "/").split("/")
    folders = [part.strip() for part in folders]
    drive = bool(folders) and re.fullmatch("[A-Za-z]:", folders[0]) is not None
    return [part for part in folders[drive:] if part not in ("", ".", "..")] + [last]


def _utf8(member: zipfile.ZipInfo) -> str:
    """The name that an extra field gives in UTF-8, where it belongs to this name; else nothing."""
    extra = member.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and len(field) > 5 and not member.flag_bits & UTF8_NAME:
            raw = member.orig_filename.encode("cp437")
            if int.from_bytes(field[1:5], "little") == zlib.crc32(raw):
                return field[5:].decode("utf-8", "replace")
    return ""


def _doubt(name: str) -> int:
    """How unlikely a name is: signs among its letters, two scripts or a capital inside a word."""
    doubt = 0
    for before, here in zip(" " + name, name, strict=False):
        letters = before.isalpha() and here.isalpha()
        scripts = {_script(before), _script(here)}
        doubt += 2 * (not here.isascii() and not (here.isalpha() or unicodedata.combining(here)))
        doubt += letters and (len(scripts) > 1 or (before.islower() and here.isupper()))
        doubt += letters and scripts == {"LATIN"} and not (before.isascii() or here.isascii())
        doubt += _script(here) == "HALFWIDTH"
    return doubt


def _script(letter: str) -> str:
    script = unicodedata.name(letter, "?").split(" ")[0]
    return "CJK" if script in ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA") else script

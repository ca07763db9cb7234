"""The data room, one's own: the bytes of a file as text, in the encoding that they were written in.

UTF-8 is tried first. A file that is UTF-8 but for a few bytes keeps all its letters, and the lines
of those bytes are named; any other is read as Windows-1252, which a person can overrule.
"""

import codecs
import re
from itertools import islice

from core.data.dataset import DataError
from core.data.own.prepared import counted

ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "koi8-r": "KOI8-R (Cyrillic)",
    "mac-roman": "Mac Roman",
    "cp850": "DOS 850 (Western Europe)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "shift-jis": "Shift JIS (Japanese)",
    "euc-kr": "EUC-KR (Korean)",
    "utf-16-le": "UTF-16, little-endian",
    "utf-16-be": "UTF-16, big-endian",
}
"""What a file can be read as: Python's name of the encoding, and what the menu calls it."""
MARKS_OF_ORDER = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BAD = re.compile("[\udc80-\udcff]")
"""How Python writes a byte that is not UTF-8 ("surrogateescape")."""
_LETTER = re.compile("[^\x00-\x7f\udc80-\udcff]")
MOST_NAMED = 5


def decoded(data: bytes, encoding: str = "") -> tuple[str, str, tuple[str, ...]]:
    """The text of a file, the encoding that it was read in, and what is to be said about it.

    Lines end with a line feed. Raises DataError where the bytes are no text.
    """
    if not encoding:
        encoding = next((name for mark, name in MARKS_OF_ORDER if data.startswith(mark)), "")
    encoding = encoding or _wide(data[:1000])
    said: tuple[str, ...] = ()
    if encoding in ("", "utf-8"):
        text = _lines(data.decode("utf-8", "surrogateescape"))
        bad = sum(1 for _ in _BAD.finditer(text))
        if not encoding and bad > sum(1 for _ in islice(_LETTER.finditer(text), bad)):
            encoding = "cp1252"
        elif bad:
            said = (_bad_bytes(text, bad),)
            text = _BAD.sub(_western, text)
    if encoding not in ("", "utf-8"):
        text = _lines(data.decode(encoding, "replace"))
        if lost := text.count("\ufffd"):
            said = (f"{counted(lost, 'character')} cannot be read as {ENCODINGS[encoding]}.",)
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise DataError(
            "Not a text: a table is a text file (CSV) whose first row holds the names of its "
            "columns."
        )
    return text, encoding or "utf-8", said


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _wide(start: bytes) -> str:
    """UTF-16 where every other byte of the start is zero, as in Latin letters; else ""."""
    pairs = len(start) // 2
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if pairs >= 4 and start[first::2].count(0) > 0.8 * pairs and 0 not in start[1 - first :: 2]:
            return name
    return ""


def _bad_bytes(text: str, bad: int) -> str:
    """A sentence that names the lines of bytes that are not UTF-8."""
    lines: list[int] = []
    line, last = 1, 0
    for found in islice(_BAD.finditer(text), MOST_NAMED):
        line += text.count("\n", last, found.start())
        last = found.start()
        lines.append(line)
    where = ", ".join(f"{line:,}" for line in dict.fromkeys(lines))
    more = " and others" if bad > len(lines) else ""
    return (
        f"{counted(bad, 'byte')} in line {where}{more} {'is' if bad == 1 else 'are'} not UTF-8, "
        "read as Windows-1252; the rest of the file is."
    )


def _western(found: re.Match[str]) -> str:
    return bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace")

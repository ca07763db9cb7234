"""What folders are called: in UTF-8 whatever a zip says of it, else as a person says."""

import io
import struct
import unicodedata
import zipfile
import zlib

import pytest

from core.data.own.pictures import encodings_of, picture_data, read_pictures
from tests.core.data.own.files import a_picture


class _Raw(zipfile.ZipInfo):
    """A file whose name is bytes as they are."""

    __slots__ = ("raw",)

    def _encodeFilenameFlags(self):  # noqa: N802
        return self.raw, self.flag_bits


def zip_raw(*names: bytes, each: int = 12, extra: bool = False) -> bytes:
    """A zip with so many pictures in each folder; the names are these bytes, no flag says what."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for k, name in enumerate(names):
            for n in range(each):
                member = _Raw(f"{k}/{n}.png")
                path = name + b"/%d.png" % n
                member.raw = b"%d/%d.png" % (k, n) if extra else path
                if extra:
                    field = b"\1" + struct.pack("<I", zlib.crc32(member.raw)) + path
                    member.extra = struct.pack("<HH", 0x7075, len(field)) + field
                file.writestr(member, a_picture(10 * k + n))
    return content.getvalue()


def classes(data: bytes, encoding: str = "") -> tuple[str, ...]:
    return picture_data(
        read_pictures(data, 28, encoding), False, "own-" + "0" * 16, "x.zip"
    ).own.classes


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("names", [("Hündchen", "Kätzchen"), ("кошка", "собака"), ("犬", "猫")])
def test_names_whose_bytes_are_utf8_are_that_and_composed(names, form):
    data = zip_raw(*(unicodedata.normalize(form, name).encode() for name in names))
    assert encodings_of(data) == {}
    assert sorted(classes(data)) == sorted(names)


def test_composed_and_decomposed_names_are_one_class():
    both = [unicodedata.normalize(form, "Kätzchen").encode() for form in ("NFC", "NFD")]
    assert classes(zip_raw(*both, b"Hund")) == ("Hund", "Kätzchen")


def test_a_name_that_an_extra_field_gives_in_utf8_is_taken():
    data = zip_raw("Kätzchen".encode(), "Hündchen".encode(), extra=True)
    assert encodings_of(data) == {} and classes(data) == ("Hündchen", "Kätzchen")


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        (("Hündchen", "Kätzchen"), "cp437"),
        (("Größe", "Maß"), "cp850"),
        (("ação", "coração"), "cp850"),
        (("Hündchen", "Kätzchen"), "cp1252"),
        (("кошка", "собака"), "cp866"),
        (("кошка", "собака"), "cp1251"),
        (("žába", "kočka"), "cp852"),
        (("ネコ", "イヌ"), "cp932"),
        (("ソース", "表"), "cp932"),
        (("熊猫", "老虎"), "gb18030"),
        (("고양이", "강아지"), "cp949"),
    ],
)
def test_other_names_can_be_read_as_somebody_says_and_the_choice_shows_them(names, encoding):
    data = zip_raw(*(name.encode(encoding) for name in names))
    ways = encodings_of(data)
    right = [way for way, shown in ways.items() if set(shown.split(", ")) == set(names)]
    assert len(right) == 1
    assert set(classes(data, right[0])) == set(names)


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        (("Hündchen", "Kätzchen"), "cp437"),
        (("Hündchen", "Kätzchen"), "cp1252"),
        (("кошка", "собака"), "cp866"),
        (("кошка", "собака"), "cp1251"),
        (("いぬ", "ねこ"), "cp932"),
    ],
)
def test_the_likeliest_reading_comes_first(names, encoding):
    data = zip_raw(*(name.encode(encoding) for name in names))
    assert set(classes(data)) == set(names)


def test_where_only_the_names_of_files_are_unclear_nobody_is_asked():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for n in range(24):
            member = _Raw(f"{n}.png")
            member.raw = b"%s/\x84%d.png" % ((b"cat", b"dog")[n % 2], n)
            file.writestr(member, a_picture(n))
    assert len(encodings_of(content.getvalue())) == 1
    assert classes(content.getvalue()) == ("cat", "dog")

"""Encodings: recognised, chosen, and a bad byte named without harm to the others."""

import pytest

from core.data.own.cells import read_cells
from core.data.own.encodings import ENCODINGS, decoded
from core.data.own.reading import Reading
from core.data.own.targets import target_of

ROWS = "größe;name\n" + "12;Müller\n34;Jäger\n" * 12


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("encoding", "known"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_usual_encodings_are_recognised(encoding, known, ending):
    text, name, said = decoded(ROWS.replace("\n", ending).encode(encoding))
    assert (text, name, said) == (ROWS, known, ())


def test_letters_of_windows_1252_stay():
    text, name, _ = decoded("preis €;name\n1;Café – “Süd”\n".encode("cp1252"))
    assert name == "cp1252" and text == "preis €;name\n1;Café – “Süd”\n"


def test_one_bad_byte_is_named_with_its_line_and_the_rest_is_kept():
    data = ROWS.encode() + "56;Müller\n78;Jäger\n".encode("cp1252") + ROWS[11:].encode()
    text, name, said = decoded(data)
    assert name == "utf-8" and text == ROWS + "56;Müller\n78;Jäger\n" + ROWS[11:]
    assert said[0].startswith("2 bytes in line 26, 27 are not UTF-8, read as Windows-1252")
    assert "1 byte in line 26 is not UTF-8" in decoded(data.replace(b"J\xe4", b"Ja"))[2][0]


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        ("cp1251", "Москва"),
        ("cp1250", "Łódź"),
        ("shift-jis", "東京"),
        ("gb18030", "北京"),
        ("mac-roman", "Zürich"),
    ],
)
def test_a_person_can_choose_the_encoding(encoding, word):
    data = ("n,city\n" + f"1,{word}\n2,other\n" * 12).encode(encoding)
    cells = read_cells(data, Reading(encoding=encoding))
    assert target_of(cells, "city", "classify").classes == tuple(sorted([word, "other"]))
    assert ENCODINGS[encoding].split(" (")[0] in cells.said[0]


def test_what_cannot_be_read_in_the_chosen_encoding_is_counted():
    text, _, said = decoded("ä;b\n1;ö\n".encode("cp1252"), "utf-8")
    assert text == "ä;b\n1;ö\n" and "2 bytes in line 1, 2" in said[0]
    assert decoded(b"a;b\n\xff1", "shift-jis")[2] == (
        "1 character cannot be read as Shift JIS (Japanese).",
    )


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_encoding_raises_on_any_byte(encoding):
    text, _, _ = decoded(bytes(range(1, 256)) * 3, encoding)
    assert "\r" not in text

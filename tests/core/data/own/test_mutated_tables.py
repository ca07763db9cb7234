"""Tables with random damage: read, or refused in a sentence; nothing else ever."""

import numpy as np
import pytest

from core.data import DataError
from core.data.own.cells import read_cells
from core.data.own.fed import FURTHEST
from core.data.own.tables import table_data
from core.data.own.targets import suggested
from tests.core.data.own.files import a_table

ROWS = range(40)
SEEDS = (
    a_table(40),
    ("pop;z;k\n" + "".join(f"{n}.{n:03d};{n},5;{'xy'[n % 2]}\n" for n in ROWS)).encode(),
    ("sep=;\nwhen;v;k\n" + "".join(f"0{n % 9 + 1}/02/{n + 20};(1'0{n:02d});None\n" for n in ROWS))
    .encode("cp1252"),
    ("Title\n\na,b,\n" + "".join(f'"{n} ""in""\nx","${n},000.5",{n}%\n' for n in ROWS)).encode(),
    ("a  b  c\n" + "".join(f"{n}  9999-12-31  {n * 7 % 5}\n" for n in ROWS)).encode("utf-16"),
    ("größe\tname\tk\n" + "".join(f"{n}e-12\tMüller\tYes\n" for n in ROWS)).encode(),
)  # fmt: skip
PIECES = (
    *(b"", b'"', b'""', b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\x00", b"\xff\xfe"),
    b"\xef\xbb\xbf",
    *(b"1e308", b"-1e308", b"inf", b"nan", b"9999-12-31", b"0000-00-00", b"31.12.20", b"1.234,5"),
    *(b"\xe2\x88\x925", b"\xc2\xa0", b"sep=|\n", b"#N/A", b"PK\x03", b"(", b")", b"%", b"$"),
    b"a" * 300,
    *(b"1" * 400, b"," * 300, b"\xed\xa0\x80", b"2021-W99", b"Q9 2021", b"12:99 PM"),
)  # fmt: skip


def damaged(chance: np.random.Generator) -> bytes:
    """One of the tables with one to six changes: bytes, pieces, lines and halves."""
    data = bytearray(SEEDS[chance.integers(len(SEEDS))])
    for _ in range(chance.integers(1, 7)):
        start, end = sorted(chance.integers(0, len(data) + 1, 2).tolist())
        end = min(end, start + int(chance.integers(1, 60)))
        match chance.integers(6):
            case 0:
                data[start:start] = PIECES[chance.integers(len(PIECES))]
            case 1:
                data[start:end] = PIECES[chance.integers(len(PIECES))]
            case 2:
                data[start:end] = b""
            case 3:
                data[start:start] = data[start:end] * int(chance.integers(1, 9))
            case 4:
                data[start:end] = chance.bytes(end - start)
            case _:
                data = data.replace(data[start : start + 1] or b",", PIECES[chance.integers(20)])
        data = data[:20_000]
    return bytes(data)


@pytest.mark.parametrize("seed", range(4))
def test_no_damage_breaks_a_table(seed):
    chance = np.random.default_rng(seed)
    read = 0
    for _ in range(100):
        data = damaged(chance)
        try:
            cells = read_cells(data)
            for question in cells.questions:
                assert len(dict(question.readings)) == 2
            name = str(cells.table.columns[chance.integers(cells.table.shape[1])])
            made = table_data(
                *(cells, name, suggested(cells, name)), data_id="own-" + "0" * 16, file_name="x"
            )
        except DataError as fault:
            assert str(fault).endswith(".") and len(str(fault)) < 400
            continue
        read += 1
        assert np.isfinite(made.split.train_inputs).all()
        assert np.abs(made.split.test_inputs).max() <= FURTHEST
        assert made.own.model_validate_json(made.own.model_dump_json()) == made.own
    assert read

"""Marks in numbers: one decision for a file, and what people write around digits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.own.cells import read_cells
from core.data.own.columns import column
from core.data.own.marks import evidence, numbers_of
from core.data.own.reading import AS_IT_IS, Reading
from tests.core.data.own.files import from_table


def values(rows: str, name: str, reading: Reading = AS_IT_IS) -> list[float]:
    return column(read_cells(rows.encode(), reading), name).values.tolist()


PROVEN = "pop;z\n900;5,1\n1.234;2,25\n2.500;0,5\n50;7,75\n"
GERMAN = "pop;z\n" + "900;a\n1.234;b\n2.500;a\n50;b\n" * 10
ENGLISH = "pop;z\n" + "900;a\n1,234;b\n2,500;a\n50;b\n" * 10


def test_a_comma_in_one_column_says_what_a_point_in_another_is():
    assert values(PROVEN, "pop") == [900, 1234, 2500, 50]
    assert values(PROVEN, "z") == [5.1, 2.25, 0.5, 7.75]
    assert not read_cells(PROVEN.encode()).questions


def test_a_point_in_one_column_says_what_a_comma_in_another_is():
    rows = "pop;z\n900;5.1\n1,234;2.25\n2,500;0.5\n50;7.75\n"
    assert values(rows, "pop") == [900, 1234, 2500, 50]
    assert values(rows, "z") == [5.1, 2.25, 0.5, 7.75]


def test_a_file_of_decimals_alone_keeps_them():
    assert values("a;b\n1.234;0.5\n2.345;0.25\n", "a") == [1.234, 2.345]
    assert values("a;b\n1,234;0,5\n2,345;0,25\n", "a") == [1.234, 2.345]
    assert values("a;b\n1234;1.234\n20;2.345\n3;1234\n", "b") == [1.234, 2.345, 1234]


@pytest.mark.parametrize(("rows", "mark"), [(GERMAN, "."), (ENGLISH, ",")])
def test_where_both_readings_fit_a_person_is_asked_with_both_previews(rows, mark):
    cells = read_cells(rows.encode())
    (question,) = cells.questions
    assert question.about == "decimal" and question.column == "pop"
    assert question.cells == (f"1{mark}234", f"2{mark}500")
    previews = dict(question.readings)
    other = "," if mark == "." else "."
    assert previews == {other: "1234; 2500", mark: "1.234; 2.5"}
    assert question.readings[0][0] == other  # 900 and 50 stand beside 1.234
    assert column(cells, "pop").values[:4].tolist() == [900, 1234, 2500, 50]
    asked = cells.read_as(question.answered(Reading(), mark))
    assert column(asked, "pop").values[:4].tolist() == [900, 1.234, 2.5, 50]
    made = from_table(rows.encode(), "z", reading=Reading(decimal=","))
    assert made.own.choices == ("comma before decimals",)
    assert "Read with: comma before decimals." in made.own.dataset.description


def test_a_column_that_proves_another_mark_than_the_file_keeps_it():
    rows = "a;b;c\n1,5;2,5;1.5\n2,25;3,5;2.25\n1.234;4,5;3.5\n"
    assert values(rows, "a") == [1.5, 2.25, 1234]
    assert values(rows, "c") == [1.5, 2.25, 3.5]


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("12,345.60", ".", 12345.6),
        ("1,234,567", ".", 1234567),
        ("12,34,567.5", ".", 1234567.5),  # lakhs
        ("1.234,56", ",", 1234.56),
        ("1.234.567,8", ",", 1234567.8),
        ("1 234", ".", 1234),
        ("1\u00a0234,5", ",", 1234.5),
        ("1\u202f954,40", ",", 1954.4),
        ("1\u2009234.5", ".", 1234.5),
        ("1'234.40", ".", 1234.4),
        ("1’234’567", ".", 1234567),
        ("\u22125", ".", -5),
        ("–0,5", ",", -0.5),
        ("+3", ".", 3),
        ("5-", ".", -5),
        ("(1,393)", ".", -1393),
        ("($1,234.50)", ".", -1234.5),
        ("45%", ".", 45),
        ("12,5 %", ",", 12.5),
        ("$120", ".", 120),
        ("-$5.50", ".", -5.5),
        ("$-5.50", ".", -5.5),
        ("1.234,50 €", ",", 1234.5),
        ("CHF 1'234.50", ".", 1234.5),
        ("120 USD", ".", 120),
        ("12,5 kg", ",", 12.5),
        ("80km/h", ".", 80),
        ("-3 °C", ".", -3),
        ("1.5e-11", ".", 1.5e-11),
        ("3,2E4", ",", 32000),
        (".5", ".", 0.5),
        ("1234.", ".", 1234),
        ("１２", ".", 12),
    ],
)
def test_numbers_as_people_write_them(cell, decimal, value):
    assert numbers_of([cell], decimal).values.tolist() == [value]


@pytest.mark.parametrize(
    "cell",
    [
        *("", "x", "inf", "-Infinity", "nan", "1e400", "1_000", "0x1A", "12,34", "1,2,3", "1.2.3"),
        *("1,23.4", "1 2", "1 23", "0,123,456", "1'23", "(5", "5)", "--5", "-(5)", "$5%", "kg 3"),
        *("2020-01-02", "10:30", "%", "$", "$" + "1" * 41, "1.234 567", "1,234'567", "True"),
    ],
)
def test_what_is_no_number(cell):
    assert np.isnan(numbers_of([cell]).values).all()


@given(st.floats(-1e12, 1e12, allow_nan=False), st.sampled_from(["{:,.3f}", "{:.17g}", "{:,.0f}"]))
def test_numbers_that_python_writes_are_read_with_either_mark(number, form):
    text = form.format(number)
    value = float(text.replace(",", ""))
    assert numbers_of([text]).values.tolist() == [value]
    german = text.translate(str.maketrans(",.", ".,"))
    assert numbers_of([german], ",").values.tolist() == [value]


def test_units_are_said_and_another_one_is_an_odd_cell():
    assert numbers_of(["45%", "$1", "5 €", "7"]).units.tolist() == ["%", "$", "€", ""]
    rows = "a,b\n" + "".join(f"{n}%,x\n" for n in range(30)) + "0.31,y\n"
    found = column(read_cells(rows.encode()), "a")
    assert found.values[:3].tolist() == [0, 1, 2] and np.isnan(found.values[-1])
    assert "1 of 31 cells is not a number, so missing: “0.31”" in found.odd
    rows = "a,b\n" + "".join(f"${n},x\n" for n in range(30)) + "31,y\n€32,y\n"
    found = column(read_cells(rows.encode()), "a")
    assert found.values[-2] == 31 and np.isnan(found.values[-1])


def test_a_unit_that_all_cells_have_is_left_out_and_a_letter_behind_some_is_no_unit():
    rows = "w,k\n" + "".join(f"{n}.5 kg,x\n" for n in range(30)) + "7 lb,y\n8,y\n"
    found = column(read_cells(rows.encode()), "w")
    assert found.values[:2].tolist() == [0.5, 1.5] and np.isnan(found.values[-2:]).all()
    assert found.notes == ("“0.5 kg” is 0.5",) and "“7 lb”, “8”" in found.odd
    houses = "w,k\n" + "".join(f"{n},x\n" for n in range(30)) + "7a,y\n8b,y\n"
    assert np.isnan(column(read_cells(houses.encode()), "w").values[-2:]).all()
    assert column(read_cells(b"w,k\n" + b"1st,x\n2nd,x\n3rd,x\n" * 9), "w").kind == "words"


def test_groups_money_and_shares_are_numbers_in_a_file_with_commas():
    rows = "share,price,kind\n" + '12.5%,"$1,234.50",a\n9%,"$12,345.60",b\n' * 15
    made = from_table(rows.encode(), "kind")
    assert [kind for _, kind, _ in made.columns] == ["number", "number"]
    assert "“12.5%” is 12.5" in made.columns[0][2]
    assert "is 1234.5" in made.columns[1][2]


@given(st.lists(st.text(max_size=8), max_size=20))
def test_no_cells_break_the_evidence(cells):
    found = evidence(cells)
    assert found.proves in ("", ".", ",") and len(found.either) <= 3
    assert len(numbers_of(cells).values) == len(numbers_of(cells, ",").units) == len(cells)


@given(st.lists(st.decimals(-99999, 99999, places=2), min_size=3, max_size=30))
def test_a_column_of_plain_decimals_is_read_as_pandas_does(numbers):
    rows = "n,k\n" + "".join(f"{n},x\n" for n in numbers) + "0.5,y\n"
    found = numbers_of([str(n) for n in numbers]).values
    wanted = pd.to_numeric(pd.Series([str(n) for n in numbers])).to_numpy(float)
    np.testing.assert_array_equal(found, wanted)
    assert not read_cells(rows.encode()).questions

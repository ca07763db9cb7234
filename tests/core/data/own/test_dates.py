"""Dates as people write them: against Python's own, and the order of day and month."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.own.cells import read_cells
from core.data.own.columns import column
from core.data.own.dates import days_of, order_of, told
from core.data.own.reading import Reading
from tests.core.data.own.files import from_table


def days(*parts: int) -> float:
    return (datetime(*parts, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(days=1)


@pytest.mark.parametrize(
    ("cell", "when"),
    [
        ("2020-02-03", (2020, 2, 3)),
        ("2020/2/3", (2020, 2, 3)),
        ("2020-02-03 12:00:00", (2020, 2, 3, 12)),
        ("2020-02-03T12:30", (2020, 2, 3, 12, 30)),
        ("2020-02-03T12:00:00.250Z", (2020, 2, 3, 12)),
        ("2020-02-03T12:00:00+02:00", (2020, 2, 3, 10)),
        ("03.02.2020", (2020, 2, 3)),
        ("3.2.2020 14:30 Uhr", (2020, 2, 3, 14, 30)),
        ("31.12.20", (2020, 12, 31)),
        ("31.12.99", (1999, 12, 31)),
        ("31-Dec-2020", (2020, 12, 31)),
        ("31 dec 20", (2020, 12, 31)),
        ("31Dec2020", (2020, 12, 31)),
        ("December 31st, 2020", (2020, 12, 31)),
        ("Dec 31 2020 10:00 PM", (2020, 12, 31, 22)),
        ("Mon, 04 Jan 2021", (2021, 1, 4)),
        ("5. März 2021", (2021, 3, 5)),
        ("3 août 2021", (2021, 8, 3)),
        ("13/01/2021 08:30 AM", (2021, 1, 13, 8, 30)),
        ("13/01/2021 12:05 am", (2021, 1, 13, 0, 5)),
        ("13/01/2021 12:05 p.m.", (2021, 1, 13, 12, 5)),
        ("2021-01", (2021, 1, 1)),
        ("01/2021", (2021, 1, 1)),
        ("Jan 2021", (2021, 1, 1)),
        ("Jan-21", (2021, 1, 1)),
        ("2021 Q3", (2021, 7, 1)),
        ("Q3/2021", (2021, 7, 1)),
        ("2021-W05", (2021, 2, 1)),
        ("20210131", (2021, 1, 31)),
    ],
)
def test_dates_as_people_write_them(cell, when):
    assert days_of([cell]).tolist() == [pytest.approx(days(*when), abs=1e-4)]


@pytest.mark.parametrize(
    "cell",
    [
        *("", "x", "2020", "12.5", "30.02.2021", "2021-02-30", "99.99.2020", "0000-00-00", "May"),
        *("20210230", "Version 1.2.2020", "1-2-3", "2021-13", "2021-01-02 25:00", "Q5 2021"),
        *("13/01/2021 13:05 PM", "2021-W60", "1" * 61, "10.0.0.1", "2021-01-02-03"),
    ],
)
def test_what_is_no_date(cell):
    assert np.isnan(days_of([cell])).all()


ORDERS = {"%m/%d/%Y": "month", "%d/%m/%Y": "day", "%d-%m-%y": "day"}


@pytest.mark.parametrize("form", [*ORDERS, "%B %d, %Y", "%Y%m%d", "%d %b %Y"])
def test_a_year_of_days_is_read_as_python_writes_it(form):
    year = [date(2023, 1, 1) + timedelta(n) for n in range(365)]
    cells = [day.strftime(form) for day in year]
    order, sure = order_of(cells)
    assert sure and order == ORDERS.get(form, "")
    wanted = [day.toordinal() - date(1970, 1, 1).toordinal() for day in year]
    assert days_of(cells, order or "day").tolist() == wanted


@given(st.text(max_size=30) | st.text("0123456789-/. :TQWaprm", max_size=24))
def test_no_cell_breaks_it(cell):
    for order in ("day", "month"):
        assert days_of([cell], order).shape == (1,)


def table(*cells: str) -> bytes:
    rows = "".join(f"{cell},{n},{'xy'[n % 2]}\n" for n, cell in enumerate(cells, 5))
    return f"when,v,kind\n{rows}".encode()


MONTHLY = table(*(f"01/{n % 12 + 1:02d}/{2016 + n // 12}" for n in range(60)))


def test_an_order_that_nothing_proves_is_asked_with_both_spans_and_the_even_one_first():
    cells = read_cells(MONTHLY)
    (question,) = cells.questions
    assert question.about == "date_order" and question.column == "when"
    assert question.cells == ("01/02/2016",)
    assert question.readings == (
        ("day", "2016-01-01 to 2020-12-01"),
        ("month", "2016-01-01 to 2020-01-12"),
    )
    assert column(cells, "when").values[1] == days(2016, 2, 1)
    answered = cells.read_as(question.answered(Reading(), "month"))
    assert column(answered, "when").values[1] == days(2016, 1, 2)
    made = from_table(MONTHLY, "kind", reading=Reading(date_order="month"))
    assert "2016-01-01 to 2020-01-12" in made.columns[0][2]
    assert made.own.choices == ("month before day",)


def test_days_with_points_come_first_and_nobody_is_asked():
    cells = read_cells(table(*(f"01.{n % 12 + 1:02d}.{2016 + n // 12}" for n in range(60))))
    assert not cells.questions and column(cells, "when").values[1] == days(2016, 2, 1)


def test_one_date_and_dates_without_end_ask_what_they_can():
    (question,) = read_cells(table("03/04/2020", "03/04/2020", "03/04/2020")).questions
    assert dict(question.readings)["day"] == "2020-04-03 to 2020-04-03"
    assert not read_cells(table("01/02/9999", "01/02/9999", "03/04/9999")).questions


def test_days_in_order_say_that_the_month_comes_first():
    cells = read_cells(table(*(f"{m:02d}/{d:02d}/2020" for m in range(1, 7) for d in range(1, 11))))
    assert [order for order, _ in cells.questions[0].readings] == ["month", "day"]


def test_one_date_that_proves_the_order_decides_for_all_columns():
    rows = "a,b,kind\n" + "".join(
        f"03/{n:02d}/2020,01/{1 + n % 12:02d}/2021,x\n" for n in range(1, 29)
    )
    cells = read_cells(rows.encode())
    assert not cells.questions and cells.order("b") == "month"
    assert column(cells, "b").values[0] == days(2021, 1, 2)
    assert column(cells.read_as(Reading(date_order="day")), "a").values[0] == days(2020, 3, 1)


def test_the_first_and_the_last_date_are_said_and_an_odd_cell_is_missing_and_quoted():
    cells = [f"2021-03-{n % 28 + 1:02d}" for n in range(59)]
    made = from_table(table(*cells, "2021-02-30"), "kind")
    name, kind, how = made.columns[0]
    assert (name, kind) == ("when", "date") and "2021-03-01 to 2021-03-28" in how
    assert "1 of 60 cells is not a date, so missing: “2021-02-30”" in how
    assert "“when”: 1 of 60 cells is not a date, so missing: “2021-02-30”." in made.said
    assert "1 missing, filled with the median 2021-03-" in how


def test_a_date_without_end_is_missing_and_a_feature_of_its_own():
    cells = [f"2021-03-{n % 28 + 1:02d}" if n % 6 else "9999-12-31" for n in range(60)]
    made = from_table(table(*cells), "kind")
    assert made.own.features[:2] == ("when", "when = (no end)")
    assert "10 with no end (“9999-12-31”)" in made.columns[0][2]
    split = made.split
    assert split.train_inputs[:, 1].sum() + split.test_inputs[:, 1].sum() == 10
    assert np.abs(split.train_inputs[:, 0]).max() < 4


def test_eight_digits_are_dates_where_all_are_and_else_numbers():
    assert (
        column(read_cells(table(*(f"202101{n:02d}" for n in range(1, 29)))), "when").kind == "date"
    )
    assert (
        column(read_cells(table(*(f"{n}2101{n}" for n in range(10, 40)))), "when").kind == "number"
    )


def test_a_day_as_words():
    assert told(days(2020, 4, 3)) == "2020-04-03" and told(-0.5) == "1969-12-31"

"""What the table is: names, rows, delimiters, and quotes that swallow rows."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import DataError
from core.data.own.cells import read_cells
from core.data.own.records import records

BODY = "".join(f"{n},{n * 7 % 13},{'xy'[n % 2]}\n" for n in range(30))


def rows_of(text: str, delimiter: str = "") -> tuple[list[str], list[list[str]], str]:
    found = records(text, delimiter)
    rows = list(found.rows())
    return found.names, rows, " ".join(found.said)


def test_a_plain_table_has_nothing_to_be_said():
    names, rows, said = rows_of("a,b,kind\n" + BODY)
    assert names == ["a", "b", "kind"] and len(rows) == 30 and said == ""


def test_a_first_column_called_pk_is_no_zip():
    assert list(read_cells(b"PK,a\n1,2\n3,4\n5,6\n").table) == ["PK", "a"]


def test_title_lines_are_skipped_and_said():
    for titles in ("Rain by month\n", "Rain,,\nExport of 3 May,,\n", "# rain\n\n# more\n"):
        names, rows, said = rows_of(titles + "a,b,kind\n" + BODY)
        assert names == ["a", "b", "kind"] and len(rows) == 30
        assert "above the names" in said and titles.split(",")[0].split("\n")[0] in said


@pytest.mark.parametrize(
    "above",
    ["Rain by month\n", "# made, by me, today\n", "# one\n# two\n", "Rain\n\n", "Rain;\nMay: 3\n"],
)
@pytest.mark.parametrize("below", ["", "# end\n", "Source: a station\n"])
def test_titles_above_two_columns_are_no_names(above, below):
    names, rows, said = rows_of(
        f"{above}a,b\n" + "".join(f"{n},{n / 4}\n" for n in range(30)) + below
    )
    assert names == ["a", "b"] and rows[1] == ["1", "0.25"] and len(rows) == 30
    assert "above the names" in said and above[:4] in said


def test_names_above_a_first_row_of_gaps_are_no_title():
    rows = "b,c\nr0,NA,NA\n" + "".join(f"r{n},{n},{n / 4}\n" for n in range(1, 30))
    names, read, said = rows_of(rows)
    assert names == ["", "b", "c"] and len(read) == 30 and "one fewer" in said


def test_names_with_gaps_are_no_title():
    names, rows, _ = rows_of(",b,kind\n" + BODY)
    assert names == ["", "b", "kind"] and len(rows) == 30
    names, rows, _ = rows_of("id,,\n" + BODY)
    assert names == ["id", "", ""] and len(rows) == 30


def test_lines_below_the_table_are_left_out_and_said():
    _, rows, said = rows_of("a,b,kind\n" + BODY + "Source: nobody\n")
    assert len(rows) == 30 and "Left out: 1 line below the table, from line 32 on" in said
    with pytest.raises(DataError, match="Line 32 has 1 cell"):
        rows_of("a,b,kind\n" + BODY + "Source: nobody\n" + BODY)


def test_a_mark_too_many_after_the_names_is_an_empty_column():
    names, rows, said = rows_of("a,b,kind,\n" + BODY)
    assert names == ["a", "b", "kind", ""] and rows[0] == ["0", "0", "x", ""]
    assert "1 empty column" in said


def test_a_mark_too_many_after_the_rows_is_left_out():
    names, rows, said = rows_of("a,b,kind\n" + BODY.replace("\n", ",\n"))
    assert rows[0] == ["0", "0", "x"] and "30 rows ended with empty cells too many" in said


def test_names_that_come_again_are_no_row():
    _, rows, said = rows_of("a,b,kind\n" + BODY + "a,b,kind\n" + BODY)
    assert len(rows) == 60 and "1 row that repeats the names" in said


def test_one_name_too_few_is_a_column_without_a_name():
    names, rows, said = rows_of("b,kind\n" + BODY)
    assert names == ["", "b", "kind"] and rows[1] == ["1", "7", "y"] and "one fewer" in said


@pytest.mark.parametrize("head", ["0,1,2", "1,2,3", "kind,1960,1961", "1960,1961,1962"])
def test_numbers_in_order_are_names(head):
    names, rows, _ = rows_of(
        f"{head}\n" + "".join(f"{n},{n % 5 + 0.5},{n % 3}\n" for n in range(9))
    )
    assert names == head.split(",") and len(rows) == 9


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("5.1,3.5,Iris-setosa", "".join(f"{n},{n / 7:.1f},Iris-virginica\n" for n in range(9))),
        ("5,1;3,5;x", "4,9;3,0;y\n" * 9),
        ("1,2.5,3", "4,5.5,6\n" * 9),
        ("7,x", "4,y\n5,z\n" * 5),
        ("p,x,s", "e,x,s\np,f,s\n" * 5),
    ],
)
def test_values_above_values_are_no_names(head, body):
    names, rows, said = rows_of(f"{head}\n{body}")
    assert not any(names) and len(rows) == 1 + body.count("\n") and "no names" in said


def test_the_first_line_of_a_spreadsheet_names_the_mark():
    names, rows, said = rows_of("sep=;\na,b;kind\n1,5;x\n2,5;y\n")
    assert names == ["a,b", "kind"] and rows[0] == ["1,5", "x"] and "“;”" in said
    assert rows_of('"sep=|"\r\na|b\n1|2\n'.replace("\r", ""))[0] == ["a", "b"]


def test_cells_apart_by_spaces_are_read():
    names, rows, _ = rows_of(" 13.7  8   196.5\n 11.5  4   238.7\n 9.0  4  90.1\n")
    assert len(rows) == 3 and rows[0] == ["13.7", "8", "196.5"]
    auto = '18.0   8   307.0   3504.\t"chevrolet  malibu"\n15.0   8   350.0   3693.\t"buick 320"\n'
    assert rows_of(auto * 5)[1][1][-1] == "buick 320"
    assert records("a b\tc d\nx y\tu v\nw z\tk l\n").delimiter == "\t"
    assert records("name,place\nA B,C D\nE F,G H\n").delimiter == ","


SWALLOWED = [f"{n},{n % 7},{'xy'[n % 2]}" for n in range(60)]


def with_lines(**lines: str) -> str:
    rows = list(SWALLOWED)
    for name, line in lines.items():
        rows[int(name[1:])] = line
    return "a,pipe,kind\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    "lines",
    [
        {"_9": '9,"5 inch,x', "_29": '29,5" old,y'},  # a quote that another closes by chance
        {"_9": '9,"5 inch,x', "_29": '29,"6 inch,y'},
        {"_9": '9,"5 inch,x'},  # never closed
        {"_59": '59,"5 inch,x'},
        {"_9": '9,"5,x', "_29": '29,"6",y', "_40": '40,"7",x'},
    ],
)
def test_an_open_quote_swallows_no_row_and_its_line_is_named(lines):
    _, rows, said = rows_of(with_lines(**lines))
    assert [row[0] for row in rows] == [str(n) for n in range(60)]
    first = int(next(iter(lines))[1:]) + 2
    assert f"Line {first} opens a quote that is never closed" in said


def test_a_long_open_quote_is_no_quote_either():
    rows = [f"{n},{n % 7},{'xy'[n % 2]}" for n in range(30_000)]
    rows[7] = '7,"5 inch,x'
    _, found, said = rows_of("a,pipe,kind\n" + "\n".join(rows))
    assert len(found) == 30_000 and "Line 9 opens a quote" in said


def test_an_open_quote_that_cannot_be_mended_is_refused_with_its_line():
    rows = with_lines(_9='9,"5 inch,x', _30='30,"a, b",y,z')
    with pytest.raises(DataError, match="Line 11 opens a quote that is never closed"):
        rows_of(rows)
    many = "a,b\n" + "".join(f'"{n},x\n' for n in range(500))
    with pytest.raises(DataError, match="so do many others"):
        rows_of(many)


def test_cells_of_several_lines_stay_whole():
    text = 'a,note,kind\n1,"one\ntwo, three\n\nfour",x\n2,"say ""no""",y\n3,plain,x\n'
    _, rows, said = rows_of(text)
    assert rows[0][1] == "one\ntwo, three\n\nfour" and rows[1][1] == 'say "no"' and not said
    address = "id,address\n" + '7,"12 Main St\nSpringfield, IL"\n' * 5
    assert len(rows_of(address)[1]) == 5


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6) | st.sampled_from(
    ["", "a,b", 'x"y', "two\nlines", " spaced ", "1,5", '"']
)


@given(
    st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    st.sampled_from(",;\t|"),
)
def test_what_python_writes_comes_back(rows, mark):
    rows = [["n", *row] for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark, lineterminator="\n").writerows(
        [["n", "a", "b", "kind"], *rows]
    )
    found = records(text.getvalue(), mark)
    assert [[cell.strip() for cell in row] for row in found.rows()][-len(rows) :] == [
        [cell.strip() for cell in row] for row in rows
    ]

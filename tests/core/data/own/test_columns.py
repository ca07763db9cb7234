"""What a column holds: odd cells, identifiers, spellings, and what a person chose for it."""

import numpy as np
import pytest

from core.data import DataError
from core.data.own.cells import read_cells
from core.data.own.columns import Column, column
from core.data.own.reading import Reading
from core.data.own.words import spellings
from tests.core.data.own.files import csv_of, from_table


def read(cells: list[str | None], **choices) -> Column:
    rows = [f'"{cell or ""}",{n}' for n, cell in enumerate(cells)]
    return column(read_cells("\n".join(["c,n", *rows]).encode(), Reading(**choices)), "c")


def numbers(count: int) -> list[str]:
    return [f"{n * 37 % 1009}.5" for n in range(count)]


@pytest.mark.parametrize(
    ("cells", "kind", "first"),
    [
        (["1", "2", "5", "1e3", None], "number", 1.0),
        (["2020-02-03", "2020-03-02", None], "date", 18295.0),
        (["03.02.2020", "25.03.2020"], "date", 18295.0),
        (["02/03/2020", "02/25/2020"], "date", 18295.0),
        (["2020-02-03 12:00:00", "2020-02-04 00:00:00"], "date", 18295.5),
        (["yes", "no", "yes"], "words", 0),
        (["True", "False"], "words", 0),
        (["inf", "1"], "words", 0),
        (["99.99.2020", "11.11.2020"], "words", 0),
        (["0", "1", "2", "3+"] * 10, "words", 0),
        (["1", "2", "3", "3+", "3+"] * 10, "words", 0),
        ([None, "NA", "-"], "empty", -1),
        (["7", "7", "7"], "constant", 0),
    ],
)
def test_a_column_holds_what_its_cells_hold(cells, kind, first):
    found = read(cells)
    assert (found.kind, found.values[0]) == (kind, first)


@pytest.mark.parametrize(
    "odd",
    [
        "unknown",
        "n.a.",
        "inf",
        "#N/A",
        "#DIV/0!",
        "#WERT!",
        "<0.05",
        "missing",
        "1e999",
        "?",
        "12;5",
        "1e31",
    ],
)
def test_one_odd_cell_among_numbers_is_missing_counted_and_quoted(odd):
    cells = [*numbers(99), odd, *numbers(100)]
    found = read(cells)
    assert found.kind == "number" and np.isnan(found.values[99]) and not np.isnan(found.values[100])
    assert np.isnan(found.values).sum() == 1
    assert found.odd.startswith("1 of 200 cells is not a number, so missing: “")


def test_one_word_that_is_often_there_instead_of_numbers_is_missing():
    found = read([*numbers(60), *["no answer"] * 40])
    assert found.kind == "number" and np.isnan(found.values).sum() == 40
    assert "40 of 100 cells are not a number, so missing: “no answer”" in found.odd


def test_half_numbers_and_half_names_are_left_out_with_how_many_are_numbers():
    made = from_table(
        csv_of(c=[*(f"{n}.5" for n in range(30)), *(f"name {n}" for n in range(30))],
               x=np.arange(60) % 7, y=["a", "b"] * 30), "y"
    )  # fmt: skip
    how = made.columns[0][2]
    assert how.startswith("left out: another value in almost every row, as a name has")
    assert "30 of 60 cells are numbers; the first that is not: “name 0”" in how


def test_numbers_of_different_units_and_dates_in_two_orders_are_left_out_with_their_reason():
    mixed = read([f"{n}%" if n % 2 else f"{n / 100}" for n in range(60)])
    assert mixed.kind == "identifier"
    assert mixed.why == "numbers of different units, “0.0” and “1%”"
    days = [f"{n % 12 + 14}/{n % 12 + 1}/{1990 + n}" for n in range(30)]
    months = [f"{n % 12 + 1}/{n % 12 + 14}/{1990 + n}" for n in range(20)]
    found = read([*days, *months])
    assert found.notes == ("30 of 50 cells are dates; the first that is not: “1/14/1990”",)


def test_whole_numbers_of_many_digits_are_an_identifier_and_said_as_that():
    found = read([f"12345678901234{n:05d}" for n in range(0, 60_000, 1001)])
    assert found.kind == "identifier" and "19 digits" in found.why
    assert read(["1234567890123456789", "9876543210987654321"] * 30).kind == "words"
    assert read([f"{n}00000000" for n in range(100, 160)]).kind == "number"


def test_years_in_order_are_numbers_and_numbers_of_rows_are_not():
    assert read([str(n) for n in range(1960, 2020)]).kind == "number"
    counted = read([str(n) for n in range(1, 61)])
    assert counted.kind == "identifier" and counted.why == "it counts the rows"
    assert read([str(n) for n in range(5001, 5061)]).kind == "identifier"
    assert read([f"{n}.5" for n in range(60)]).kind == "number"


def test_a_person_overrules_what_a_column_is():
    rows = [str(n) for n in range(1, 61)]
    assert read(rows, kinds=(("c", "number"),)).values.tolist() == list(range(1, 61))
    assert read(rows, kinds=(("c", "words"),)).kind == "words"
    days = read(["2021-01-01", "x", "2021-01-03", "y"], kinds=(("c", "date"),))
    assert days.kind == "date" and np.isnan(days.values).tolist() == [False, True, False, True]
    few = read(["3", "x", "y", "z"], kinds=(("c", "number"),))
    assert few.values[0] == 3 and "3 of 4 cells are not a number" in few.odd
    for kind in ("number", "date"):
        with pytest.raises(DataError, match=f"holds no {kind}"):
            read(["x", "y", "x"], kinds=(("c", kind),))


def test_what_a_person_chose_is_in_the_data_set_and_its_description():
    rows = csv_of(year=range(1960, 2020), x=np.arange(60) % 7, y=["a", "b"] * 30)
    made = from_table(rows, "y", reading=Reading(kinds=(("year", "words"),)))
    assert made.columns[0][1] == "words" and len(made.own.features) == 1 + 20 + 1
    assert made.own.choices == ("year read as words",)
    assert made.own.dataset.description.endswith("Read with: year read as words.")
    assert from_table(rows, "y").own.dataset.description.endswith("each with one of 2 classes.")


def test_spellings_that_differ_in_capitals_and_spaces_are_one_word_and_can_be_kept_apart():
    cells = ["Yes", "yes", "YES", "yes", "No", "no  way", "No way"] * 5
    found = read(cells)
    assert found.words == ("yes", "No", "no  way")
    assert found.values[:7].tolist() == [0, 0, 0, 0, 1, 2, 2]
    assert found.notes == ("taken as one word: “Yes” = “yes” = “YES”; “no way” = “No way”",)
    assert len(read(cells, one_spelling=False).words) == 6


def test_the_most_frequent_spelling_stays():
    assert spellings(["A", "a", "B"], np.array([1, 2, 1])) == (
        ["a", "B"], pytest.approx([0, 0, 1]), "“A” = “a”"
    )  # fmt: skip


def test_small_units_are_numbers():
    chance = np.random.default_rng(0)
    pico = chance.uniform(1e-12, 9e-11, 60)
    made = from_table(csv_of(x=chance.normal(size=60), c=pico), "c", "regress")
    assert made.own.spread == pytest.approx(pico.std(), rel=0.2)
    rows = np.r_[made.split.train_targets, made.split.test_targets][:, 0]
    numbers = np.sort(rows * made.own.spread + made.own.mean)
    np.testing.assert_allclose(numbers, np.sort(pico), rtol=1e-5)
    fed = from_table(csv_of(c=pico, y=["a", "b"] * 30), "y")
    assert fed.own.features == ("c",) and fed.split.train_inputs.std() == pytest.approx(1)
    near = 1e6 + 1e-4 * np.arange(60)
    assert from_table(csv_of(c=near, y=["a", "b"] * 30), "y").own.features == ("c",)


def test_words_that_only_test_rows_have_are_counted_and_quoted():
    chance = np.random.default_rng(0)
    words = [f"w{n}" if n % 6 == 0 else "often" for n in range(100)]
    made = from_table(csv_of(w=words, x=chance.normal(size=100), y=["a", "b"] * 50), "y")
    how = made.columns[0][2]
    rows = np.vstack([made.split.train_inputs, made.split.test_inputs])[:, :-1]
    unseen = int((made.split.test_inputs[:, :-1].sum(axis=1) == 0).sum())
    assert unseen > 1
    assert f"{unseen} test rows with words that no training row has: “w" in how
    assert rows.sum() == 100 - unseen

"""The column to predict: classes that are called None, spellings, and what is suggested."""

import numpy as np
import pytest

from core.data.own.cells import read_cells
from core.data.own.reading import Reading
from core.data.own.targets import doubt, suggested, target_of, usual_target
from tests.core.data.own.files import csv_of, from_table


def table(classes: list[str]) -> bytes:
    chance = np.random.default_rng(0)
    rows = "".join(f"{chance.integers(99)},{chance.integers(99)},{one}\n" for one in classes)
    return f"a,b,y\n{rows}".encode()


@pytest.mark.parametrize("word", ["None", "-", "none", "–"])
def test_a_frequent_word_for_nothing_is_asked_and_usually_a_class(word):
    data = table([word, "Mild", "Severe"] * 20)
    asked = doubt(read_cells(data), "y")
    assert (asked.words, asked.rows, asked.missing) == ((word,), 20, False)
    made = from_table(data, "y")
    assert word in made.own.classes and made.own.train_size + made.own.test_size == 60
    left = from_table(data, "y", reading=Reading(words_for_nothing=True))
    assert left.own.classes == ("Mild", "Severe")
    assert f"Left out: 20 rows without “y” (“{word}” taken for missing)." in left.said


@pytest.mark.parametrize("word", ["NA", "?", "null", "NaN", "#N/A"])
def test_other_words_for_nothing_are_asked_and_usually_missing(word):
    data = table([word, "Mild", "Severe"] * 20)
    asked = doubt(read_cells(data), "y")
    assert (asked.words, asked.missing) == ((word,), True)
    assert from_table(data, "y").own.classes == ("Mild", "Severe")
    kept = from_table(data, "y", reading=Reading(words_for_nothing=False))
    assert len(kept.own.classes) == 3


@pytest.mark.parametrize(("others", "missing"), [("1 2 a b", False), ("1 2 3 a b", True)])
def test_a_dash_is_a_class_unless_most_of_the_others_are_numbers(others, missing):
    data = table(["-", *others.split()] * 12)
    assert doubt(read_cells(data), "y").missing == missing


def test_numbers_with_a_word_as_often_are_classes():
    rows = "".join(f"{n % 7},{'none of them' if n % 3 == 0 else f'{n}.5'}\n" for n in range(90))
    assert suggested(read_cells(f"a,y\n{rows}".encode()), "y") == "classify"


def test_an_empty_cell_and_a_dash_among_numbers_are_no_class():
    assert doubt(read_cells(table(["", "x", "y"] * 20)), "y") is None
    data = table(["1", "2", "-"] * 20)
    assert doubt(read_cells(data), "y").missing
    assert from_table(data, "y", "classify").own.classes == ("1", "2")


def test_spellings_of_one_class_are_one_and_said():
    data = table(["Yes", "yes", "YES", "no", "No", "no"] * 10)
    made = from_table(data, "y")
    assert made.own.classes == ("no", "yes") and made.own.train_size == 48
    assert any("so one class: “Yes” = “yes” = “YES”; “no” = “No”" in said for said in made.said)
    apart = from_table(data, "y", reading=Reading(one_spelling=False))
    assert len(apart.own.classes) == 5


def test_classes_are_in_the_order_of_their_numbers():
    assert from_table(table(["10", "9", "1"] * 20), "y", "classify").own.classes == ("1", "9", "10")
    found = target_of(read_cells(table(["b", "a"] * 20)), "y", "classify")
    assert found.classes == ("a", "b") and found.truth[:2].tolist() == [1, 0]


def test_a_number_with_an_odd_cell_is_predicted_without_that_row():
    values = [*(f"{n * 1.5}" for n in range(58)), "unknown", "n.a."]
    cells = read_cells(table(values))
    assert suggested(cells, "y") == "regress"
    found = target_of(cells, "y", "regress")
    assert found.truth.tolist() == [n * 1.5 for n in range(58)]
    assert "2 rows without “y”" in found.said[0] and "“unknown”, “n.a.”" in " ".join(found.said)


def test_what_is_suggested():
    cells = read_cells(csv_of(few=np.arange(60) % 5, many=np.arange(60) * 1.5, w=["a", "b"] * 30))
    assert [suggested(cells, name) for name in ("few", "many", "w")] == [
        "classify", "regress", "classify"
    ]  # fmt: skip
    assert usual_target(cells) == "w"
    assert usual_target(read_cells(b"label,p0,p1\n1,2,3\n3,4,5\n")) == "label"
    assert usual_target(read_cells(b"id,diagnosis,\n1,2,\n3,4,\n")) == "diagnosis"

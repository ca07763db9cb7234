"""What makes a test score too good: rows in both parts, columns that say the answer."""

import numpy as np
import pytest

from core.data.own.leaks import telling
from tests.core.data.own.files import csv_of, from_table

CHANCE = np.random.default_rng(3)
X, K = CHANCE.normal(size=100).round(4), CHANCE.permutation(["a", "b"] * 50)


def test_rows_that_stand_in_both_parts_are_counted():
    made = from_table(csv_of(x=np.r_[X, X], k=np.r_[K, K]), "k")
    split = made.split
    train = {row.tobytes() for row in split.train_inputs}
    count = sum(row.tobytes() in train for row in split.test_inputs)
    assert 25 < count <= 40
    (sentence,) = made.warnings
    assert sentence.startswith(f"{count} of the 40 test rows are also in the training part")
    assert not from_table(csv_of(x=X, k=K), "k").warnings


def test_a_number_row_with_another_answer_is_no_repetition():
    x = np.r_[X, X]
    made = from_table(csv_of(x=x, k=np.r_[K, np.where(K == "a", "b", "a")]), "k")
    assert not made.warnings


@pytest.mark.parametrize(
    "column",
    [
        [f"is {k}" for k in K],
        np.where(K == "a", 1, 2),
        np.where(K == "a", 5 - np.abs(X), 6 + np.abs(X)),
        [f"{k}{n % 3}" for n, k in enumerate(K)],
    ],
)
def test_a_column_that_determines_the_class_is_named(column):
    made = from_table(csv_of(x=X, says=column, k=K), "k")
    assert made.warnings == (
        "“says” alone says the answer in every row. Leave it out unless it is known before the "
        "answer is.",
    )
    assert not from_table(csv_of(x=X, says=column, k=K), "k", left_out=("says",)).warnings


@pytest.mark.parametrize("column", [X, 1.8 * X + 32, (1.8 * X + 32).round(2), -X])
def test_a_column_that_is_the_number_in_another_unit_is_named(column):
    noise = CHANCE.normal(size=100)
    made = from_table(csv_of(says=column, x=noise, y=X), "y", "regress")
    assert made.warnings[0].startswith("“says” alone")


def test_a_good_column_is_not_one_that_says_the_answer():
    assert not from_table(csv_of(x=X, y=X + 0.1 * CHANCE.normal(size=100)), "y", "regress").warnings
    nearly = np.where(K == "a", -np.abs(X), np.abs(X))
    nearly[3] *= -1
    assert not from_table(csv_of(x=nearly, k=K), "k").warnings
    names = [f"n{n // 2}" for n in range(100)]
    assert not from_table(csv_of(x=X, w=names, k=K), "k").warnings


def test_several_columns_are_one_sentence():
    assert telling([]) == ""
    assert telling(["a", "b"]).startswith("Each of “a”, “b” alone says the answer in every row.")

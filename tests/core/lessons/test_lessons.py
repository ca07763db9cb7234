"""Lessons: every file is listed, and each has what it promises."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA

from core.data import DATASETS
from core.data.carseats import FILE
from core.lessons import LESSONS
from core.lessons.lesson import digit
from core.lessons.letters import vectors
from core.lessons.linear import prices_and_sales
from core.lessons.normalisation import COLUMNS

HERE = Path(__file__).parents[3]
EVERY = pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)


def test_every_file_is_listed_and_has_a_drawing():
    files = {path.stem for path in (HERE / "core/lessons").glob("*.py")} - {"__init__", "lesson"}
    files.remove("letters")  # what three of them share
    assert files == set(LESSONS) == {lesson.name for lesson in LESSONS.values()}
    for name in files:
        drawing = (HERE / "pages/shared/lessons" / f"{name}.js").read_text("utf-8")
        assert f"DRAWINGS.{name} = " in drawing


@EVERY
def test_a_lesson_has_its_words(lesson):
    assert lesson.title and lesson.formula
    assert lesson.sentence.endswith(".") and lesson.try_this.endswith((".", "?"))


@EVERY
def test_controls_start_within_their_bounds_and_on_a_step(lesson):
    names = [control.name for control in lesson.controls]
    assert names and len(set(names)) == len(names)
    for control in lesson.controls:
        if control.choices:
            assert control.default in control.choices
            continue
        if control.longest:
            assert 0 < len(control.default) <= control.longest
            continue
        assert control.low <= control.default <= control.high
        steps = (control.default - control.low) / control.step
        assert steps == pytest.approx(round(steps))


@EVERY
def test_the_numbers_are_finite_and_few(lesson):
    numbers = lesson.numbers()
    assert numbers
    for array in numbers.values():
        assert np.isfinite(array).all() and 0 < array.size <= 2000


def test_the_digit_is_a_seven_of_the_test_set_and_small_ones_are_its_means():
    mnist = DATASETS["mnist"].load_test()
    large, small = digit(28), digit(14)
    same = (mnist.test_inputs[:, 0] == large).all((1, 2))
    assert (mnist.test_targets[same] == 7).all() and same.any()
    assert small.dtype == np.uint8
    assert abs(float(small[5, 6]) - large[10:12, 12:14].mean()) <= 0.5
    assert small.mean() == pytest.approx(large.mean(), abs=0.5)


def test_prices_are_standardised_and_sales_are_thousands():
    found = prices_and_sales()
    assert found["x"].mean() == pytest.approx(0, abs=1e-6)
    assert found["x"].std() == pytest.approx(1, abs=1e-6)
    assert 7 < found["y"].mean() < 8


def test_letters_that_stand_in_the_same_places_are_alike():
    found = vectors()
    assert found.dtype == np.float32 and found.shape == (26, 4)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-6)
    alike = found @ found.T
    a, e, i, o, t = (ord(letter) - ord("a") for letter in "aeiot")
    assert min(alike[a, e], alike[a, i], alike[a, o]) > 0.8 > 0.4 > alike[a, t]


def test_letters_lie_where_scikit_learn_puts_them():
    names = DATASETS["first_names"].load().train_inputs
    pairs = np.zeros((27, 27))
    for name in names:
        for one, other in itertools.pairwise(name.tolist()):
            pairs[one, other] += 1
    pairs = pairs[1:, 1:] + 0.1
    p = pairs / pairs.sum()
    more = np.log1p(p / np.outer(p.sum(1), p.sum(0)))
    table = np.hstack([more, more.T])
    wanted = PCA(4, svd_solver="full").fit_transform(table)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    np.testing.assert_allclose(vectors() @ vectors().T, wanted @ wanted.T, atol=1e-5)


def test_a_recurrent_strength_of_one_keeps_the_length_of_a_state():
    kept = LESSONS["rnn"].numbers()["recurrent"]
    np.testing.assert_allclose(kept @ kept.T, np.eye(4), atol=1e-6)


def test_shops_are_rows_of_the_file():
    table = pd.read_csv(FILE)
    wanted = table[list(COLUMNS)].to_numpy()[:8]
    np.testing.assert_array_equal(LESSONS["normalisation"].numbers()["values"], wanted)

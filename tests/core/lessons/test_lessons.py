"""Lessons: every file is listed, and each has what it promises."""

from pathlib import Path

import numpy as np
import pytest

from core.data import DATASETS
from core.lessons import LESSONS
from core.lessons.lesson import digit
from core.lessons.linear import prices_and_sales

HERE = Path(__file__).parents[3]
EVERY = pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)


def test_every_file_is_listed_and_has_a_drawing():
    files = {path.stem for path in (HERE / "core/lessons").glob("*.py")} - {"__init__", "lesson"}
    assert files == set(LESSONS) == {lesson.name for lesson in LESSONS.values()}
    for name in files:
        drawing = (HERE / "pages/shared/lessons" / f"{name}.js").read_text("utf-8")
        assert f"DRAWINGS.{name} = " in drawing


@EVERY
def test_a_lesson_has_its_words(lesson):
    assert lesson.title and lesson.formula
    assert lesson.sentence.endswith(".") and lesson.try_this.endswith(".")


@EVERY
def test_controls_start_within_their_bounds_and_on_a_step(lesson):
    names = [control.name for control in lesson.controls]
    assert names and len(set(names)) == len(names)
    for control in lesson.controls:
        if control.choices:
            assert control.default in control.choices
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

"""The layer gallery without a browser: each lesson opens, and any link is answered."""

import dataclasses

import pytest

from core.data.dataset import DataError
from core.lessons import LESSONS
from tests.pages.conftest import said


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_each_lesson_opens_with_its_words(open_page, lesson):
    tab = open_page("gallery.py", lesson=lesson.title)
    assert lesson.sentence in said(tab)
    assert all(part.strip() in said(tab) for part in lesson.formula.split(r"\qquad"))
    assert lesson.try_this in said(tab)


@pytest.mark.parametrize("asked", ["", "nothing", "<img src=x>", "convolution", "9" * 400])
def test_a_hand_edited_link_opens_the_first_lesson(open_page, asked):
    first = next(iter(LESSONS.values()))
    assert first.sentence in said(open_page("gallery.py", lesson=asked))


def test_data_that_cannot_be_read_are_said_in_a_sentence(open_page, monkeypatch):
    def fails():
        raise DataError("The data file is *missing*.")

    name = next(iter(LESSONS))
    monkeypatch.setitem(LESSONS, name, dataclasses.replace(LESSONS[name], numbers=fails))
    tab = open_page("gallery.py")
    assert len(tab.error) == 1 and "missing" in tab.error[0].value

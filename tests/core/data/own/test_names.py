"""Names from elsewhere: harmless, told apart, and left alone where they already are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.own.names import HARMLESS, LONGEST, tidy, told_apart

TEXT = st.text(max_size=60) | st.text(
    "ab /<>w.W&#*_`[]():$\\\u202e\u0301\u037e\u200d\n", max_size=60
)


@given(TEXT)
def test_what_is_tidy_stays_and_means_nothing(text):
    name = tidy(text)
    assert tidy(name) == name and len(name) <= LONGEST
    assert name.isprintable() and "www." not in name.lower()
    assert all(c.isalnum() or c in HARMLESS for c in name if c.isascii())


@given(st.lists(TEXT | st.sampled_from(["a", "a (2)", "x" * 40]), max_size=12))
def test_names_are_each_there_once(names):
    found = told_apart(names)
    assert len(set(found)) == len(found) == len(names)
    assert all(name and tidy(name) == name for name in found)


@pytest.mark.parametrize(
    "name", ["petal_length", "größe (cm)", "年齢", "a-b, 50%", "x = 1/2 + 3.5'"]
)
def test_usual_names_stay_as_they_are(name):
    assert tidy(name) == name


def test_marks_keep_their_looks():
    assert tidy("<=50K") == "＜=50K" and tidy(">50K") == "＞50K"
    assert tidy("[a](javascript:alert(1))") == "［a］(javascript：alert(1))"

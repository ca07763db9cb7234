"""The one look of the figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.figures import style


@given(st.integers(0, 5000), st.integers(1, 400))
def test_thinning_keeps_to_the_budget_and_keeps_both_ends(n, budget):
    keep = style.thinned(n, budget)
    assert len(keep) <= max(budget, 2)
    assert (np.diff(keep) > 0).all()
    if n:
        assert keep[0] == 0
    if n > 1 and budget > 1:
        assert keep[-1] == n - 1
    if n <= budget:
        assert keep.tolist() == list(range(n))


def test_the_words_about_thinning_are_there_only_when_something_was_left_out():
    assert style.thinned_words(200, 1000, "steps") == "200 of 1,000 steps shown."
    assert style.thinned_words(200, 200, "steps") == ""


def test_targets_are_shown_literally():
    assert style.plain('<a href="x">A & B</a>') == '&lt;a href="x"&gt;A &amp; B&lt;/a&gt;'
    assert style.figure("<i>x", "y & z").layout.xaxis.title.text == "&lt;i&gt;x"


def test_whatever_is_not_finite_becomes_a_gap():
    values = style.finite([1, None, np.inf, -np.inf, np.nan, 1.7e308, 2.5])
    assert np.isnan(values).tolist() == [False, True, True, True, True, True, False]
    assert style.finite(None).tolist() == []


def test_a_scale_always_has_an_end():
    assert style.largest(np.array([0.5, -2.0, np.nan])) == 2.0
    assert style.largest(np.zeros(3)) == 1.0
    assert style.largest(np.array([])) == 1.0


def test_the_signed_scale_is_symmetric_with_zero_in_its_middle_and_see_through():
    places = [place for place, _ in style.SIGNED]
    assert places[len(places) // 2] == 0.5
    assert [1 - place for place in reversed(places)] == places
    assert style.SIGNED[len(places) // 2][1].endswith(",0)")


def test_a_caption_makes_its_own_room_below_the_plot():
    plain = style.figure("x", "y")
    room = plain.layout.height - plain.layout.margin.b - plain.layout.margin.t
    noted = style.caption(style.figure("x", "y"), "One sentence.", "", "And " + "more " * 30 + ".")
    (note,) = noted.layout.annotations
    assert note.text.count("<br>") == 4
    assert noted.layout.height - noted.layout.margin.b - noted.layout.margin.t == room
    assert style.caption(style.figure("x", "y"), "", "").layout.annotations == ()


@pytest.mark.parametrize("color", [*style.ROLES.values(), style.DEAD, style.SATURATED])
def test_every_colour_reads_on_white_and_on_black(color):
    def light(channel):
        c = int(channel, 16) / 255
        return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4

    red, green, blue = (light(color[i : i + 2]) for i in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    assert 1.05 / (luminance + 0.05) > 2.5
    assert (luminance + 0.05) / 0.055 > 2.5

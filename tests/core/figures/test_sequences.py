"""Figures of sequences: states over time, who looks at whom, the next symbols."""

import numpy as np
import pytest

from core.figures import next_symbols, states_over_time, style

STATES = np.array([[0.5, -2.0], [1.0, 0.0], [0.25, np.nan]])


def caption(fig):
    notes = [note.text for note in fig.layout.annotations if note.name == "caption"]
    return notes[0].replace("<br>", " ") if notes else ""


def test_a_column_is_a_step_and_a_row_a_unit():
    heat, grey = states_over_time(STATES).data
    assert heat.z.tolist()[0] == [0.5, 1.0, 0.25]
    assert heat.x.tolist() == [0, 1, 2]
    assert (heat.zmin, heat.zmid, heat.zmax) == (-2, 0, 2)
    assert np.isfinite(grey.z).tolist() == [[False, False, False], [False, False, True]]


def test_a_gate_goes_from_shut_to_open_without_signs():
    heat = states_over_time(np.full((2, 2), 0.3), role="gate", quantity="forget gate").data[0]
    assert (heat.zmin, heat.zmax) == (0, 1)
    assert heat.colorscale[-1][1] == style.faded(style.GATE, 1)
    assert "forget<br>gate" in heat.colorbar.title.text


def test_two_states_can_share_a_scale():
    assert states_over_time(STATES, scale=4.0).data[0].zmax == 4
    assert states_over_time(STATES, scale=np.nan).data[0].zmax == 2


def test_the_letters_of_a_word_name_the_steps():
    fig = states_over_time(STATES, labels="a <")
    assert list(fig.layout.xaxis.ticktext) == ["a", "␣", "&lt;"]
    assert fig.data[0].text[1] == [" (a)", " (␣)", " (&lt;)"]


def test_letters_too_many_for_the_axis_are_told_under_the_pointer():
    fig = states_over_time(np.zeros((50, 2)), labels="ab" * 25)
    assert fig.layout.xaxis.ticktext is None
    assert fig.data[0].text[0][1] == " (b)"
    assert "Point at a step" in caption(fig)


def test_a_bar_stands_under_each_symbol_as_high_as_its_probability():
    bars, letters = next_symbols("a b", [1.0, 0.5, 0.0], "axb").data
    assert bars.x.tolist() == letters.x.tolist() == [0, 1, 2]
    assert list(letters.text) == ["a", "␣", "b"]
    assert (bars.y / bars.y[0]).tolist() == [1, 0.5, 0]
    assert bars.customdata.tolist() == [100, 50, 0]
    assert [color.endswith(",1)") for color in bars.marker.color] == [True, False, True]
    assert list(bars.hovertext) == ["a (guess: a)", "␣ (guess: x)", "b (guess: b)"]


def test_a_long_text_goes_on_in_the_next_line_below():
    fig = next_symbols("x" * 45, np.full(45, 0.5))
    bars = fig.data[0]
    assert bars.x[20] == bars.x[40] == 0
    assert [bars.base[i] for i in (0, 19, 20, 44)] == [2, 2, 1, 0]
    assert list(fig.layout.yaxis.ticktext) == ["1", "21", "41"]
    assert list(fig.layout.yaxis.tickvals) == sorted(fig.layout.yaxis.tickvals, reverse=True)


def test_the_perplexity_of_even_guesses_is_their_number():
    assert "Perplexity 4:" in caption(next_symbols("abcd", np.full(4, 0.25)))
    assert "Perplexity" not in caption(next_symbols("ab", [0.5, 0.0]))


def test_a_symbol_without_a_probability_has_no_bar_and_is_counted():
    fig = next_symbols("ab", [np.nan, 0.5])
    assert np.isnan(fig.data[0].y).tolist() == [True, False]
    assert "1 of 2 values are not finite" in caption(fig)


@pytest.mark.parametrize("count", [0, 1, 20, 21, 1000])
def test_every_symbol_shown_has_its_place(count):
    fig = next_symbols("y" * count, np.full(count, 0.1))
    assert len(fig.data[0].x) == len(fig.data[1].text) == min(count, 240)

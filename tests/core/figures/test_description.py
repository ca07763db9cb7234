"""What is said of a figure holds its numbers, for every figure."""

import numpy as np
import plotly.graph_objects as go
import pytest

from core.figures import FIGURES, layer_sizes, loss_curve, shares, style
from core.figures.description import LONGEST, NOTHING, sentence
from tests.core.figures.test_every_figure import ARGUMENTS, VALUES


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("kind", VALUES)
def test_every_figure_is_told_in_a_bounded_sentence(name, kind):
    words = sentence(FIGURES[name](**ARGUMENTS[name](VALUES[kind])))
    assert 0 < len(words) <= LONGEST
    assert "nan" not in words.split() and "<br" not in words and "&" not in words.replace("& ", "")


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_nothing_says_so(name):
    assert sentence(FIGURES[name](**ARGUMENTS[name](VALUES["empty"]))) == NOTHING


def test_a_line_is_told_by_its_ends_and_extremes():
    words = sentence(loss_curve([1, 500, 9375], [2.31, 0.05, 0.0812], [9375], [0.0901]))
    assert words.startswith("Loss over step.")
    assert "from 2.31 at 1 to 0.0812 at 9,375; lowest 0.05 at 500, highest 2.31 at 1." in words
    assert "0.0901 at 9,375" in words


def test_bars_and_points_in_rows_are_told_by_the_largest():
    words = sentence(layer_sizes(["a", "b<c", "d", "e"], [1, 40, 3, 2]))
    assert words.endswith("4 points, the largest 40 at b<c, 3 at d, 2 at e.")
    words = sentence(shares(["a", "b<c", "d", "e"], [0.1, 0.4, 0.3, 0.2]))
    assert words.endswith("4 bars, the largest 40 at 1, 30 at 2, 20 at 3.")


def test_single_points_are_told_by_their_range():
    fig = style.figure("x", "y").add_scatter(x=[1, 2, 3], y=[4, 9, -1], mode="markers")
    assert sentence(fig).endswith("3 points from -1 to 9.")


def test_a_picture_is_told_by_its_range():
    values = np.array([[1.0, -2.5, np.nan], [0, 7, 1]])
    fig = style.figure("input", "unit").add_heatmap(z=values)
    assert sentence(fig) == "Unit over input. 2 by 3 values from -2.5 to 7."


def test_what_is_hidden_is_not_told():
    fig = style.figure("x", "y")
    fig.add_scatter(x=[1], y=[2], visible=False)
    assert sentence(fig) == NOTHING
    assert sentence(go.Figure()) == NOTHING

"""Figures of kinds of layers: embeddings, normalisation, containers, what a convolution sees."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from core.figures import before_after, embedding_plane, receptive_field, shares, style
from core.figures.before_after import moments
from core.figures.embedding_plane import plane
from tests.core.figures.test_sequences import caption


@given(st.integers(3, 30), st.integers(2, 12), st.integers(0, 10**6))
def test_the_plane_is_that_of_scikit_learns_principal_components(symbols, features, seed):
    vectors = np.random.default_rng(seed).normal(size=(symbols, features))
    places, told = plane(vectors)
    theirs = PCA(2, svd_solver="full").fit(vectors)
    np.testing.assert_allclose(told, theirs.explained_variance_ratio_, atol=1e-9)
    np.testing.assert_allclose(abs(places), abs(theirs.transform(vectors)), atol=1e-9)
    again, _ = plane(vectors[::-1])
    np.testing.assert_allclose(again[::-1], places, atol=1e-9)  # the signs are the same


def test_the_directions_of_another_moment_can_be_taken():
    first = np.array([[0.0, 0, 3], [0, 0, -3], [0, 1, 0], [0, -1, 0]])
    later = np.array([[5.0, 0, 0], [-5, 0, 0], [0, 0, 2], [0, 0, -2]])
    places, told = plane(later, first)
    np.testing.assert_allclose(places, [[0, 0], [0, 0], [2, 0], [-2, 0]], atol=1e-12)
    np.testing.assert_allclose(told, [8 / 58, 0], atol=1e-12)


def test_symbols_are_the_points_and_the_caption_tells_the_variance():
    vectors = np.array([[3.0, 0], [-3, 0], [0, 1], [0, -1], [np.nan, 0]])
    fig = embedding_plane(vectors, "ab< x")
    assert list(fig.data[0].text) == ["a", "b", "&lt;", "␣"]
    assert fig.data[0].x[0] == pytest.approx(3)
    assert "90 % and 10 % of the variance of 2 features" in caption(fig)
    assert "1 of 5 vectors left out" in caption(fig)


def test_one_feature_and_vectors_that_do_not_differ_have_a_plane_too():
    assert plane(np.array([[1.0], [3.0]]))[0].tolist() == [[-1, 0], [1, 0]]
    assert np.isnan(plane(np.ones((3, 2)))[1]).all()
    assert "variance" not in caption(embedding_plane(np.ones((3, 2)), "abc"))


def test_the_outermost_letters_have_room_in_the_plane():
    fig = embedding_plane(np.random.default_rng(0).normal(size=(9, 4)), "abcdefghi")
    for axis, places in ((fig.layout.xaxis, fig.data[0].x), (fig.layout.yaxis, fig.data[0].y)):
        low, high = axis.range
        spread = places.max() - places.min()
        assert low < places.min() - 0.05 * spread and high > places.max() + 0.05 * spread


def test_words_stand_on_the_side_that_their_neighbour_is_not_on():
    fig = embedding_plane(np.array([[0.0, 0], [0.1, 0.4], [9, 0]]), ["one", "two", "three"])
    assert set(fig.data[0].textposition[:2]) == {"top center", "bottom center"}


def test_both_histograms_share_their_bins_and_hold_shares():
    before, after = np.linspace(0, 10, 1000), np.linspace(-2, 2, 500)
    fig = before_after(before, after)
    one, two = fig.data
    assert (one.name, two.name) == ("before", "after")
    assert one.x.tolist() == two.x.tolist()
    assert sum(one.y) == pytest.approx(100, abs=0.3)
    assert sum(two.y) == pytest.approx(100, abs=0.5)
    assert "Before: mean 5, spread 2.89. After: mean 0, spread 1.16." in caption(fig)


def test_values_that_are_all_the_same_have_a_bin():
    fig = before_after([2.0, 2.0], [np.inf, 1.0])
    assert max(fig.data[0].y) == 100
    assert "1 of 4 values is not a finite number" in caption(fig)


def test_moments_are_numpys_without_overflow():
    values = np.random.default_rng(0).normal(3, 2, 50)
    assert moments(values) == pytest.approx((values.mean(), values.std()))
    assert moments(1e300 * values) == pytest.approx((1e300 * values.mean(), 1e300 * values.std()))


def test_a_share_is_a_bar_in_percent():
    fig = shares(["skip", "block", "<lost>"], [0.75, 0.25, np.nan], of="share of the sum")
    bars = fig.data[0]
    assert bars.x[:2].tolist() == [75, 25]
    assert list(bars.text) == ["75.0 %", "25.0 %", "not a number"]
    assert list(fig.layout.yaxis.ticktext) == ["skip", "block", "&lt;lost&gt;"]
    assert fig.layout.xaxis.title.text == "share of the sum (%)"
    assert fig.layout.xaxis.range[1] > 75


def rectangles(fig):
    return [(shape.x0, shape.y0, shape.x1, shape.y1) for shape in fig.layout.shapes]


def test_the_rectangle_covers_what_is_seen():
    fig = receptive_field(np.zeros((28, 28)), (4, 6, 14, 16), (2, 3), layer="conv2")
    whole, seen = rectangles(fig)
    assert whole == (-0.5, -0.5, 27.5, 27.5)
    assert seen == (5.5, 3.5, 15.5, 13.5)
    assert "of conv2 at row 2, column 3 sees 100 of 784 pixels" in caption(fig)
    assert "outside" not in caption(fig)
    assert fig.layout.shapes[1].line.color == style.ACTIVATION


def test_what_lies_in_the_padding_is_told_and_not_drawn():
    fig = receptive_field(np.zeros((3, 8, 8)), (-2, -2, 3, 3), (0, 0))
    assert rectangles(fig)[1] == (-0.5, -0.5, 2.5, 2.5)
    assert "sees 9 of 64 pixels. The rest of its window lies outside" in caption(fig)


def test_of_two_texts_one_stands_above_its_point_and_one_below():
    fig = embedding_plane(np.array([[0.0, 1, 0], [0, 4, 2]]), ["one", "two"])
    assert sorted(fig.data[0].textposition) == ["bottom center", "top center"]

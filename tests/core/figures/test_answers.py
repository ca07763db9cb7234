"""Figures of one input's way through the network: units, feature maps, probabilities, softmax."""

import numpy as np
import pytest

from core.figures import feature_maps, probabilities, style, unit_activations
from core.figures.feature_maps import grid_columns, mosaic


def test_the_likeliest_class_is_in_full_colour_and_the_true_one_is_marked():
    bars = probabilities(["a", "b", "<c>"], [0.1, 0.7, 0.2], true_class=2).data[0]
    assert bars.x.tolist() == pytest.approx([10, 70, 20])
    assert list(bars.y) == ["a", "b", "<b>&lt;c&gt;</b> (true)"]
    assert [color.endswith(",1)") for color in bars.marker.color] == [False, True, False]
    assert list(bars.marker.line.width) == [0, 0, 2]
    assert list(bars.text) == ["10.0 %", "70.0 %", "20.0 %"]


def test_a_probability_that_is_no_number_says_so():
    assert probabilities(["a"], [np.nan]).data[0].text == ("not a number",)


def test_the_true_class_is_shown_even_where_classes_are_thinned():
    fig = probabilities(range(1000), np.full(1000, 0.001), true_class=501)
    assert "<b>501</b> (true)" in fig.data[0].y


def test_every_unit_has_a_bar_before_and_after():
    before, after = unit_activations([-1.0, 2.0], [0.0, 2.0]).data
    assert (before.name, after.name) == ("pre-activation", "activation")
    assert before.y.tolist() == [-1, 2]
    assert after.y.tolist() == [0, 2]
    assert after.marker.color == style.ACTIVATION


def test_one_of_the_two_is_enough():
    assert [trace.name for trace in unit_activations([1.0]).data] == ["pre-activation"]
    assert unit_activations([1.0]).layout.xaxis.dtick == 1, "units are whole numbers"
    assert unit_activations([1.0] * 21).layout.xaxis.dtick is None
    assert [trace.name for trace in unit_activations(None, [1.0]).data] == ["activation"]


def test_maps_are_drawn_as_pictures():
    maps = np.random.default_rng(0).normal(size=(6, 4, 5))
    fig = unit_activations(maps - 1, maps)
    assert fig.data[0].type == "heatmap"
    assert fig.data[0].zmax == pytest.approx(np.abs(maps).max())
    assert fig.to_json() == feature_maps(maps).to_json()


def test_a_grid_of_maps_holds_every_map_once_with_gaps_between():
    maps = np.arange(1.0, 25).reshape(3, 2, 4)
    picture, owner = mosaic(maps, np.array([5, 6, 7]), columns=2)
    assert picture.shape == (5, 9)
    assert picture[3:, :4].tolist() == maps[2].tolist()
    assert np.isnan(picture[2]).all()
    assert (owner == 7).sum() == 8
    assert np.isfinite(picture).sum() == 24


@pytest.mark.parametrize(
    ("count", "columns"), [(0, 1), (1, 1), (6, 3), (16, 4), (20, 5), (32, 8), (64, 8)]
)
def test_a_grid_of_maps_leaves_few_places_empty(count, columns):
    assert grid_columns(count) == columns


def test_a_cell_of_a_map_that_is_not_finite_is_grey():
    maps = np.zeros((2, 2, 2))
    maps[1, 0, 0] = np.nan
    fig = feature_maps(maps)
    assert np.isfinite(fig.data[1].z).sum() == 1
    assert fig.data[1].colorscale[0][1] == style.DEAD


def test_of_very_many_classes_the_likeliest_are_shown_in_their_order():
    shares = np.random.default_rng(0).dirichlet(np.ones(1000))
    figure = probabilities([f"class {n}" for n in range(1000)], shares, true_class=7)
    order = np.argsort(-shares)[:12]
    assert list(figure.data[0].y) == [f"class {n}" for n in order] + ["<b>class 7</b> (true)"]
    assert np.allclose(figure.data[0].x, 100 * shares[[*order, 7]])
    assert "The likeliest of 1,000 classes." in str(figure.layout.annotations)

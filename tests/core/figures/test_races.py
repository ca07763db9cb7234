"""The figures of a race: medians and quartiles, points that lead to runs, lanes."""

import math

import numpy as np
import pytest

from core.figures import race_curves, race_frontier, race_lanes, race_sizes, style
from core.figures.contestants import number_word, round_numbers
from core.figures.description import sentence
from core.figures.table import tables


def caption(fig):
    return " ".join(n.text.replace("<br>", " ") for n in fig.layout.annotations)


def trace(fig, name):
    (found,) = [one for one in fig.data if one.name == name]
    return found


# Curves

SEEDS = [
    ([0, 10, 20], [0.0, 0.2, 0.4], "a"),
    ([0, 10, 20], [0.1, 0.3, 0.5], "b"),
    ([0, 20], [0.2, 0.9], ""),
]


def test_a_median_and_quartiles_are_drawn_over_the_seeds():
    fig = race_curves({"MLP": SEEDS}, x_title="inputs seen", quantity="share")
    median = trace(fig, "MLP")
    assert median.x.tolist() == [0, 10, 20]
    assert median.y == pytest.approx([10, 30, 50])  # 20, 30 and, halfway from 20 to 90, 55
    assert trace(fig, "MLP, lower quartile").y == pytest.approx([5, 25, 45])
    assert trace(fig, "MLP, upper quartile").y == pytest.approx([15, 42.5, 70])
    assert trace(fig, "MLP, upper quartile").fill == "tonexty"
    assert [one.name for one in fig.data if one.showlegend] == ["MLP"]
    assert trace(fig, "MLP, run 3").y.tolist() == [20, 90]
    assert caption(fig) == "Thick: the median over 3 seeds; pale: between its quartiles."
    assert (fig.layout.xaxis.title.text, fig.layout.yaxis.title.text) == (
        "inputs seen",
        "share (%)",
    )


def test_the_band_follows_its_other_edge():
    fig = race_curves({"MLP": SEEDS, "RNN": SEEDS}, x_title="s")
    names = [one.name for one in fig.data]
    for n, one in enumerate(fig.data):
        if one.fill == "tonexty":
            assert names[n - 1] == one.name.replace("upper", "lower")
            assert fig.data[n - 1].legendgroup == one.legendgroup


def test_a_median_is_only_where_all_its_seeds_have_values():
    fig = race_curves(
        {"MLP": [([2, 10, 20], [0] * 3, ""), ([0, 10, 19], [1] * 3, "")]}, x_title="s"
    )
    assert trace(fig, "MLP").x.tolist() == [2, 10, 19]


def test_a_seed_that_is_on_its_way_is_drawn_counted_and_in_no_median():
    fig = race_curves({"MLP": [*SEEDS[:2], ([0, 10], [0.9, 0.9], ""), ([], [], "")]}, x_title="s")
    assert trace(fig, "MLP").y == pytest.approx([5, 25, 45])
    assert trace(fig, "MLP, run 3").x.tolist() == [0, 10]
    assert "over 2 seeds" in caption(fig) and "1 run is not that far" in caption(fig)


def test_numbers_of_seeds_that_differ_are_told():
    fig = race_curves({"MLP": SEEDS, "RNN": SEEDS[:2]}, x_title="s")
    assert "the median over 2 to 3 seeds" in caption(fig)


def test_one_seed_is_a_line_without_a_band_and_its_gaps_are_left_out():
    fig = race_curves({"MLP": [([0, 1, 2], [0.1, None, 0.3], "a")]}, x_title="s")
    assert trace(fig, "MLP").x.tolist() == [0, 2]
    assert not [one for one in fig.data if "quartile" in one.name] and not caption(fig)


def test_a_thin_line_knows_its_run_and_so_does_the_median_of_a_single_one():
    fig = race_curves({"MLP": SEEDS, "RNN": SEEDS[1:2]}, x_title="s")
    known = {one.name: one.meta for one in fig.data if one.meta}
    assert known == {"MLP, run 1": "a", "MLP, run 2": "b", "RNN": "b", "RNN, run 1": "b"}


def test_on_a_logarithmic_axis_there_is_no_zero():
    fig = race_curves({"MLP": SEEDS}, x_title="s", log=True)
    assert fig.layout.xaxis.type == "log"
    assert all(min(one.x) > 0 for one in fig.data)


def test_contestants_are_told_apart_and_described_by_their_medians_first():
    names = [f"network {n}" for n in range(9)]
    fig = race_curves({name: SEEDS for name in names}, x_title="s")
    medians = fig.data[:9]
    assert [one.name for one in medians] == names
    assert len({(one.line.color, one.line.dash) for one in medians}) == 9
    assert "network 0: from 10 at 0 to 50 at 20" in sentence(fig)


# Sizes

BANDS = {"MLP": [(0.5, 0.4, 0.6), (0.8, 0.7, 0.9)], "<RNN>": [None, (0.3, 0.2, 0.35)]}


def test_a_median_with_its_band_stands_at_every_value():
    fig = race_sizes([1000, 100], BANDS, x_title="training inputs")
    assert fig.layout.xaxis.type == "log"
    mlp = trace(fig, "MLP")
    assert (mlp.x.tolist(), mlp.y.tolist()) == ([100, 1000], [80, 50])
    assert trace(fig, "MLP, lower quartile").y.tolist() == [70, 40]
    assert trace(fig, "&lt;RNN&gt;").x.tolist() == [100]
    assert sorted(fig.layout.xaxis.ticktext) == ["1,000", "100"]
    low, high = fig.layout.xaxis.range
    assert 1.9 < low < 2 and 3 < high < 3.1


def test_a_single_run_is_a_point_that_knows_its_run():
    points = {"MLP": [(100, 0.7, "run-a"), (1000, None, "run-b"), (1000, 0.6, "run-c")]}
    fig = race_sizes([100, 1000], BANDS, x_title="inputs", points=points)
    dots = trace(fig, "MLP, single runs")
    assert dots.y.tolist() == [70, 60]
    assert [list(one) for one in dots.customdata] == [["run-a"], ["run-c"]]
    assert all(one.customdata is None for one in fig.data if one.name != dots.name)
    assert "single runs" in caption(fig)


def test_labels_that_would_touch_are_left_out():
    values = [100, 110, 120, 1000, 50_000, 60_000]
    fig = race_sizes(values, {"MLP": [(0.5, 0.5, 0.5)] * 6}, x_title="inputs")
    assert list(fig.layout.xaxis.ticktext) == ["60,000", "1,000", "120"]


def test_a_linear_axis_takes_zero_and_a_single_value_has_room():
    fig = race_sizes([0], {"MLP": [(0.5, 0.4, 0.6)]}, x_title="dropout", log=False)
    assert trace(fig, "MLP").x.tolist() == [0]
    assert fig.layout.xaxis.range[0] < 0 < fig.layout.xaxis.range[1]
    none = race_sizes([0], {"MLP": [(0.5, 0.4, 0.6)]}, x_title="dropout")
    assert not len(trace(none, "MLP").x)


# What a score costs


def test_every_run_stands_at_its_cost_and_the_frontier_is_a_stair():
    fig = race_frontier(
        {"MLP": [(10, 0.5, "a"), (1000, 0.8, "b")], "RNN": [(100, 0.9, "c"), (0, 0.1, "d")]},
        x_title="learned numbers",
        best=[(100, 0.9), (10, 0.5)],
    )
    mlp, rnn = trace(fig, "MLP"), trace(fig, "RNN")
    assert (mlp.x.tolist(), mlp.y.tolist()) == ([10, 1000], [50, 80])
    assert [list(one) for one in rnn.customdata] == [["c"]]  # no cost of 0 on such an axis
    assert mlp.marker.symbol != rnn.marker.symbol and mlp.marker.color != rnn.marker.color
    (stair,) = [one for one in fig.data if one.line.shape == "hv"]
    assert (stair.x.tolist(), stair.y.tolist()) == ([10, 100, 1000], [50, 90, 90])
    assert stair.name.replace("<br>", " ") == "nothing else is better and cheaper"
    assert fig.layout.xaxis.type == "log"


def test_without_a_frontier_there_is_no_stair():
    fig = race_frontier({"MLP": [(10, 0.5, "a")]}, x_title="seconds", log=False)
    assert [one.mode for one in fig.data] == ["markers"] and fig.layout.xaxis.type == "linear"


# Lanes


def test_a_lane_is_solid_as_far_as_runs_ended_and_pale_as_far_as_they_are_under_way():
    fig = race_lanes(["MLP", "RNN"], [6, 12], [12, 12], going=[1.5, 3], failed=[1, 0])
    ended, way = fig.data
    assert (ended.x.tolist(), way.x.tolist()) == ([50, 100], [12.5, 0])
    assert list(ended.y) == ["MLP<br>6 of 12 runs, 1 failed", "RNN<br>12 of 12 runs"]
    assert ended.marker.color == style.LINES[:2] and way.marker.color != ended.marker.color
    assert tuple(fig.layout.xaxis.range) == (0, 100)
    assert caption(fig) == "Solid: ended. Pale: under way."
    assert "50 at MLP 6 of 12 runs, 1 failed" in sentence(fig)


def test_a_lane_without_numbers_is_empty():
    fig = race_lanes(["MLP", "RNN"], [math.nan], [12, 0])
    assert np.isnan(fig.data[0].x.astype(float)).all()
    assert list(fig.data[0].y) == ["MLP", "RNN"]


# Axes


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([], []),
        ([100, 1500], [100, 200, 500, 1000]),
        ([90, 300_000], [100, 1000, 10_000, 100_000]),
        ([100_000, 110_000], [100_000, 110_000]),
        ([7], [7]),
    ],
)
def test_a_logarithmic_axis_has_round_numbers(values, ticks):
    assert round_numbers(np.array(values, float)) == pytest.approx(ticks)


def test_labels_of_costs_do_not_touch_and_large_numbers_are_short():
    costs = [(25_450, 0.9, "a"), (61_706, 0.9, "b"), (11_200_000, 0.9, "c")]
    axis = race_frontier({"MLP": costs}, x_title="learned numbers").layout.xaxis
    assert list(axis.ticktext) == ["10 M", "1 M", "100,000"]
    gaps = -np.diff(np.log10(axis.tickvals)) / np.ptp(np.log10([25_450, 11_200_000]))
    assert gaps.min() >= 0.16
    words = [number_word(n) for n in (0.001, 60_000, 1_234_567, 2e9)]
    assert words == ["0.001", "60,000", "1.23 M", "2e+09"]


# All of them

LONG = "<b>" + "a very long name of a network " * 2


def test_a_long_name_is_folded_and_shown_as_it_is():
    figs = [
        race_curves({LONG: SEEDS}, x_title="s"),
        race_sizes([1], {LONG: [(0.5, 0.5, 0.5)]}, x_title="s"),
        race_frontier({LONG: [(1, 0.5, "a")]}, x_title="s"),
    ]
    names = [fig.data[0].name for fig in figs] + list(race_lanes([LONG], [1], [1]).data[0].y)
    for name in names:
        assert name.startswith("&lt;b&gt;a very long name")
        assert max(map(len, name.replace("&lt;", "<").replace("&gt;", ">").split("<br>"))) <= 28


def test_the_numbers_of_a_race_can_be_read_as_a_table():
    columns = tables(race_sizes([100, 1000], BANDS, x_title="inputs"))["points"]
    assert columns["series"][:3] == ["MLP", "MLP", "<RNN>"]
    assert columns["accuracy (%)"][:3] == [50, 80, 30]

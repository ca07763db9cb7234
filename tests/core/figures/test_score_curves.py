"""Scores of networks over steps."""

import numpy as np
import pytest

from core.figures import score_curves, style

STEPS = [100, 200, 300]


def test_every_seed_is_a_line_and_every_network_one_entry_of_the_legend():
    fig = score_curves(
        STEPS,
        {"GRU": {0: [0.1, 0.2, 0.3], 4: [0.2, 0.25, 0.5]}, "<RNN>": {0: [0, None, 1]}},
        quantity="share explained",
    )
    assert [trace.name for trace in fig.data] == ["GRU", "GRU", "&lt;RNN&gt;"]
    assert [trace.showlegend for trace in fig.data] == [True, False, True]
    assert [trace.line.color for trace in fig.data] == [style.LINES[0]] * 2 + [style.LINES[1]]
    assert [trace.x.tolist() for trace in fig.data] == [STEPS] * 3
    assert fig.data[1].y.tolist() == [20, 25, 50]
    assert fig.data[2].y[[0, 2]].tolist() == [0, 100] and np.isnan(fig.data[2].y[1])
    assert "seed 4" in fig.data[1].hovertemplate
    assert fig.layout.yaxis.title.text == "share explained (%)"
    assert not fig.layout.annotations


def test_a_mark_is_where_a_network_was_good_enough_before_the_last_step():
    scores = {"GRU": {0: [0.5, 1.0], 1: [0.5, 0.7, 1.0], 2: [0.99]}, "RNN": {0: [0.1, 0.1, 0.1]}}
    fig = score_curves(STEPS, scores)
    (marks,) = [trace for trace in fig.data if trace.mode == "markers"]
    assert (marks.name, marks.showlegend, marks.marker.color) == ("GRU", False, style.LINES[0])
    assert (marks.x.tolist(), marks.y.tolist()) == ([200, 100], [100, 99])
    assert "trained no further" in fig.layout.annotations[0].text.replace("<br>", " ")


def test_marks_of_networks_in_the_same_place_are_told_apart():
    names = [f"network {i}" for i in range(len(style.LINES))]
    fig = score_curves(STEPS, {name: {0: [1.0]} for name in names})
    symbols = {trace.marker.symbol for trace in fig.data if trace.mode == "markers"}
    assert len(symbols) == len(names)


@pytest.mark.parametrize(("lowest", "low"), [(0.3, 0), (-0.5, -50)])
def test_the_axis_goes_from_nought_to_a_hundred_and_below_where_a_score_does(lowest, low):
    bottom, top = score_curves(STEPS, {"RNN": {0: [lowest]}}).layout.yaxis.range
    assert low - 7 < bottom < low and 100 < top < 107


def test_more_networks_than_colours_are_told_apart_by_dashes():
    scores = {f"network {i}": {0: [0.5] * 3} for i in range(2 * len(style.LINES))}
    looks = {(t.line.color, t.line.dash) for t in score_curves(STEPS, scores).data}
    assert len(looks) == len(scores)

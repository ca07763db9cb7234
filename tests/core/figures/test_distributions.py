"""Distributions over time: the heat map and the ridges."""

import numpy as np
import pytest

from core.figures import distribution_over_time, ridges, style

EDGES = np.array([-1.0, 0.0, 1.0])
COUNTS = np.array([[1, 3], [0, 0], [2, 2]])


def test_a_cell_is_the_share_of_a_steps_values():
    heat = distribution_over_time([0, 10, 100], EDGES, COUNTS).data[0]
    assert heat.z.T.tolist() == [[25, 75], [0, 0], [50, 50]]
    assert list(heat.y) == [-1, 0, 1]


def test_recorded_moments_are_equally_far_apart_and_named_by_their_steps():
    fig = distribution_over_time([0, 10, 1000], EDGES, COUNTS)
    assert list(fig.data[0].x) == ["0", "10", "1,000"]
    assert fig.layout.xaxis.type == "category"


def test_the_role_gives_the_colour():
    red, green, blue = (int(style.GRADIENT[i : i + 2], 16) for i in (1, 3, 5))
    heat = distribution_over_time([0, 1, 2], EDGES, COUNTS, role="gradient").data[0]
    assert heat.colorscale[-1][1] == f"rgba({red},{green},{blue},1)"


def test_there_is_a_ridge_a_moment_and_the_last_is_the_darkest_and_in_front():
    fig = ridges([0, 10, 100], EDGES, COUNTS)
    assert [trace.name for trace in fig.data] == ["step 0", "step 10", "step 100"]
    strengths = [float(trace.fillcolor.split(",")[-1][:-1]) for trace in fig.data]
    assert strengths == sorted(strengths)
    assert [trace.y[0] for trace in fig.data] == [2, 1, 0]


def test_every_ridges_step_stands_beside_its_foot():
    fig = ridges([0, 10, 1000], EDGES, COUNTS)
    assert list(fig.layout.yaxis.tickvals) == [2, 1, 0]
    assert fig.layout.yaxis.ticktext == ("0", "10", "1,000")


def test_a_ridge_is_as_high_as_its_share():
    trace = ridges([0], EDGES, COUNTS[:1]).data[0]
    assert trace.x.tolist() == [-1, -0.5, 0.5, 1]
    assert trace.customdata.tolist() == [0, 25, 75, 0]
    assert trace.y[2] / trace.y[1] == pytest.approx(3)


def test_never_more_than_24_ridges():
    fig = ridges(range(200), EDGES, np.ones((200, 2)))
    assert len(fig.data) == 24
    assert "24 of 200 moments shown." in fig.layout.annotations[0].text

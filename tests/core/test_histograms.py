"""Aligned histograms against numpy's own."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.histograms import AlignedHistogram, aligned_counts

NUMBERS = st.one_of(
    st.floats(-1e100, 1e100),
    st.floats(-1, 1),
    st.floats(width=32),
    st.integers(-8, 8).map(float),
    st.sampled_from([0.0, -0.0, 1.0, 2.0, -2.0, 64.0, 5e-324, -5e-324, 1e-300, -1e-300, 1e250]),
)
RUNS = st.lists(st.lists(NUMBERS, max_size=30), max_size=8)
BINS = st.sampled_from([4, 6, 10, 64])


@given(RUNS, BINS)
@example([[-5e-324], [1e250]], 64)
@example([[0.0], [0.0, 1.0], [-1.0, 1e9]], 4)
def test_every_step_equals_numpys_histogram_on_the_final_edges(run, bins):
    edges, counts = aligned_counts([np.array(values) for values in run], bins)
    assert len(counts) == len(run)
    for values, row in zip(run, counts, strict=True):
        finite = np.array([v for v in values if np.isfinite(v)])
        if counts.shape[1]:
            assert row.tolist() == np.histogram(finite, edges)[0].tolist()
        assert row.sum() == len(finite)


@given(RUNS, BINS)
def test_there_are_never_more_bins_than_asked_for_and_zero_is_an_edge(run, bins):
    edges, counts = aligned_counts([np.array(values) for values in run], bins)
    assert counts.shape[1] <= bins
    if len(edges):
        assert (np.diff(edges) > 0).all()
        width = edges[1] - edges[0]
        assert (edges / width == np.round(edges / width)).all()


@given(st.lists(st.lists(st.floats(), max_size=20), max_size=5))
def test_what_is_not_finite_is_left_out_and_nothing_else(run):
    _, counts = aligned_counts([np.array(values, dtype=float) for values in run])
    assert counts.sum(axis=1).tolist() == [int(np.isfinite(values).sum()) for values in run]


def test_at_least_half_of_the_bins_are_used_for_the_first_array():
    values = np.random.default_rng(0).normal(3.0, 0.1, 10_000)
    _, counts = aligned_counts([values], 64)
    assert 32 <= counts.shape[1] <= 64


def test_leaving_the_range_merges_earlier_bins_and_keeps_their_counts():
    histogram = AlignedHistogram(bins=4)
    narrow = histogram.add(np.array([0.0, 1.0, 2.0, 3.0]))
    histogram.add(np.array([7.5]))
    edges, counts = histogram.rows()
    assert narrow.counts.tolist() == [1, 1, 1, 1]
    assert edges.tolist() == [0, 2, 4, 6, 8]
    assert counts.tolist() == [[2, 2, 0, 0], [0, 0, 0, 1]]


def test_values_of_any_shape_and_type_are_counted():
    _, counts = aligned_counts([np.ones((2, 3, 4), np.float16), np.arange(6).reshape(2, 3)])
    assert counts.sum(axis=1).tolist() == [24, 6]


def test_nothing_counted_gives_no_edges():
    edges, counts = aligned_counts([np.array([]), np.array([np.nan])])
    assert edges.shape == (0,)
    assert counts.shape == (2, 0)


def test_an_odd_number_of_bins_is_refused():
    with pytest.raises(ValueError, match="even number of 4 or more, not 7"):
        AlignedHistogram(bins=7)

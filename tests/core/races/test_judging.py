"""What the outcomes of a race tell, apart from who is ahead: numbers worked out by hand."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.races.judging import bands, frontier, reached, table
from core.races.outcomes import FAILED, RUNNING, WAITING, Curve, Outcome
from core.races.plan import Cell
from tests.core.races.races import a_plan, scored

PLAN = a_plan()


def curve(scores, each=10, second=0.5):
    count = np.arange(1, len(scores) + 1)
    return Curve(examples=each * count, seconds=second * count, scores=np.array(scores, float))


# The table


def test_every_run_is_a_row_and_numbers_are_numbers():
    first = Outcome(Cell(0, 1, 3), RUNNING, run="abc", seconds=1.5, step=7, steps=9, examples=224)
    lost = Outcome(Cell(1, 0, 0), FAILED, note="it diverged")
    rows = table(PLAN, [first, lost])
    assert rows.iloc[0].to_dict() | {"Score": None} == {
        **{"Contestant": "MLP", "Value": "all 1,437", "Inputs": 1437, "Seed": 3},
        **{"State": "running", "Score": None, "Seconds": 1.5, "Steps": 7, "Examples": 224},
        **{"Weights": 13130, "Run": "abc", "Note": ""},
    }
    assert math.isnan(rows["Score"][0])
    assert rows["Inputs"].tolist() == [1437, 100] and rows["Note"][1] == "it diverged"
    assert rows.sort_values("Value")["Value"].tolist() == ["100", "all 1,437"]
    whole = ["Inputs", "Seed", "Steps", "Examples", "Weights"]
    assert all(pd.api.types.is_integer_dtype(rows[name]) for name in whole)
    assert all(pd.api.types.is_float_dtype(rows[name]) for name in ("Score", "Seconds"))


def test_a_table_has_the_scores_of_the_runs_that_have_one():
    rows = table(PLAN, [*scored(0, [0.25, 0.75]), Outcome(Cell(0, 0, 2), RUNNING)])
    assert rows["Score"].tolist()[:2] == [0.25, 0.75] and math.isnan(rows["Score"][2])
    assert rows["Score"].dtype == np.float64


def test_no_runs_are_a_table_with_the_same_columns():
    empty, one = table(PLAN, []), table(PLAN, scored(0, [0.5]))
    assert len(empty) == 0 and empty.dtypes.to_dict() == one.dtypes.to_dict()


# Medians and quartiles


def test_a_band_is_the_quartiles_of_the_seeds_that_finished():
    outcomes = scored(0, [0.1, 0.5, 0.2, 0.4, 0.3])
    band = bands(PLAN, outcomes)[0, 0]
    assert (band.low, band.median, band.high) == pytest.approx((0.2, 0.3, 0.4))
    assert (band.seeds, band.failed) == ((0, 1, 2, 3, 4), 0)


def test_failed_runs_are_counted_and_no_score_is_made_of_them():
    outcomes = [
        *scored(0, [0.4, None, math.nan]),
        Outcome(Cell(0, 0, 3), FAILED, score=0.1),
        Outcome(Cell(0, 0, 4), RUNNING, score=0.9),
    ]
    band = bands(PLAN, outcomes)[0, 0]
    assert (band.low, band.median, band.high) == (0.4, 0.4, 0.4)
    assert (band.seeds, band.failed) == ((0,), 3)


def test_every_contestant_and_value_has_a_band_and_one_without_runs_has_no_numbers():
    found = bands(PLAN, [Outcome(cell, WAITING) for cell in PLAN.cells])
    assert set(found) == {(0, 0), (0, 1), (1, 0), (1, 1)} == set(bands(PLAN, []))
    assert {(b.median, b.low, b.high, b.seeds) for b in found.values()} == {(None, None, None, ())}


# When a score was reached


def test_the_first_measurement_that_has_the_score_counts_and_gaps_do_not():
    runs = scored(0, [0.9])
    runs = [replace(runs[0], curve=curve([0.1, math.nan, 0.8, 0.7, 0.9]))]
    found = reached(PLAN, runs, 0.8)[0, 0]
    assert (found.count, found.ended, found.seconds, found.examples) == (1, 1, 1.5, 30)


def test_one_that_never_had_it_is_later_than_all_that_had():
    curves = [curve([0.9]), curve([0.1, 0.9]), curve([0.1, 0.1, 0.9]), curve([0.2]), Curve()]
    runs = [replace(o, curve=c) for o, c in zip(scored(0, [0.9] * 5), curves, strict=True)]
    found = reached(PLAN, runs, 0.9)[0, 0]
    assert (found.count, found.ended) == (3, 5)
    assert (found.seconds, found.examples) == (
        1.5,
        30,
    )  # the third of five, not the second of three


def test_no_median_is_told_where_no_more_than_half_had_it():
    curves = [curve([0.9]), curve([0.1])]
    runs = [replace(o, curve=c) for o, c in zip(scored(0, [0.9] * 2), curves, strict=True)]
    found = reached(PLAN, runs, 0.9)
    assert (found[0, 0].count, found[0, 0].ended, found[0, 0].seconds) == (1, 2, None)
    assert (found[1, 1].count, found[1, 1].ended, found[1, 1].examples) == (0, 0, None)


def test_a_run_that_goes_on_is_waited_for_and_a_failed_one_has_ended():
    runs = [
        Outcome(Cell(0, 0, 0), RUNNING, curve=curve([0.9])),
        Outcome(Cell(0, 0, 1), FAILED, curve=curve([0.1, 0.2])),
    ]
    assert (reached(PLAN, runs, 0.5)[0, 0].count, reached(PLAN, runs, 0.5)[0, 0].ended) == (0, 1)


# What nothing else beats

SMALL = st.tuples(st.integers(0, 4).map(float), st.integers(0, 4).map(float))


@given(st.lists(SMALL, max_size=12))
def test_the_frontier_is_what_its_definition_says(points):
    def beaten(a):
        return any(b[0] <= a[0] and b[1] >= a[1] and b != a for b in points)

    found = frontier(points)
    assert sorted(found) == [n for n, point in enumerate(points) if not beaten(point)]
    costs = [points[n][0] for n in found]
    assert costs == sorted(costs)


def test_numbers_that_are_not_finite_are_on_no_frontier():
    points = [(1.0, math.nan), (math.inf, 1.0), (2.0, 0.5), (1.0, 0.4), (3.0, 0.4), (0.0, math.inf)]
    assert frontier(points) == [3, 2]
    assert frontier([]) == []

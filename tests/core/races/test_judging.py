"""The judgement of a race: numbers worked out by hand, and scipy's where it has them."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.races import judging
from core.races.judging import bands, difference, frontier, interval, reached, table
from core.races.outcomes import FAILED, RUNNING, WAITING, Curve, Outcome
from core.races.plan import Cell
from tests.core.races.races import a_plan, contestant, scored

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


# Differences


def test_an_interval_is_scipys_percentiles_as_far_apart_as_students_t_asks_for():
    gaps = np.array([0.03, 0.05, 0.01, 0.04, 0.02, 0.07])
    wide = math.sqrt(6 / 5) * stats.t.ppf(0.975, 5)
    told = stats.bootstrap(
        (gaps,),
        np.mean,
        method="percentile",
        confidence_level=1 - 2 * stats.norm.cdf(-wide),
        n_resamples=judging.RESAMPLES,
        rng=np.random.default_rng(0),
    ).confidence_interval
    assert interval(gaps) == (told.low, told.high) == interval(gaps)
    usual = stats.bootstrap((gaps,), np.mean, method="percentile", rng=np.random.default_rng(0))
    assert told.low < usual.confidence_interval.low < usual.confidence_interval.high < told.high
    assert gaps.min() <= told.low and told.high <= gaps.max()


def test_an_interval_holds_the_mean_as_often_as_it_says_or_nearly():
    random = np.random.default_rng(1)
    held = 0
    for _ in range(200):
        low, high = interval(random.normal(0.01, 0.02, 10))
        held += low <= 0.01 <= high
    assert 0.90 <= held / 200 <= 0.99


def test_with_many_numbers_it_is_students_interval():
    gaps = np.random.default_rng(2).normal(0.02, 0.01, 20)
    expected = stats.t.interval(0.95, 19, loc=gaps.mean(), scale=stats.sem(gaps))
    assert interval(gaps) == pytest.approx(expected, abs=0.0012)


def test_a_clear_difference_is_told_with_its_interval_whoever_is_ahead():
    outcomes = [*scored(0, [0.95, 0.94, 0.96, 0.95, 0.95]), *scored(1, [0.9, 0.9, 0.9, 0.9, 0.9])]
    found = difference(PLAN, outcomes, 0, 1, 0)
    assert (found.pairs, found.verdict) == (5, "clear")
    assert found.mean == pytest.approx(0.05)
    assert found.low is not None and 0.04 <= found.low < 0.05 < found.high <= 0.06
    ends = f"{100 * found.low:.1f} to {100 * found.high:.1f}"
    words = f"With 100 inputs MLP is ahead of Two by 5.0 points (95 % interval {ends}, 5 seeds)."
    assert found.sentence == words
    back = difference(PLAN, outcomes, 1, 0, 0)
    assert back.mean == pytest.approx(-0.05) and back.verdict == "clear"
    assert back.sentence.startswith("With 100 inputs MLP is ahead of Two by 5.0 points")


def test_runs_are_paired_by_their_seed():
    noise = [0.0, 0.1, 0.2, 0.3, 0.4]  # a hard seed is hard for both
    outcomes = [*scored(0, [0.41 + x for x in noise]), *scored(1, [0.4 + x for x in noise])]
    found = difference(PLAN, list(reversed(outcomes)), 0, 1, 0)
    assert found.verdict == "clear"
    assert (found.low, found.high) == pytest.approx((0.01, 0.01))


def test_a_difference_that_may_be_chance_is_none():
    outcomes = [*scored(0, [0.9, 0.8, 0.9, 0.8, 0.91]), *scored(1, [0.8, 0.9, 0.8, 0.9, 0.8])]
    found = difference(PLAN, outcomes, 0, 1, 0)
    assert found.verdict == "no clear difference"
    assert found.low < 0 < found.high
    assert "no clear difference between MLP and Two: MLP is 2.2 points ahead" in found.sentence


def test_equal_scores_are_no_difference():
    outcomes = [*scored(0, [0.9] * 5), *scored(1, [0.9] * 5)]
    found = difference(PLAN, outcomes, 0, 1, 0)
    assert (found.mean, found.low, found.high) == (0, 0, 0)
    assert found.verdict == "no clear difference" and "none is ahead" in found.sentence
    assert "95 % interval 0.00 to 0.00, 5 seeds" in found.sentence


@pytest.mark.parametrize("count", [0, 1, 4])
def test_fewer_than_five_pairs_are_too_few(count):
    outcomes = [*scored(0, [0.9] * count), *scored(1, [0.1] * 5)]
    found = difference(PLAN, outcomes, 0, 1, 0)
    assert (found.pairs, found.verdict, found.low, found.high) == (
        count,
        "too few seeds",
        *[None] * 2,
    )
    assert found.mean == (pytest.approx(0.8) if count else None)
    assert f"both finished with {count}, and 5 or more are needed." in found.sentence


def test_what_failed_is_told_and_in_no_pair():
    lost = [Outcome(Cell(0, 0, seed), FAILED, note="it diverged") for seed in (5, 6)]
    outcomes = [*scored(0, [0.9] * 5), *scored(1, [0.8] * 7), *lost]
    found = difference(a_plan(seeds=range(7)), outcomes, 0, 1, 0)
    assert (found.pairs, found.failed, found.verdict) == (5, (2, 0), "clear")
    assert found.sentence.endswith(" Failed, and not counted here: 2 of MLP.")


def test_values_are_told_apart():
    outcomes = [*scored(0, [0.9] * 5, value=1), *scored(1, [0.8] * 5, value=0)]
    assert difference(PLAN, outcomes, 0, 1, 0).pairs == 0
    assert "With all 1,437 inputs" in difference(PLAN, outcomes, 0, 1, 1).sentence


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


def test_names_are_told_as_they_are():
    plan = a_plan([contestant("<b>A"), contestant("B & C")])
    assert "<b>A or B & C" in difference(plan, [], 0, 1, 0).sentence

"""Who is ahead in a race, as its seeds allow: by hand, and by scipy where it has the numbers."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from core.races.differences import (
    CLEAR,
    comparisons,
    confidence,
    difference,
    differences,
    sentences,
)
from core.races.outcomes import FAILED, FINISHED, RUNNING, Outcome
from core.races.plan import Cell
from tests.core.races.races import a_plan, contestant, scored

PLAN = a_plan()


def students(scores: list[float], others: list[float], count: int) -> tuple[float, float]:
    """Student's interval of paired differences, its error shared by so many of them."""
    gaps = np.subtract(scores, others)
    found = stats.ttest_1samp(gaps, 0).confidence_interval(1 - 0.05 / count)
    return found.low, found.high


def test_a_clear_difference_is_told_with_its_interval_whoever_is_ahead():
    outcomes = [*scored(0, [0.95, 0.94, 0.96, 0.95, 0.95]), *scored(1, [0.9, 0.9, 0.9, 0.9, 0.9])]
    found = difference(PLAN, outcomes, 0, 1, 0)
    assert (found.pairs, found.verdict) == (5, "clear")
    assert found.mean == pytest.approx(0.05)
    assert (found.low, found.high) == pytest.approx(
        students([0.95, 0.94, 0.96, 0.95, 0.95], [0.9] * 5, comparisons(PLAN))
    )
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


def noisy(plan, seed=0, spread=0.01):
    """Outcomes of contestants that are equal, but for their seeds."""
    random = np.random.default_rng(seed)
    return [Outcome(cell, FINISHED, score=float(random.normal(0.9, spread))) for cell in plan.cells]


def test_one_pair_alone_has_students_interval():
    plan = a_plan(values=[100])
    outcomes = noisy(plan)
    found = difference(plan, outcomes, 0, 1, 0)
    scores = [[o.score for o in outcomes if o.cell.contestant == n] for n in (0, 1)]
    assert (found.low, found.high) == pytest.approx(students(*scores, 1))
    assert "in about one race in twenty" in confidence(plan)


def test_intervals_are_the_wider_the_more_the_race_compares():
    kinds = ("mlp", "two_linear", "lenet")
    wide = []
    for values in ([100], [100, 200], [100, 200, 300, 0]):
        plan = a_plan([contestant(kind, kind) for kind in kinds], values=values)
        outcomes = [o for o in noisy(a_plan(plan.contestants, values=[100]))]
        found = difference(plan, outcomes, 0, 1, 0)
        wide.append(found.high - found.low)
        assert comparisons(plan) == 3 * len(values)
        assert f"all {comparisons(plan)} differences" in confidence(plan)
    assert wide[0] < wide[1] < wide[2]


def test_every_pair_is_judged_and_the_other_way_round_it_is_the_same():
    kinds = ("mlp", "two_linear", "lenet")
    plan = a_plan([contestant(kind, kind) for kind in kinds])
    outcomes = noisy(plan)
    found = differences(plan, outcomes, 1)
    assert list(found) == [*combinations(range(3), 2)]
    for (one, other), known in found.items():
        assert difference(plan, outcomes, one, other, 1) == known
        back = difference(plan, outcomes, other, one, 1)
        assert (back.mean, back.low, back.high) == (-known.mean, -known.high, -known.low)
        assert back == replace(back, one=other, other=one, failed=known.failed[::-1])
        assert (back.verdict, back.sentence) == (known.verdict, known.sentence)


def test_a_verdict_is_what_its_interval_says():
    known = difference(PLAN, noisy(PLAN), 0, 1, 0)
    verdicts = {(0.1, 0.2): CLEAR, (-0.2, -0.1): CLEAR, (-0.1, 0.1): "no clear difference"}
    verdicts |= {(0.0, 0.1): "no clear difference", (None, None): "too few seeds"}
    for (low, high), verdict in verdicts.items():
        assert replace(known, low=low, high=high).verdict == verdict


def test_no_two_shares_differ_by_more_than_all_of_it():
    outcomes = [*scored(0, [0.1, 0.9, 0.1, 0.9, 0.1]), *scored(1, [0.9, 0.1, 0.9, 0.1, 0.9])]
    found = difference(PLAN, outcomes, 0, 1, 0)
    assert (found.low, found.high) == (-1, 1)
    table = a_plan([contestant(kind, kind, "carseats") for kind in ("mlp", "two_linear")])
    found = difference(table, outcomes, 0, 1, 0)
    assert found.low < -1 and found.high > 1


def test_a_worker_gives_the_same_sentences():
    outcomes = [*noisy(PLAN), Outcome(Cell(0, 0, 9), RUNNING)]
    light = [
        (o.cell.contestant, o.cell.seed, o.state, o.score) for o in outcomes if not o.cell.value
    ]
    told = [one.sentence for one in differences(PLAN, outcomes, 0).values()]
    assert sentences(PLAN.model_dump_json(), 0, tuple(light)) == told


def test_names_are_told_as_they_are():
    plan = a_plan([contestant("<b>A"), contestant("B & C")])
    assert "<b>A or B & C" in difference(plan, [], 0, 1, 0).sentence

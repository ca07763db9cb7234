"""Simultaneous intervals: how often they are wrong in simulated races, and what they still find."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from core.races.simultaneous import intervals

RACES = 200
ALLOWED = int(stats.binom.ppf(0.999, RACES, 0.05))
"""More wrong ones of so many come of a true rate of 5 % once in a thousand times."""


def race(scores: np.ndarray, values: int = 1) -> dict[tuple[int, int], tuple[float, float]]:
    """The intervals of contestants whose scores are rows, a seed a column."""
    pairs = [*combinations(range(len(scores)), 2)]
    return intervals({(a, b): scores[a] - scores[b] for a, b in pairs}, len(pairs) * values)


def wrong(found: dict[tuple[int, int], tuple[float, float]]) -> bool:
    """Whether somebody is held to be ahead; all are equal."""
    return any(low > 0 or high < 0 for low, high in found.values())


def uneven(random: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Equal on average, each contestant twice as noisy as the one before."""
    return 0.9 + random.normal(size=shape) * 0.001 * 2.0 ** np.arange(shape[0])[:, None]


NOISE = {
    "normal": lambda r, shape: r.normal(0.9, 0.01, shape),
    "seeds that are hard for all": lambda r, shape: (
        r.normal(0.9, 0.01, shape) + r.normal(0, 0.05, shape[1])
    ),
    "skewed": lambda r, shape: 0.95 - 0.01 * r.lognormal(size=shape),
    "clipped": lambda r, shape: np.minimum(1, r.normal(0.995, 0.01, shape)),
    "ties": lambda r, shape: np.round(r.normal(0.98, 0.0028, shape) * 360) / 360,
    "one that fails at times": lambda r, shape: (
        np.where(r.random(shape) < 0.5, 0.9, 0.1) + r.normal(0, 0.005, shape)
    ),
    "uneven": uneven,
}


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize(
    ("contestants", "seeds", "values"), [(8, 5, 1), (8, 5, 3), (2, 5, 1), (2, 5, 4), (4, 8, 2)]
)
def test_equal_contestants_are_seldom_told_to_be_ahead(noise, contestants, seeds, values):
    random, make = np.random.default_rng(7), NOISE[noise]
    shape = contestants, seeds
    count = sum(
        any(wrong(race(make(random, shape), values)) for _ in range(values)) for _ in range(RACES)
    )
    assert count <= ALLOWED, f"{count} of {RACES} races hold a false verdict"


@pytest.mark.parametrize(("contestants", "apart"), [(8, 4), (4, 4), (2, 5)])
def test_a_difference_of_a_plausible_size_is_found(contestants, apart):
    random, found = np.random.default_rng(3), 0
    for _ in range(100):
        scores = random.normal(0.9, 0.01, (contestants, 5))
        scores[0] += apart * 0.01
        found += race(scores)[0, 1][0] > 0
    assert found >= 75


def test_one_that_fails_at_times_hides_no_great_difference_between_the_others():
    random, found = np.random.default_rng(4), 0
    for _ in range(100):
        scores = random.normal(0.9, 0.003, (8, 5))
        scores[0] += 0.05
        scores[-1] = np.where(random.random(5) < 0.5, 0.9, 0.1)
        found += race(scores)[0, 1][0] > 0
    assert found >= 90


def test_of_one_pair_it_is_students_interval_and_of_many_tries_bonferronis():
    gaps = np.random.default_rng(2).normal(0.02, 0.01, 7)
    for tries in (1, 12):
        known = stats.ttest_1samp(gaps, 0).confidence_interval(1 - 0.05 / tries)
        assert intervals({(0, 1): gaps}, tries)[0, 1] == pytest.approx((known.low, known.high))


def test_an_interval_holds_the_true_difference_in_nineteen_of_twenty_races():
    random, held = np.random.default_rng(1), 0
    for _ in range(1000):
        low, high = intervals({(0, 1): random.normal(0.01, 0.02, 5)}, 1)[0, 1]
        held += low <= 0.01 <= high
    assert 0.93 <= held / 1000 <= 0.97


def test_pairs_of_alike_noise_lend_one_another_what_they_know():
    random, ratios = np.random.default_rng(5), []
    for _ in range(30):
        scores = random.normal(0.9, 0.01, (8, 5))
        alone = intervals({(0, 1): scores[0] - scores[1]}, 28)[0, 1]
        among = race(scores)[0, 1]
        ratios.append((among[1] - among[0]) / (alone[1] - alone[0]))
    assert np.median(ratios) < 0.8


def test_degrees_of_freedom_are_those_of_greenhouse_and_geisser():
    random = np.random.default_rng(6)
    scores = random.normal(0.9, 0.01, (4, 6))
    scores[1] = scores[0] + random.normal(0, 0.001, 6)  # as quiet as no other pair
    centred = scores - scores.mean(axis=0)
    eigenvalues = np.linalg.eigvalsh(np.cov(centred))
    epsilon = eigenvalues.sum() ** 2 / (3 * (eigenvalues**2).sum())
    freedom = epsilon * 3 * 5
    gaps = {(a, b): scores[a] - scores[b] for a, b in combinations(range(4), 2)}
    own = {pair: np.var(some, ddof=1) for pair, some in gaps.items()}
    usual, least = np.mean([*own.values()]), 0.4 * np.median([*own.values()])
    assert own[0, 1] < least
    for pair, (low, high) in race(scores).items():
        noise = ((freedom - 5) * usual + 5 * max(own[pair], least)) / freedom
        far = stats.t.isf(0.025 / 6, freedom) * np.sqrt(noise / 6)
        assert (low + high) / 2 == pytest.approx(gaps[pair].mean())
        assert (high - low) / 2 == pytest.approx(far)


def test_contestants_with_fewer_seeds_have_wider_intervals():
    scores = np.random.default_rng(8).normal(0.9, 0.01, (3, 10))
    gaps = {(0, 1): scores[0] - scores[1], (0, 2): (scores[0] - scores[2])[:5]}
    found = intervals(gaps, 3)
    assert found[0, 2][1] - found[0, 2][0] > 1.2 * (found[0, 1][1] - found[0, 1][0])


def test_nothing_to_compare_and_no_noise_at_all():
    assert intervals({}, 3) == {}
    assert race(np.full((3, 5), 0.5)) == {pair: (0.0, 0.0) for pair in combinations(range(3), 2)}

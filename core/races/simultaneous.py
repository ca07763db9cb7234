"""Simultaneous: intervals for every difference of a race, all of them right at once; no torch.

A race of eight compares 28 pairs with every value, and five seeds say little of one of them alone:
of intervals that are right 19 times in 20 each, one would be wrong in most races. So all share one
error of 5 % (Bonferroni), and the noise of a pair is estimated with the help of the others.
"""

from collections.abc import Mapping
from itertools import combinations

import numpy as np

SURE = 0.95
"""In so many of all races every interval holds its true mean, differences being about normal."""
LEAST_NOISE = 0.4
"""No pair is held for quieter than this share of the usual pair's variance.

Scores are counts of test inputs: a few of them can differ by just the same by chance.
"""
Pair = tuple[int, int]


def intervals(gaps: Mapping[Pair, np.ndarray], comparisons: int) -> dict[Pair, tuple[float, float]]:
    """The interval for the mean of each pair's differences, at one value of a race.

    Args:
        gaps: two or more differences a pair, one a seed.
        comparisons: all pairs that the whole race compares, with all its values.

    They are Student's, with a moderated variance (Smyth, 2004): a pair's own, averaged with that
    of all pairs. The more alike the pairs are in their noise, the more the others count, by the
    degrees of freedom that Greenhouse and Geisser (1959) find in all of them. Of one pair alone
    it is Student's interval.
    """
    from scipy import stats  # some 60 MB of the server: loaded when first asked for

    if not gaps:
        return {}
    own = {pair: float(np.var(some, ddof=1)) for pair, some in gaps.items()}
    variances, counts = np.array([*own.values()]), np.array([*map(len, gaps.values())])
    borrowed = (counts.min() - 1) * (_independent(own) - 1)
    freedom = borrowed + counts - 1
    quiet = np.maximum(variances, LEAST_NOISE * np.median(variances))
    noise = (borrowed * variances.mean() + (counts - 1) * quiet) / freedom
    reach = stats.t.isf((1 - SURE) / 2 / comparisons, freedom) * np.sqrt(noise / counts)
    means = [float(np.mean(some)) for some in gaps.values()]
    ends = zip(gaps, means - reach, means + reach, strict=True)
    return {pair: (float(low), float(high)) for pair, low, high in ends}


def _independent(variances: Mapping[Pair, float]) -> float:
    """How many contestants' worth of independent noise is in all pairs: 1 to contestants − 1.

    It is Box's measure of sphericity, times its most. The contestants' covariances come from the
    variances of their differences, twice centred; a pair that is not known is as the others are.
    """
    names = sorted({name for pair in variances for name in pair})
    spread = np.zeros((len(names), len(names)))
    usual = float(np.mean([*variances.values()]))
    for one, other in combinations(range(len(names)), 2):
        pair = names[one], names[other]
        known = variances.get(pair, variances.get(pair[::-1], usual))
        spread[one, other] = spread[other, one] = known
    centring = np.eye(len(names)) - 1 / len(names)
    covariance = -centring @ spread @ centring / 2
    total, squares = np.trace(covariance), np.sum(covariance**2)
    if not squares:
        return 1.0
    return float(np.clip(total**2 / squares, 1, len(names) - 1))

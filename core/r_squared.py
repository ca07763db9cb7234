"""R²: how much of how targets differ from their mean is predicted. numpy only.

The one formula of it: a run's score, curves, tables and the linear baseline all take it from here.
"""

import numpy as np


def r_squared(true: np.ndarray, predicted: np.ndarray) -> float:
    """1 where every prediction is exact, 0 where always saying the mean of `true` does as well.

    As scikit-learn's r2_score. Pairs that are not finite are left out. Of several outputs
    (n, outputs) it is the mean of theirs, of those whose targets are not all the same; NaN where
    there are none, as for a single target: there is nothing to be explained.
    """
    if not true.size or true.shape != predicted.shape:
        return float("nan")
    scores = []
    for one, other in zip(
        true.reshape(len(true), -1).T, predicted.reshape(len(true), -1).T, strict=True
    ):
        known = np.isfinite(one) & np.isfinite(other)
        if not known.any():
            continue
        a, b = (values[known].astype(np.float64) for values in (one, other))
        unit = (
            max(float(np.abs(a).max()), float(np.abs(b).max())) or 1.0
        )  # squares must not overflow
        a, b = a / unit, b / unit
        total = ((a - a.mean()) ** 2).sum()
        if a.min() < a.max() and total > 0:
            scores.append(1 - float(((a - b) ** 2).sum() / total))
    return float(np.mean(scores)) if scores else float("nan")

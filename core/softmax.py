"""Softmax: probabilities from a whole vector of numbers, and its derivative. Formulas are LaTeX."""

import math

import numpy as np
from numpy.typing import ArrayLike

from core.activation import Parameter, Reals

TEMPERATURE = Parameter("T", "Temperature", 1.0, 0.1, 10.0, 0.1)
SOFTMAX_FORMULA = r"\mathrm{softmax}(x)_i = \frac{e^{x_i / T}}{\sum_j e^{x_j / T}}"
SOFTMAX_DERIVATIVE_FORMULA = (
    r"\frac{\partial p_i}{\partial x_j} = \frac{1}{T}\, p_i\,(\delta_{ij} - p_j)"
)


def softmax(x: ArrayLike, temperature: float = 1.0) -> Reals:
    """Give the softmax of x / temperature along the last axis: probabilities that sum to 1.

    Raises ValueError for a temperature that is not above 0 and finite.
    """
    if not 0 < temperature < math.inf:
        raise ValueError(f"the temperature must be above 0 and finite, not {temperature}")
    scores = np.asarray(x, np.float64)
    with np.errstate(all="ignore"):
        weights = np.exp((scores - scores.max(axis=-1, keepdims=True)) / temperature)
        return weights / weights.sum(axis=-1, keepdims=True)


def chances(outputs: ArrayLike, maybe_already: bool = False) -> Reals:
    """Give what a network's outputs (n, classes) say as probabilities: their softmax.

    `maybe_already`: nobody said what they are, and they are left as they are where every row of
    numbers holds probabilities, within 16 bits. A row with NaN in it is no row of numbers.
    """
    rows = np.asarray(outputs, np.float64)
    known = rows[~np.isnan(rows).any(axis=-1)]
    if not maybe_already or not known.size or known.min() < 0:
        return softmax(rows)
    return rows if np.abs(known.sum(axis=-1) - 1).max() < 2e-3 else softmax(rows)


def two_logits(one: ArrayLike) -> Reals:
    """The one logit z that tells two classes apart, (..., 1), as two: 0 and z, (..., 2).

    Their softmax is 1 − σ(z) and σ(z).
    """
    z = np.asarray(one, np.float64)
    return np.concatenate([np.zeros_like(z), z], axis=-1)


def cross_entropy(x: ArrayLike, truth: ArrayLike) -> Reals:
    """Give −ln of the softmax of x, (…, n), at `truth`, (…), from the logits themselves.

    Exact where the probability is too small for a number: of logits 900 apart it is 900. Infinite
    or NaN only where a logit is.
    """
    scores = np.asarray(x, np.float64)
    with np.errstate(all="ignore"):
        scores = scores - scores.max(axis=-1, keepdims=True)
        true = np.take_along_axis(scores, np.asarray(truth)[..., np.newaxis], axis=-1)[..., 0]
        return np.log(np.exp(scores).sum(axis=-1)) - true


def softmax_jacobian(x: ArrayLike, temperature: float = 1.0) -> Reals:
    """Give d softmax_i / d x_j as (..., i, j) for x of shape (..., n); every row sums to 0.

    Raises ValueError for a temperature that is not above 0 and finite.
    """
    p = softmax(x, temperature)
    with np.errstate(all="ignore"):
        jacobian = -p[..., :, np.newaxis] * p[..., np.newaxis, :] / temperature
        diagonal = np.arange(p.shape[-1])
        jacobian[..., diagonal, diagonal] = 0.0
        # p (1 - p), but from the others: 1 - p would lose its digits where p is close to 1.
        jacobian[..., diagonal, diagonal] = -jacobian.sum(axis=-1)
    return jacobian

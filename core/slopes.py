"""The mathematics of the activation functions: safe formulas, derivatives and flat ends."""

import math
from collections.abc import Callable
from functools import cache

import numpy as np

from core.activation import FLAT, Kind, Reals, Zone

FAR = 745.0  # beyond it exp() is 0 in float64: nothing below changes any more


def near(x: Reals) -> Reals:
    """x with its far ends cut off, where exp() would overflow."""
    return np.clip(x, -FAR, FAR)


def sigmoid(x: Reals) -> Reals:
    """1 / (1 + e^-x), without overflow."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def sigmoid_slope(x: Reals) -> Reals:
    """The derivative of the sigmoid."""
    small = np.exp(-np.abs(x))
    return small / (1.0 + small) ** 2


def softplus(x: Reals, beta: float = 1.0) -> Reals:
    """ln(1 + e^(beta x)) / beta, without overflow."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(beta * x))) / beta


def normal(x: Reals) -> Reals:
    """The standard normal distribution function."""
    return np.vectorize(lambda v: 0.5 * math.erfc(-v / math.sqrt(2)), otypes=[float])(x)


def gelu_slope(x: Reals, _: float) -> Reals:
    """The derivative of x times the normal distribution function."""
    x = near(x)
    return normal(x) + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def silu_slope(x: Reals, _: float) -> Reals:
    """The derivative of x times its sigmoid."""
    x = near(x)
    return sigmoid(x) + x * sigmoid_slope(x)


def mish_slope(x: Reals, _: float) -> Reals:
    """The derivative of x times the tanh of its softplus."""
    x = near(x)
    gate = np.tanh(softplus(x))
    return gate + x * (1 - gate * gate) * sigmoid(x)


def gated(x: Reals, gate: Reals) -> Reals:
    """Multiply, and give 0 for minus infinity, where every gate used here closes for good."""
    return np.maximum(x, -FAR) * gate


def elu(x: Reals, alpha: float) -> Reals:
    """x above 0, else alpha (e^x - 1)."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))


def elu_slope(x: Reals, alpha: float) -> Reals:
    """The derivative of ELU."""
    return np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0.0)))


# --- where they are flat ---


def below(kind: Kind, high: float) -> tuple[Zone, ...]:
    """One zone, from minus infinity to `high`."""
    return (Zone(kind, -math.inf, high),)


def outside(kind: Kind, end: float) -> tuple[Zone, ...]:
    """Two zones, beyond -end and beyond end."""
    return (Zone(kind, -math.inf, -end), Zone(kind, end, math.inf))


def elu_flat(alpha: float) -> tuple[Zone, ...]:
    """Where ELU is flat for this alpha."""
    if alpha == 0:
        return below("dead", 0.0)
    return below("saturated", min(0.0, math.log(FLAT * max(1.0, abs(alpha)) / abs(alpha))))


def leaky_flat(slope: float) -> tuple[Zone, ...]:
    """Where a leaky ReLU is flat: nowhere, unless its slope is 0."""
    return below("dead", 0.0) if slope == 0 else ()


@cache
def left_end(slope: Callable[[Reals, float], Reals]) -> tuple[Zone, ...]:
    """Find by bisection where the derivative, coming from the left, first reaches 5 %."""
    with np.errstate(all="ignore"):
        grid = np.linspace(-40.0, 40.0, 16_001)
        sizes = np.abs(slope(grid, math.nan))
        limit = FLAT * sizes.max()
        first = int(np.argmax(sizes >= limit))
        low, high = grid[first - 1], grid[first]
        for _ in range(50):
            middle = (low + high) / 2
            inside = abs(slope(np.asarray(middle), math.nan)) < limit
            low, high = (middle, high) if inside else (low, middle)
    return below("saturated", float(low))


SIGMOID_END = 2 * math.atanh(math.sqrt(1 - FLAT))  # s (1 - s) = 5 % of 1/4
TANH_END = math.atanh(math.sqrt(1 - FLAT))  # 1 - tanh^2 = 5 %
SOFTPLUS_END = math.log(FLAT / (1 - FLAT))  # sigmoid = 5 %

"""What an activation function is: its formula, its derivative, and where it is flat.

A *zone* is an interval of inputs on which a unit hardly learns. It is
- "dead" where the derivative is exactly 0 on all of it: no gradient comes through;
- "saturated" where it is an outer end of the input axis on which the derivative fades towards 0
  and stays, in size, under 5 % of the largest derivative the function has anywhere.
So the straight slope of a leaky ReLU is no zone, small as it is: it never fades. Nor is the
bottom of GELU's dip, where the derivative passes through 0 and comes back.
At a kink the derivative is the one that PyTorch uses: ReLU's at 0 is 0.
All numbers are float64. Formulas are LaTeX, x the pre-activation. No torch is needed here.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Reals = NDArray[np.float64]
Kind = Literal["dead", "saturated"]
JUMP = 1e-3  # share of the largest derivative from which on a difference may be a jump
FLAT = 0.05  # share of the largest derivative under which an outer end counts as saturated


@dataclass(frozen=True)
class Parameter:
    """A number that shapes a function: its name in formulas, and the slider that sets it."""

    name: str
    title: str
    default: float
    low: float
    high: float
    step: float


@dataclass(frozen=True)
class Zone:
    """An interval of inputs, ends included (they may be infinite), where a unit hardly learns."""

    kind: Kind
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function that is applied to every number by itself, and how to compute it.

    `torch.nn.<torch_name>(**{torch_argument: parameter})` is the same function, without the
    argument where `parameter` is None. `curve`, `slope` and `flat` are the bare formulas; call
    `value`, `derivative` and `zones`.
    """

    name: str
    title: str
    torch_name: str
    curve: Callable[[Reals, Any], Reals]
    slope: Callable[[Reals, Any], Reals]
    flat: Callable[[float], tuple[Zone, ...]] = lambda _: ()
    parameter: Parameter | None = None
    torch_argument: str | None = None
    arguments: str = ""
    """Those of torch's class that are not its defaults, as Python writes them: "alpha=2"."""

    def value(self, x: ArrayLike, parameter: ArrayLike | None = None) -> Reals:
        """Give the function at each x, in the shape of x; the default parameter if None.

        Parameters of several units are given in a shape that goes with that of x.
        """
        with np.errstate(all="ignore"):
            return np.asarray(self.curve(np.asarray(x, np.float64), self._set(parameter)))

    def derivative(self, x: ArrayLike, parameter: ArrayLike | None = None) -> Reals:
        """Give the derivative at each x, as `value` gives the function."""
        with np.errstate(all="ignore"):
            return np.asarray(self.slope(np.asarray(x, np.float64), self._set(parameter)))

    def sampled(self, x: ArrayLike, parameter: float | None = None) -> Reals:
        """Give x, sorted, and wherever the derivative jumps in between the two floats around it.

        So a jump stays one, and nothing is read off across it. Found by bisection of what differs
        by more than JUMP of the largest derivative: only a jump still does so in the end.
        """
        at = np.unique(np.asarray(x, np.float64))
        slopes = self.derivative(at, parameter)
        least = JUMP * np.nanmax(np.abs(slopes), initial=0.0)
        low, high, left, right = _place(at[:-1]), _place(at[1:]), slopes[:-1], slopes[1:]
        found = [at]
        while len(low):
            steep = np.abs(right - left) > least
            low, high, left, right = low[steep], high[steep], left[steep], right[steep]
            apart = low + 1 < high
            found += [_float(low[~apart]), _float(high[~apart])]
            low, high, left, right = low[apart], high[apart], left[apart], right[apart]
            middle = (low >> 1) + (high >> 1) + (low & high & 1)
            slope = self.derivative(_float(middle), parameter)
            low, high = np.append(low, middle), np.append(middle, high)
            left, right = np.append(left, slope), np.append(slope, right)
        return np.unique(np.concatenate(found))

    def zones(self, parameter: float | None = None) -> tuple[Zone, ...]:
        """Give the dead and the saturated zones, from left to right; they never overlap."""
        return self.flat(float(self._set(parameter)))

    def _set(self, parameter: ArrayLike | None) -> Reals:
        if self.parameter is None:
            return np.asarray(math.nan)
        return np.asarray(self.parameter.default if parameter is None else parameter, np.float64)


@dataclass(frozen=True, kw_only=True)
class Activation(Function):
    """A function that can be chosen, and what there is to say about it."""

    formula: str
    derivative_formula: str
    range: str
    sentence: str


def _place(x: Reals) -> NDArray[np.int64]:
    """The place of each float among all floats: of the next one it is one more."""
    bits = x.view(np.int64)
    return np.where(bits < 0, np.iinfo(np.int64).min - bits, bits)


def _float(place: NDArray[np.int64]) -> Reals:
    """The float at each place."""
    bits = np.where(place < 0, np.iinfo(np.int64).min - place, place)
    return bits.view(np.float64)

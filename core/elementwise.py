"""Elementwise: every function of torch that bends numbers one by one, with its own arguments.

Those that can be chosen are `core.activations`; networks from elsewhere use these and others, and
with other arguments: LeakyReLU(0.2), Hardtanh(-2, 2), GELU("tanh"). No torch is needed here.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from core.activation import FLAT, Function, Reals, Zone
from core.activations import ACTIVATIONS
from core.slopes import (
    SOFTPLUS_END,
    below,
    gated,
    left_end,
    near,
    outside,
    sigmoid,
    softplus,
)


class Family(NamedTuple):
    """Functions that differ in their arguments: torch's class, and the arguments by torch's names.

    `called` is the function's name where it is called without a module. An argument that torch has
    no default for has none here either: None.
    """

    torch_name: str
    called: str
    arguments: Mapping[str, float | None]
    make: Callable[..., Function]


def function_of(name: str, arguments: Mapping[str, float]) -> Function:
    """The function of a family with these arguments; torch's defaults for those that are left out.

    Raises KeyError for a family that there is not, TypeError for arguments that it has not.
    """
    return _made(name, tuple(sorted(arguments.items())))


@lru_cache(maxsize=1_000)
def _made(name: str, arguments: tuple[tuple[str, float], ...]) -> Function:
    family, given = FAMILIES[name], dict(arguments)
    all_of_them = {**family.arguments, **given}
    if len(all_of_them) > len(family.arguments) or None in all_of_them.values():
        raise TypeError(f"{family.torch_name} takes {', '.join(family.arguments) or 'no argument'}")
    made = family.make(**all_of_them)
    told = ", ".join(f"{word}={given[word]:g}" for word in family.arguments if word in given)
    return replace(made, name=name, torch_name=family.torch_name, arguments=told)


def by_unit(slopes: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """A number a unit, in a shape that goes with outputs (n, …), of which the first may be left.

    Units are the last axis of sequences (n, time, units), else the second one.
    """
    if slopes.size == 1 or outputs.ndim == 1:
        return slopes
    mine = slopes.ravel()[: outputs.shape[-1 if outputs.ndim == 3 else 1]]
    return mine.reshape(-1, *[1] * (outputs.ndim - 2)) if outputs.ndim > 3 else mine


def _chosen(name: str) -> Callable[..., Function]:
    """One of the menu's; its parameter, if it has one, is its one argument."""

    def make(**arguments: float) -> Function:
        function = ACTIVATIONS[name]
        if function.parameter is None or function.torch_argument not in arguments:
            return function
        value = arguments[function.torch_argument]
        return replace(function, parameter=replace(function.parameter, default=value))

    return make


def _bare(
    title: str,
    curve: Callable[[Reals], Reals],
    slope: Callable[[Reals], Reals],
    *zones: Zone,
) -> Function:
    return Function(
        name="",
        title=title,
        torch_name="",
        curve=lambda x, _: curve(x),
        slope=lambda x, _: slope(x),
        flat=lambda _: zones,
    )


def _clipped(title: str) -> Callable[..., Function]:
    """x, cut off at both ends."""

    def make(min_val: float = 0.0, max_val: float = 6.0) -> Function:
        return _bare(
            title,
            lambda x: np.clip(x, min_val, max_val),
            lambda x: np.where((x > min_val) & (x < max_val), 1.0, 0.0),
            *(Zone("dead", -math.inf, min_val), Zone("dead", max_val, math.inf)),
        )

    return make


def _hard_sigmoid() -> Function:
    return _bare(
        "Hardsigmoid",
        lambda x: np.clip(x + 3, 0.0, 6.0) / 6,
        lambda x: np.where(np.abs(x) < 3, 1 / 6, 0.0),
        *outside("dead", 3.0),
    )


def _threshold(threshold: float, value: float) -> Function:
    return _bare(
        "Threshold",
        lambda x: np.where(x > threshold, x, value),
        lambda x: np.where(x > threshold, 1.0, 0.0),
        *below("dead", threshold),
    )


def _shrunk(title: str, soft: bool) -> Callable[..., Function]:
    """0 near 0; elsewhere x, or what of it is beyond."""

    def make(lambd: float) -> Function:
        inside = lambda x: (x >= -lambd) & (x <= lambd)  # noqa: E731
        beyond = (lambda x: x - np.copysign(lambd, x)) if soft else (lambda x: x)
        return _bare(
            title,
            lambda x: np.where(inside(x), 0.0, beyond(x)),
            lambda x: np.where(inside(x), 0.0, 1.0),
            *([Zone("dead", -lambd, lambd)] if lambd > 0 else []),
        )

    return make


def _celu(alpha: float) -> Function:
    zones = below("saturated", alpha * math.log(FLAT)) if alpha > 0 else ()
    return _bare(
        "CELU",
        lambda x: np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0.0, x) / alpha)),
        lambda x: np.where(x > 0, 1.0, np.exp(np.where(x > 0, 0.0, x) / alpha)),
        *zones,
    )


def _rrelu(lower: float, upper: float) -> Function:
    """In evaluation, where it draws nothing: the mean of both slopes."""
    leaky = _chosen("leaky_relu")(negative_slope=(lower + upper) / 2)
    return replace(leaky, title="RReLU")


def _softplus(beta: float, threshold: float) -> Function:
    """From `threshold` on (of βx) it is the line x, as torch has it."""
    ends = -math.inf, min(SOFTPLUS_END, threshold) / beta
    low, high = ends if beta > 0 else (ends[1], math.inf)
    return _bare(
        "Softplus",
        lambda x: np.where(beta * x > threshold, x, softplus(beta * x) / beta),
        lambda x: np.where(beta * x > threshold, 1.0, sigmoid(beta * x)),
        Zone("saturated", low, high),
    )


TANH_SCALE, TANH_CUBE = math.sqrt(2 / math.pi), 0.044715  # Hendrycks and Gimpel 2016


def _tanh_gelu_slope(x: Reals, _: float) -> Reals:
    x = near(x)
    gate = np.tanh(TANH_SCALE * (x + TANH_CUBE * x**3))
    inner = TANH_SCALE * (1 + 3 * TANH_CUBE * x * x)
    return (1 + gate) / 2 + x * (1 - gate * gate) * inner / 2


def _tanh_gelu() -> Function:
    return _bare(
        "GELU (tanh)",
        lambda x: gated(x, (1 + np.tanh(TANH_SCALE * (near(x) + TANH_CUBE * near(x) ** 3))) / 2),
        lambda x: _tanh_gelu_slope(x, math.nan),
        *left_end(_tanh_gelu_slope),
    )


def _log_sigmoid() -> Function:
    return _bare(
        "LogSigmoid",
        lambda x: -softplus(-x),
        lambda x: sigmoid(-x),
        Zone("saturated", -SOFTPLUS_END, math.inf),
    )


def _softsign() -> Function:
    return _bare(
        "Softsign",
        lambda x: x / (1 + np.abs(x)),
        lambda x: (1 + np.abs(x)) ** -2,
        *outside("saturated", FLAT**-0.5 - 1),
    )


def _tanh_shrink() -> Function:
    return _bare("Tanhshrink", lambda x: x - np.tanh(x), lambda x: np.tanh(x) ** 2)


FAMILIES: dict[str, Family] = {
    **{
        name: Family(ACTIVATIONS[name].torch_name, name, {}, _chosen(name))
        for name in ("relu", "tanh", "sigmoid", "selu", "silu", "hardswish", "mish", "gelu")
    },
    "leaky_relu": Family(
        "LeakyReLU", "leaky_relu", {"negative_slope": 0.01}, _chosen("leaky_relu")
    ),
    "elu": Family("ELU", "elu", {"alpha": 1.0}, _chosen("elu")),
    "prelu": Family("PReLU", "prelu", {"num_parameters": 1}, _chosen("prelu")),
    "softplus": Family("Softplus", "softplus", {"beta": 1.0, "threshold": 20.0}, _softplus),
    "hardtanh": Family(
        "Hardtanh", "hardtanh", {"min_val": -1.0, "max_val": 1.0}, _clipped("Hardtanh")
    ),
    "relu6": Family("ReLU6", "relu6", {}, _clipped("ReLU6")),
    "gelu_tanh": Family("GELU", "gelu", {}, _tanh_gelu),
    "hardsigmoid": Family("Hardsigmoid", "hardsigmoid", {}, _hard_sigmoid),
    "threshold": Family("Threshold", "threshold", {"threshold": None, "value": None}, _threshold),
    "hardshrink": Family("Hardshrink", "hardshrink", {"lambd": 0.5}, _shrunk("Hardshrink", False)),
    "softshrink": Family("Softshrink", "softshrink", {"lambd": 0.5}, _shrunk("Softshrink", True)),
    "celu": Family("CELU", "celu", {"alpha": 1.0}, _celu),
    "rrelu": Family("RReLU", "rrelu", {"lower": 1 / 8, "upper": 1 / 3}, _rrelu),
    "logsigmoid": Family("LogSigmoid", "log_sigmoid", {}, _log_sigmoid),
    "softsign": Family("Softsign", "softsign", {}, _softsign),
    "tanhshrink": Family("Tanhshrink", "tanhshrink", {}, _tanh_shrink),
}
"""By our own names: the menu's where it has one."""

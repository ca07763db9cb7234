"""From a link to an absurd network to the sentence that names its layer: nothing of it is built."""

import statistics
import time
from typing import Any

from benchmarks.result import Result, is_quick
from core import stacks
from core.data import DATASETS
from core.settings import settings_from
from core.stacks import Stack
from core.unfit import Unfit

TARGET = 0.5
DATA = "digits"
FLAT: dict[str, Any] = {"kind": "flatten"}
SAME: dict[str, Any] = {"kind": "activation"}


def _deep(containers: int) -> Stack:
    return [{"kind": "residual", "block": _deep(containers - 1)}] if containers else [SAME]


ABSURD: dict[str, tuple[Stack, str]] = {
    "a layer of 10^9 units": ([FLAT, {"kind": "linear", "units": 10**9}], "2, units"),
    "a layer of 4 * 10^9 parameters": ([FLAT, *[{"kind": "linear", "units": 65_536}] * 2], "3"),
    "layers of 10^9 parameters": ([FLAT, *[{"kind": "linear", "units": 2_235}] * 199], "3"),
    "10^4 layers": ([SAME] * 10**4, "201"),
    "10^4 convolutions": ([{"kind": "conv2d", "filters": 4, "padding": 1}] * 10**4, "201"),
    "10^4 layers in containers": (
        [{"kind": "branches", "branches": [[SAME] * 100] * 16}] * 7,
        "1.3.1",
    ),
    "300 containers in one another": (_deep(300), "1.1.1"),
    "a kernel larger than its input": ([{"kind": "conv2d", "filters": 4, "kernel": 30}], "1"),
    "the same after 198 layers": (
        [*[SAME] * 198, {"kind": "conv2d", "filters": 4, "kernel": 64}],
        "199",
    ),
}
"""Stacks for the digits that no machine could train, and the place of the layer to be named."""


def measure() -> Result:
    """The slowest of these stacks, each as the Builder meets it: read, priced, and told why not."""
    taken = {what: _seconds(stack, place) for what, (stack, place) in ABSURD.items()}
    value = max(taken.values())
    return Result(
        compared="seconds until the slowest of some absurd stacks was priced and refused with its "
        "layer named, and the layers before it that fit were told",
        target=f"≤ {TARGET} s",
        reached=value <= TARGET,
        value=value,
        raw={"seconds_median": taken},
    )


def _seconds(stack: Stack, place: str) -> float:
    spent = []
    for _ in range(3 if is_quick() else 15):
        started = time.perf_counter()
        told = refusal(stack)
        spent.append(time.perf_counter() - started)
        if f"ayer {place}" not in told:
            raise RuntimeError(f"layer {place} is not named: {told}")
    return statistics.median(spent)


def refusal(stack: Stack) -> str:
    """Why a stack is refused, as the Builder says it; "" where it is not."""
    dataset = DATASETS[DATA]
    stacks.layers_of(stack, dataset.shape)
    try:
        settings_from({"data": DATA, "architecture": "Own network", "bricks": stack})
    except Unfit as fault:
        return str(fault)
    return ""

"""Self-attention seen from inside: who looks at whom, and what comes of it. numpy only."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from core.softmax import softmax


class Attended(NamedTuple):
    """What attention makes of a batch of sequences.

    `maps` are (n, heads, time, time): how much each step (row) takes from each (column), every row
    a sum of 1. `output` is (n, time, features).
    """

    maps: np.ndarray
    output: np.ndarray


def attention(
    weights: Mapping[str, np.ndarray], inputs: np.ndarray, heads: int, causal: bool = False
) -> Attended:
    """Scaled dot-product attention of inputs (n, time, features) to themselves.

    `weights` holds weight_ and bias_ of query, key, value and output, each weight (features,
    features). With `causal` no step looks at a later one. The arithmetic is float64 for float64
    inputs, else float32. Raises KeyError where a weight is missing, ValueError for shapes that do
    not fit. As torch.nn.MultiheadAttention; Vaswani et al., 2017.
    """
    given = np.asarray(inputs)
    if given.ndim != 3 or heads < 1 or given.shape[2] % heads:
        raise ValueError(f"{heads} heads cannot share inputs of {given.shape}")
    x = given.astype(np.float64 if given.dtype == np.float64 else np.float32)
    n, time, features = x.shape
    with np.errstate(all="ignore"):
        split = n, time, heads, features // heads
        query, key, value = (
            _part(weights, part, x).reshape(split).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.sqrt(x.dtype.type(split[3]))
        if causal:
            scores = np.where(np.tri(time, dtype=bool), scores, -np.inf)
        maps = softmax(scores).astype(x.dtype) if time else scores
        mixed = (maps @ value).transpose(0, 2, 1, 3).reshape(x.shape)
        return Attended(maps, _part(weights, "output", mixed))


def _part(weights: Mapping[str, np.ndarray], part: str, x: np.ndarray) -> np.ndarray:
    weight = np.asarray(weights[f"weight_{part}"], x.dtype)
    if weight.shape != (x.shape[2], x.shape[2]):
        raise ValueError(f"weight_{part} must be {(x.shape[2],) * 2}, not {weight.shape}")
    return x @ weight.T + np.asarray(weights[f"bias_{part}"], x.dtype)

"""Planes: numbers as bytes, laid out as tiles. numpy only.

Byte 128 of a signed plane is zero, 1 is -scale and 255 is +scale; 0 is no number: NaN or infinite.
Of an unsigned one 0 is zero and 255 is scale.
"""

import math
from functools import lru_cache

import numpy as np

from core.architectures.bricks import Shape

LEAST_SCALE = 1e-12
NOT_FINITE = 0
"""The byte of a signed plane that stands for NaN and for infinities."""
SAMPLE = 16_384
"""Of so many numbers a scale is found."""
SMALL = 4096
HALVES = np.arange(2**16, dtype=np.uint16).view(np.float16)
NEAT = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


def tile_shape(looks_at: Shape) -> tuple[int, int]:
    """Height and width of the picture of one row of numbers that looks at `looks_at`.

    (1, H, W) is H x W; (C, H, W) lays its channels out in a grid; (n,) is a near-square grid.
    """
    if len(looks_at) == 1:
        return _grid(looks_at[0])
    height, width = looks_at[-2:]
    down, across = _grid(math.prod(looks_at[:-2]))
    return down * height, across * width


def _grid(n: int) -> tuple[int, int]:
    """A near-square grid for n cells: one that n fills where there is one."""
    down = next((d for d in range(math.isqrt(n), 0, -1) if n % d == 0), 1)
    if n > 8 and n / down > 4 * down:  # a prime or nearly: pad instead
        down = math.isqrt(n)
    return down, max(1, -(-n // down))


def arranged(values: np.ndarray, looks_at: Shape) -> np.ndarray:
    """Rows of numbers (n, prod(looks_at)) as pictures (n, height, width).

    Cells that no number fills are zero (byte 128 where `values` are bytes).
    """
    n, (height, width) = len(values), tile_shape(looks_at)
    if len(looks_at) > 1:
        down, across = height // looks_at[-2], width // looks_at[-1]
        values = values.reshape(n, -1, looks_at[-2] * looks_at[-1])
    else:
        down, across = height, width
        values = values.reshape(n, -1, 1)
    if missing := down * across - values.shape[1]:
        zero = 128 if values.dtype == np.uint8 else 0
        values = np.pad(values, ((0, 0), (0, missing), (0, 0)), constant_values=zero)
    if len(looks_at) > 1 and across > 1:
        parts = values.reshape(n, down, across, looks_at[-2], looks_at[-1])
        values = parts.transpose(0, 1, 3, 2, 4)
    return values.reshape(n, height, width)


def signed_bytes(values: np.ndarray, scale: float) -> np.ndarray:
    """Numbers as bytes of a signed plane: 128 is 0, ±scale is 255 and 1, what lies beyond too.

    NaN and infinities become `NOT_FINITE`. int8 values are taken as they are, 127 for the scale.
    """
    if values.dtype == np.int8:
        return np.maximum(values, np.int8(-127)).view(np.uint8) + np.uint8(128)
    if values.dtype == np.float16 and values.size > SMALL:  # a table is quicker, and is used again
        return _bytes_of_halves(float(scale))[values.view(np.uint16)]
    return _rounded(values, 127 / max(scale, LEAST_SCALE), -127, 127, 128, NOT_FINITE)


def not_finite(name: str, cells: np.ndarray, probes: int) -> dict[str, float]:
    """How many bytes of each probe's signed picture stand for no number, where there are any.

    By "name/not_finite/2", for the third probe.
    """
    counts = (cells.reshape(probes, -1) == NOT_FINITE).sum(axis=1)
    return {f"{name}/not_finite/{place}": int(count) for place, count in enumerate(counts) if count}


@lru_cache(maxsize=128)
def _bytes_of_halves(scale: float) -> np.ndarray:
    """The byte of each of the 65,536 numbers of 16 bits, in the order of their bits."""
    return _rounded(HALVES, 127 / max(scale, LEAST_SCALE), -127, 127, 128, NOT_FINITE)


def unsigned_bytes(values: np.ndarray, scale: float) -> np.ndarray:
    """Numbers as bytes of an unsigned plane: 0 is 0 or less or NaN, 255 is scale or more."""
    return _rounded(values, 255 / max(scale, LEAST_SCALE), 0, 255, 0, 0)


def _rounded(
    values: np.ndarray, factor: float, low: int, high: int, zero: int, not_finite: int
) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.multiply(values, np.float32(factor), dtype=np.float32)
        numbers = None if np.isfinite(values.sum(dtype=np.float64)) else np.isfinite(values)
    np.clip(steps, low, high, out=steps)
    if numbers is not None:
        np.nan_to_num(steps, copy=False)
    steps += zero + 0.5
    found = steps.astype(np.uint8)
    if numbers is not None:
        found[~numbers] = not_finite
    return found


def display_scale(values: np.ndarray, share: float = 0.998) -> float:
    """The magnitude that `share` of the finite numbers do not exceed, so outliers pale nothing.

    Of many numbers it is that of some drawn at random, the same at every call. At least 1e-12, also
    for no numbers at all.
    """
    if values.size > SAMPLE:
        values = values.ravel()[_drawn(values.size)]
    if values.dtype == np.int8:
        counts = np.bincount(values.ravel().view(np.uint8), minlength=256)
        magnitudes = np.zeros(129, np.int64)
        magnitudes[:128] = counts[:128]
        magnitudes[1:] += counts[:127:-1]
        reached = int(np.searchsorted(np.cumsum(magnitudes), share * values.size))
        return max(float(min(reached, 128)), LEAST_SCALE)
    magnitude = np.abs(values, dtype=np.float32).ravel()
    if magnitude.size and not np.isfinite(magnitude.max()):
        magnitude = magnitude[np.isfinite(magnitude)]
    if not magnitude.size:
        return LEAST_SCALE
    place = math.ceil(share * (magnitude.size - 1))
    return max(float(np.partition(magnitude, place)[place]), LEAST_SCALE)


@lru_cache(maxsize=64)
def _drawn(size: int) -> np.ndarray:
    """Places of `SAMPLE` of so many numbers, in order."""
    return np.sort(np.random.default_rng(0).integers(0, size, SAMPLE))


def neat_scale(scale: float) -> float:
    """The next round number from `scale` up: pictures do not flicker while it creeps, and it reads
    well ("±0.25").
    """
    power = 10.0 ** math.floor(math.log10(scale))
    step = next((step for step in NEAT if step * power >= scale * (1 - 1e-6)), 10.0)
    return float(f"{step * power:.3g}")


def columns(tiles: int, height: int, width: int) -> int:
    """How many tiles stand side by side so that the whole is a little wider than high and full."""

    def ugliness(across: int) -> float:
        down = -(-tiles // across)
        shape = math.log(across * width / (down * height) / 1.8)
        return abs(shape) + 4 * (down * across - tiles) / tiles

    return min(range(1, max(tiles, 1) + 1), key=ugliness)

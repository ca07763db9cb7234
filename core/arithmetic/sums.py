"""Weighted sums: a number of a Linear layer or a convolution, product by product."""

import numpy as np

from core.arithmetic.made import Asked, Made, named_each


def linear(asked: Asked) -> Made:
    """Inputs × weights + bias, of each step if there are steps."""
    *step, unit = asked.place
    x = asked.given[tuple(step)]
    return _sum(asked, named_each(x.shape), x, asked.weight()[unit], unit)


def conv2d(asked: Asked) -> Made:
    """The window of the image × the filter + bias; what the padding adds is 0."""
    brick = asked.brick
    one, row, column = asked.place
    border = ((0, 0), *((brick.padding,) * 2,) * 2)
    top, left = (n * brick.stride for n in (row, column))
    side = brick.kernel
    seen = np.pad(asked.given, border)[:, top : top + side, left : left + side]
    first = 0, top - brick.padding, left - brick.padding
    return _sum(asked, named_each(seen.shape, first), seen, asked.weight()[one], one)


def conv1d(asked: Asked) -> Made:
    """The window of the sequence × the filter + bias; what the padding adds is 0."""
    brick = asked.brick
    step, one = asked.place
    start = step * brick.stride
    padding = brick.padding
    padded = np.pad(asked.given, ((padding, padding), (0, 0)))
    seen = padded[start : start + brick.kernel]
    names = named_each(seen.shape, (start - padding, 0))
    return _sum(asked, names, seen, asked.weight()[one].T, one)


def _sum(asked: Asked, names: list[str], x: np.ndarray, w: np.ndarray, unit: int) -> Made:
    x, w = x.ravel(), w.ravel()
    bias = asked.walk.before.get((asked.layer.name, "bias"))
    columns = {"x": x, "w": w, "x × w": x * w}
    if asked.slope is not None:
        columns["x × ∂loss ÷ ∂sum"] = x * asked.slope
    words = f"The {len(x):,} products add up"
    if bias is None:
        return Made(names, columns, float((x * w).sum()), f"{words}.", "x × w")
    b = float(bias[unit])
    columns = {
        name: np.append(values, b if name == "x × w" else np.nan)
        for name, values in columns.items()
    }
    total = float((x * w).sum()) + b
    return Made([*names, "bias"], columns, total, f"{words}, and the bias with them.", "x × w")

"""Windows and means: a number of a pooling layer, and the means of whole channels or sequences."""

import numpy as np

from core.arithmetic.made import Asked, Made, named_each


def maxpool2d(asked: Asked) -> Made:
    """The largest number of a window is kept."""
    names, seen = _window(asked, -np.inf)
    kept = int(seen.argmax())
    words = (
        f"The largest of the {len(seen)} is kept: {names[kept]}. All of the gradient goes to it."
    )
    return Made(names, {"x": seen, "kept": (np.arange(len(seen)) == kept) * 1.0}, seen[kept], words)


def avgpool2d(asked: Asked) -> Made:
    """The mean of a window, the zeros of the padding with it."""
    return _mean(*_window(asked, 0.0))


def global_average(asked: Asked) -> Made:
    """The mean of a whole channel."""
    channel = asked.given[asked.place[0]]
    return _mean(named_each((1, *channel.shape), (asked.place[0], 0, 0)), channel.ravel())


def mean_over_time(asked: Asked) -> Made:
    """The mean of one number of all steps."""
    unit = asked.place[0]
    series = asked.given[:, unit]
    return _mean(named_each((len(series), 1), (0, unit)), series)


def _window(asked: Asked, blank: float) -> tuple[list[str], np.ndarray]:
    """The numbers of the window that are inside the image; with a blank of 0 all of them."""
    brick = asked.brick
    side, padding = brick.size, brick.padding
    stride = brick.stride or side
    channel, row, column = asked.place
    padded = np.pad(asked.given[channel], padding, constant_values=blank)
    top, left = row * stride, column * stride
    seen = padded[top : top + side, left : left + side].ravel()
    names = named_each((1, side, side), (channel, top - padding, left - padding))
    inside = np.isfinite(seen) | (blank == 0.0)
    return [name for name, there in zip(names, inside, strict=True) if there], seen[inside]


def _mean(names: list[str], values: np.ndarray) -> Made:
    share = values / len(values)
    words = f"Each of the {len(values):,} numbers gives a share of 1 ÷ {len(values):,}."
    return Made(names, {"x": values, "x ÷ n": share}, float(share.sum()), words, "x ÷ n")

"""The room of lessons: what every lesson is, as data; the browser computes and draws."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data import DATASETS


@dataclass(frozen=True)
class Control:
    """One thing to change: a slider from `low` to `high`, or a menu where there are `choices`.

    Where there is a `longest`, it is a text of at most so many letters.
    """

    name: str
    title: str
    default: float | str
    low: float = 0
    high: float = 0
    step: float = 1
    choices: tuple[str, ...] = ()
    longest: int = 0

    def as_data(self) -> dict[str, Any]:
        """Give it as plain data for the browser."""
        return {**vars(self), "choices": list(self.choices)}


@dataclass(frozen=True)
class Lesson:
    """One kind of layer: its words, what can be changed, and the numbers it starts with.

    `formula` is LaTeX. `name` is also that of its drawing, pages/shared/lessons/<name>.js.
    `numbers` gives arrays by name; it raises DataError where the data cannot be read.
    """

    name: str
    title: str
    formula: str
    sentence: str
    try_this: str
    controls: tuple[Control, ...]
    numbers: Callable[[], dict[str, np.ndarray]]


def digit(side: int) -> np.ndarray:
    """Give the first seven of MNIST's test images, uint8 (side, side); side is 28 or 14.

    At 14 each pixel is the mean of four.
    """
    mnist = DATASETS["mnist"].load_test()
    place = int(np.flatnonzero(mnist.test_targets == 7)[0])
    image = mnist.test_inputs[place, 0]
    if side == 28:
        return image
    return image.reshape(14, 2, 14, 2).mean((1, 3)).round().astype(np.uint8)

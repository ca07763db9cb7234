"""The data room: four clouds of points, those on a diagonal of one class, generated."""

import numpy as np

from core.data.points import points

NOISE = 0.2


def _draw(classes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    x = random.choice([-0.5, 0.5], len(classes))
    middles = np.stack([x, np.where(classes == 0, x, -x)], axis=1)
    return middles + random.normal(0, NOISE, middles.shape)


DATASET = points(
    "xor",
    "Exclusive or",
    "1,500 generated points in four clouds, opposite ones alike: one linear layer cannot do it.",
    _draw,
)

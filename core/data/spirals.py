"""The data room: two spirals, one inside the other (after Lang and Witbrock, 1988), generated."""

import numpy as np

from core.data.points import points

TURNS = 2
NOISE = 0.03


def _draw(classes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    along = np.sqrt(random.uniform(0, 1, len(classes)))  # as dense outside as inside
    angle = 2 * np.pi * TURNS * along + np.pi * classes
    radius = 0.05 + 0.9 * along
    arms = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return arms + random.normal(0, NOISE, arms.shape)


DATASET = points(
    "spirals",
    "Two spirals",
    "1,500 generated points on two spirals that wind around each other twice: no line parts them.",
    _draw,
    epochs=100,
)

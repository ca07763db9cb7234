"""The data room: a circle inside another, generated."""

import numpy as np

from core.data.points import points

NOISE = 0.08


def _draw(classes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    angle = random.uniform(0, 2 * np.pi, len(classes))
    radius = np.where(classes == 0, 0.4, 0.85)
    rings = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return rings + random.normal(0, NOISE, rings.shape)


DATASET = points(
    "circles",
    "Two circles",
    "1,500 generated points on a circle and on another around it: a hidden layer parts them.",
    _draw,
)

"""The data room: two half circles that reach into each other, generated."""

import numpy as np

from core.data.points import points

NOISE = 0.07


def _draw(classes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    angle = random.uniform(0, np.pi, len(classes))
    side = np.where(classes == 0, 1, -1)
    # The second moon is the first one turned by half a turn around the middle of the plane.
    x, y = 0.6 * np.cos(angle) - 0.3, 0.9 * np.sin(angle) - 0.25
    moons = np.stack([side * x, side * y], axis=1)
    return moons + random.normal(0, NOISE, moons.shape)


DATASET = points(
    "moons",
    "Two moons",
    "1,500 generated points on two half moons that reach into each other: a bent border is needed.",
    _draw,
)

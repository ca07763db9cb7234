"""The room of lessons: residual addition, a stack of layers with and without skips."""

import numpy as np

from core.lessons.lesson import Control, Lesson

LAYERS, UNITS = 30, 8


def weights() -> dict[str, np.ndarray]:
    """Give one input, float32 (8,), and random weights of 30 layers, float32 (30, 8, 8).

    Normally distributed with variance 2 / 8 (Kaiming).
    """
    random = np.random.default_rng(5)
    scale = np.sqrt(2 / UNITS)
    return {
        "input": random.normal(size=UNITS).astype(np.float32),
        "weights": (scale * random.normal(size=(LAYERS, UNITS, UNITS))).astype(np.float32),
    }


LESSON = Lesson(
    name="residual",
    title="Residual",
    formula=r"y = x + F(x) \qquad F(x) = \mathrm{ReLU}(a\,W x) \qquad "
    r"\frac{\partial y}{\partial x} = 1 + F'(x)",
    sentence="A residual block adds what went in to what its layers made of it. So the input finds "
    "a way up through any number of layers, and the gradient a way down: its derivative has a 1 in "
    "it that no layer can make small. The weights here are random, as before training; a makes "
    "them smaller or larger.",
    try_this="Without the skip, and with small weights, hardly anything arrives at the last layer, "
    "and no gradient at the first. Switch the skip on. Then make a large: now it grows without "
    "bound, which is why such networks begin small or normalise.",
    controls=(
        Control("skip", "Skip connection", "With", choices=("With", "Without")),
        Control("layers", "Layers", 10, 1, LAYERS),
        Control("size", "Weights times a", 0.5, 0, 1.5, 0.05),
        Control("shown", "Layer looked at", 1, 1, LAYERS),
    ),
    numbers=weights,
)

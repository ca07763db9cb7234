"""The room of lessons: softmax and cross-entropy, step by step, on a network's own numbers."""

import numpy as np

from core import runs
from core.lessons.lesson import Control, Lesson
from core.softmax import SOFTMAX_FORMULA, TEMPERATURE


def scores(probe: int = 7) -> dict[str, np.ndarray]:
    """Give what the recorded run says of its seven at the end, float32 (10,), and the class.

    The numbers are those that were recorded, with 16 bits.
    """
    run = runs.find("demo")
    name = run.settings().layers[-1].name
    (moment,) = run.moments(run.steps()[-1:], layer=name, kinds=("output",))
    return {"logits": moment.arrays[name, "output"].numbers()[probe], "truth": np.array([probe])}


LESSON = Lesson(
    name="softmax",
    title="Softmax and cross-entropy",
    formula=SOFTMAX_FORMULA + r"\qquad \text{loss} = -\ln p_{\text{true}}",
    sentence="The last layer gives a number for each class, of any size: the logits. Softmax turns "
    "them into probabilities: each is raised to a power of e, which makes all of them positive, "
    "and divided by the sum, so that together they are 1. The loss of one input, its "
    "cross-entropy, is −ln p of the true class: 0 where the network is sure of it, and large where "
    "it held it for unlikely. Training uses the temperature T = 1.",
    try_this="Add the same to all logits: nothing changes. Then raise the temperature: the largest "
    "stays the largest, but all come closer together.",
    controls=(
        Control(
            TEMPERATURE.name.lower(),
            f"{TEMPERATURE.title} T",
            *(TEMPERATURE.default, TEMPERATURE.low, TEMPERATURE.high, TEMPERATURE.step),
        ),
        Control("plus", "All logits plus", 0, -10, 10, 0.5),
    ),
    numbers=scores,
)

"""The room of lessons: a GRU cell with one unit, each gate a tap."""

import numpy as np

from core.lessons.lesson import Control, Lesson
from core.lessons.lstm import SEQUENCE, TAP


def weights() -> dict[str, np.ndarray]:
    """Give a unit's weights for reset r, update z and candidate n, float32 (3,) each."""
    return {
        "given": np.array([1.0, -2.0, 1.0], np.float32),
        "recurrent": np.array([0.5, 0.0, 0.5], np.float32),
        "bias": np.array([1.0, 2.0, 0.0], np.float32),
    }


LESSON = Lesson(
    name="gru",
    title="GRU",
    formula=r"r, z = \sigma(w x_t + u h_{t-1} + b) \qquad n = \tanh(w x_t + b + r\,u h_{t-1}) "
    r"\qquad h_t = (1 - z)\,n + z\,h_{t-1}",
    sentence="One unit of a GRU. It has no cell: the update gate z says how much of the old state "
    "stays, and as much less of the candidate n comes in. The reset gate r says how much of the "
    "old state the candidate sees. As in PyTorch, z near 1 keeps.",
    try_this="Hold the update gate open: the state stays what it was at the start, 0. Hold it "
    "shut: only the candidate counts. Then hold the reset gate shut as well: all memory is gone.",
    controls=(
        SEQUENCE,
        Control("r", "Reset gate r", TAP[0], choices=TAP),
        Control("z", "Update gate z", TAP[0], choices=TAP),
    ),
    numbers=weights,
)

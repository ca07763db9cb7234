"""The room of lessons: an LSTM cell with one unit, each gate a tap."""

import numpy as np

from core.lessons.lesson import Control, Lesson

TAP = ("Computed", "Held open (1)", "Held shut (0)")
SEQUENCE = Control("sequence", "Numbers it reads", "2 0 0 0 -1 0 0 1", longest=60)


def weights() -> dict[str, np.ndarray]:
    """Give a unit's weights for input i, forget f, candidate g and output o, float32 (4,) each."""
    return {
        "given": np.array([2.0, 0.0, 1.0, 0.5], np.float32),
        "recurrent": np.array([0.0, 0.5, 0.0, 0.5], np.float32),
        "bias": np.array([-1.0, 2.0, 0.0, 1.0], np.float32),
    }


LESSON = Lesson(
    name="lstm",
    title="LSTM",
    formula=r"i, f, o = \sigma(w x_t + u h_{t-1} + b) \qquad g = \tanh(w x_t + u h_{t-1} + b) "
    r"\qquad c_t = f\,c_{t-1} + i\,g \qquad h_t = o \tanh c_t",
    sentence="One unit of an LSTM. Its cell c is a tank: the forget gate f says how much stays in "
    "it, the input gate i how much of the candidate g flows in, the output gate o how much shows. "
    "Each gate has weights of its own and computes a number between 0 and 1, or is held by you.",
    try_this="Hold the forget gate open: what was read stays in the cell for good. Hold it shut: "
    "each step begins anew. Hold the input gate shut: nothing comes in at all.",
    controls=(
        SEQUENCE,
        Control("i", "Input gate i", TAP[0], choices=TAP),
        Control("f", "Forget gate f", TAP[0], choices=TAP),
        Control("o", "Output gate o", TAP[0], choices=TAP),
    ),
    numbers=weights,
)

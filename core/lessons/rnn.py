"""The room of lessons: a recurrent network, unrolled over a word."""

import numpy as np

from core.lessons.lesson import Control, Lesson
from core.lessons.letters import SIZE, vectors

UNITS = 4


def weights() -> dict[str, np.ndarray]:
    """Give the letters as vectors, and random weights, float32: (4, 4) for each of the two.

    The recurrent ones are a rotation (orthogonal), so that a strength of 1 neither shrinks nor
    lengthens a state. Raises DataError.
    """
    random = np.random.default_rng(3)
    rotation, _ = np.linalg.qr(random.normal(size=(UNITS, UNITS)))
    given = random.normal(size=(UNITS, SIZE))
    return {
        "vectors": vectors(),
        "given": given.astype(np.float32),
        "recurrent": rotation.astype(np.float32),
    }


LESSON = Lesson(
    name="rnn",
    title="RNN",
    formula=r"h_t = \tanh\,(W_x\,x_t + r\,W_h\,h_{t-1}) \qquad h_0 = 0",
    sentence="A recurrent layer reads one letter after another. Its state h is all that it keeps: "
    "the new state comes from the letter and from the state before, with the same weights at every "
    "letter. Unrolled, it is a network as deep as the word is long. The weights here are random; "
    "r makes the recurrent ones weaker or stronger.",
    try_this="The last table says how far the state would be elsewhere, had the first letter been "
    "another one. With r = 0 only the first state differs; with r = 0.5 the network forgets "
    "within a few letters. And with r = 2?",
    controls=(
        Control("word", "A word", "alexander", longest=12),
        Control("instead", "The first letter instead", "o", longest=1),
        Control("strength", "Recurrent strength r", 0.8, 0, 2, 0.05),
    ),
    numbers=weights,
)

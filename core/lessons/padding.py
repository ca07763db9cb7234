"""The room of lessons: padding, what a window sees beyond the edge of a picture."""

import numpy as np

from core.lessons.lesson import Control, Lesson, digit


def gap_in_a_full_ground() -> dict[str, np.ndarray]:
    """Give a seven that is left out of a ground of 255, uint8 (14, 14)."""
    return {"image": 255 - digit(14)}


LESSON = Lesson(
    name="padding",
    title="Padding",
    formula=r"n' = n + 2p - (k - 1)",
    sentence="A window that must stay inside the picture makes it smaller at every layer. Padding "
    "puts rows and columns around it. With p = (k − 1) / 2 the output is as large as the input; "
    "what stands in the padding is made up, and the output's rim shows it.",
    try_this="The ground is 1 up to the picture's edge. Blurred with zeros around, the rim of the "
    "output fades all the same. Choose “Reflect”. With a padding of 0, how many rows are lost?",
    controls=(
        Control(
            "kind", "What is put around", "Zeros", choices=("Zeros", "Reflect", "Repeat", "Wrap")
        ),
        Control("padding", "Padding p", 2, 0, 6),
        Control("kernel", "Size k of the blur", 5, 1, 7),
    ),
    numbers=gap_in_a_full_ground,
)

"""The room of lessons: Dropout, a new mask at every step and none once trained."""

from core.lessons.lesson import Control, Lesson, digit

LESSON = Lesson(
    name="dropout",
    title="Dropout",
    formula=r"y_i = \frac{m_i\,x_i}{1 - p} \quad\text{in training, } m_i = 0 \text{ with "
    r"probability } p; \qquad y_i = x_i \quad\text{once trained}",
    sentence="In training every number is dropped with probability p, anew at each step, so that "
    "no unit can rely on a single other one. What stays is scaled up by 1 / (1 − p): on average "
    "nothing changes, and once trained nothing is dropped and nothing scaled.",
    try_this="Draw again and again: the mean over all the masks becomes the input. Then choose "
    "“Once trained”.",
    controls=(
        Control("probability", "Probability p", 0.5, 0, 0.9, 0.05),
        Control("mode", "When", "In training", choices=("In training", "Once trained")),
    ),
    numbers=lambda: {"image": digit(14)},
)

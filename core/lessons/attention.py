"""The room of lessons: self-attention, in which every position looks at all others."""

from core.lessons.lesson import Control, Lesson
from core.lessons.letters import vectors

LESSON = Lesson(
    name="attention",
    title="Attention",
    formula=r"\mathrm{shares} = \mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt{d}}\right)"
    r"\qquad Y = \mathrm{shares}\cdot V \qquad Q = s\,X,\; K = X,\; V = X",
    sentence="Every position asks (its query) and offers (its key): query times key is how well "
    "the two fit. Softmax makes shares of it that add up to 1 in every row, and the output is the "
    "values mixed by these shares. In a network Q, K and V are three learned linear layers of the "
    "input; here each is the input itself, letters as vectors, and s says how sharply it looks.",
    try_this="Make s larger: each letter then looks only at letters like itself, vowels at vowels. "
    "With “Earlier ones” no letter sees what comes after it, as when the next letter is to be "
    "guessed.",
    controls=(
        Control("word", "A word", "banana", longest=10),
        Control("sharpness", "Sharpness s", 3, 0, 20, 0.5),
        Control("mask", "Looks at", "All letters", choices=("All letters", "Earlier ones")),
    ),
    numbers=lambda: {"vectors": vectors()},
)

"""The room of lessons: an embedding, which looks a symbol's vector up in a table."""

from core.lessons.lesson import Control, Lesson
from core.lessons.letters import vectors

LESSON = Lesson(
    name="embedding",
    title="Embedding",
    formula=r"y_t = E_{x_t} = \mathrm{onehot}(x_t)\,E",
    sentence="A network cannot multiply a letter. An embedding is a table with a row of numbers "
    "for every symbol: to embed is to look the row up. That is the same as a linear layer without "
    "bias on a 1 among zeros. The rows are weights, and training moves them; those here come from "
    "which letters stand beside which in 1,892 first names, scaled to length 1.",
    try_this="Type your name. Then look at the plane: letters that stand in the same places, such "
    "as the vowels, lie together.",
    controls=(Control("word", "A word", "anna", longest=12),),
    numbers=lambda: {"vectors": vectors()},
)

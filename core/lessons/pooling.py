"""The room of lessons: pooling, which keeps one number of every window."""

from core.lessons.lesson import Control, Lesson, digit

LESSON = Lesson(
    name="pooling",
    title="Pooling",
    formula=r"y_{i,j} = \max_{u,v}\, x_{si+u,\,sj+v} \qquad\text{or}\qquad "
    r"y_{i,j} = \frac{1}{k^2}\sum_{u,v} x_{si+u,\,sj+v}",
    sentence="A window slides over the picture and gives one number: the largest in it, or the "
    "mean. Nothing is learned here; the picture becomes smaller, and where exactly something "
    "was matters less.",
    try_this="Compare the largest with the mean at size 4: the largest keeps thin strokes, the "
    "mean washes them out.",
    controls=(
        Control("kind", "Kind", "Max", choices=("Max", "Average")),
        Control("kernel", "Window size k", 2, 1, 6),
        Control("stride", "Stride s", 2, 1, 6),
    ),
    numbers=lambda: {"image": digit(14)},
)

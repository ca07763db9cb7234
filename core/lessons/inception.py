"""The room of lessons: branches side by side that look at windows of several sizes."""

from core.lessons.lesson import Control, Lesson, digit

LESSON = Lesson(
    name="inception",
    title="Inception branches",
    formula=r"\mathrm{out} = [\,1{\times}1 \;|\; 3{\times}3 \;|\; 5{\times}5 \;|\; "
    r"\mathrm{pool},\,1{\times}1\,] \qquad n_\mathrm{out} = n_1 + n_3 + n_5 + n_p",
    sentence="Which size of window is the right one? Four branches look at the same input, each "
    "with its own size; padding keeps the picture's size, so that their outputs can be stacked as "
    "channels. The next layer chooses among them. Below, a first channel of each branch with a "
    "known kernel; how many channels a branch has is for you to say.",
    try_this="Look at what the same edge looks like in windows of 3 and of 5. Then let a 1×1 "
    "convolution make fewer channels before 3×3 and 5×5: how many weights are saved?",
    controls=(
        Control("preset", "Kernel", "Vertical edges", choices=("Vertical edges", "Blur")),
        Control("channels", "Channels of the input", 32, 1, 256),
        Control("one", "Channels n₁ of 1×1", 16, 1, 64),
        Control("three", "Channels n₃ of 3×3", 24, 1, 64),
        Control("five", "Channels n₅ of 5×5", 8, 1, 64),
        Control("pooled", "Channels nₚ of pool", 8, 1, 64),
        Control("narrow", "Before 3×3 and 5×5", "Directly", choices=("Directly", "1×1 to 8 first")),
    ),
    numbers=lambda: {"image": digit(14)},
)

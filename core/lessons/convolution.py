"""The room of lessons: a convolution, whose small kernel slides over a picture."""

from core.lessons.lesson import Control, Lesson, digit

LESSON = Lesson(
    name="convolution",
    title="Convolution",
    formula=r"y_{i,j} = b + \sum_{c}\sum_{u,v} w_{c,u,v}\; x_{c,\,si+du-p,\,sj+dv-p}",
    sentence="A small kernel of weights slides over the picture. At every place each weight is "
    "multiplied with the pixel under it, and the sum of the products is one pixel of the output. "
    "The same few weights are used everywhere.",
    try_this="With “Vertical edges” the output is positive where, from the left, ink begins, and "
    "negative where it ends. Choose “Horizontal edges” and see what turns. Then set the "
    "stride to 2 and watch the output shrink.",
    controls=(
        Control(
            "preset",
            "Kernel",
            "Vertical edges",
            choices=("Vertical edges", "Horizontal edges", "Blur", "Sharpen", "Identity", "Own"),
        ),
        Control("kernel", "Kernel size k", 3, 1, 5),
        Control("stride", "Stride s", 1, 1, 4),
        Control("padding", "Padding p (zeros)", 1, 0, 4),
        Control("dilation", "Dilation d", 1, 1, 3),
        Control("bias", "Bias b", 0, -1, 1, 0.05),
        Control(
            "channels",
            "Input channels",
            "1: the digit",
            choices=("1: the digit", "2: and its mirror"),
        ),
    ),
    numbers=lambda: {"image": digit(14)},
)

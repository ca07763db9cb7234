"""The room of lessons: a linear layer with one weight and one bias, a line through real data."""

import numpy as np

from core.data.carseats import FILE, TEST_SIZE, TRAIN_SIZE
from core.data.textfiles import read_table
from core.lessons.lesson import Control, Lesson


def prices_and_sales() -> dict[str, np.ndarray]:
    """Give the standardised price and the sales in thousands of 400 shops, float32 (400,) each.

    A standardised price is (price − mean) / standard deviation. Raises DataError.
    """
    table = read_table(FILE, TRAIN_SIZE + TEST_SIZE, numbers=("Price", "Sales"))
    price = np.asarray(table["Price"], np.float64)
    scaled = (price - price.mean()) / price.std()
    return {"x": scaled.astype(np.float32), "y": np.asarray(table["Sales"], np.float32)}


LESSON = Lesson(
    name="linear",
    title="Linear",
    formula=r"\hat y = w\,x + b \qquad E = \frac{1}{n}\sum_{i=1}^{n} (\hat y_i - y_i)^2",
    sentence="The smallest linear layer: one weight and one bias make a line. Each point is a "
    "shop: its price (in standard deviations from the mean price) and how many thousand car seats "
    "it sold. The mean squared error E says how far the line is from the points; training makes "
    "it small.",
    try_this="Move weight and bias until the error is as small as you can get it; then press "
    "“Best line”. Watch the gradient: where it is positive, a smaller number lowers the error.",
    controls=(
        Control("weight", "Weight w", 1, -4, 4, 0.05),
        Control("bias", "Bias b", 4, 0, 14, 0.1),
    ),
    numbers=prices_and_sales,
)

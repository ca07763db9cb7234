"""The room of lessons: BatchNorm and LayerNorm, on real columns with scales far apart."""

import numpy as np

from core.data.carseats import FILE, TEST_SIZE, TRAIN_SIZE
from core.data.textfiles import read_table
from core.lessons.lesson import Control, Lesson

COLUMNS = ("CompPrice", "Income", "Advertising", "Population", "Price", "Age")
SHOPS = 8


def shops() -> dict[str, np.ndarray]:
    """Give six columns of the first eight shops as they stand in the file, float32 (8, 6).

    Raises DataError.
    """
    table = read_table(FILE, TRAIN_SIZE + TEST_SIZE, numbers=COLUMNS)
    columns = [np.asarray(table[name], np.float32)[:SHOPS] for name in COLUMNS]
    return {"values": np.stack(columns, axis=1)}


LESSON = Lesson(
    name="normalisation",
    title="BatchNorm and LayerNorm",
    formula=r"y = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta"
    r"\qquad \varepsilon = 10^{-5}",
    sentence="Each row is one input of a batch (a shop), each column one number of it. BatchNorm "
    "takes mean μ and variance σ² down a column, over the batch; LayerNorm along a row, over one "
    "input's own numbers. Both then scale by γ and shift by β, which are learned. Once trained, "
    "BatchNorm takes the running means and variances of training instead of the batch's.",
    try_this="Shift and spread the input as you like: with BatchNorm nothing changes. Then choose "
    "“LayerNorm”: the largest column, the population, rules every row.",
    controls=(
        Control("kind", "Kind", "BatchNorm", choices=("BatchNorm", "LayerNorm")),
        Control("spread", "Input times", 1, 0.1, 5, 0.1),
        Control("move", "Input plus", 0, -200, 200, 10),
        Control("gain", "Scale γ", 1, 0, 3, 0.1),
        Control("shift", "Shift β", 0, -3, 3, 0.1),
    ),
    numbers=shops,
)

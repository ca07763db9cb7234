"""The data room: a superstore's sales, the amount of each to be predicted.

Amounts reach from cents to thousands of dollars: what is predicted is their logarithm.
"""

from pathlib import Path

import numpy as np

from core.data.dataset import Dataset, Quantity, Split, cached
from core.data.tables import one_hot, table_split
from core.data.textfiles import read_table

FILE = Path(__file__).parent / "files" / "superstore" / "superstore.csv.gz"
TRAIN_SIZE, TEST_SIZE = 7_995, 1_999
NUMBERS = ("Quantity", "Discount")
CHOICES = {
    "Category": ("Furniture", "Office Supplies", "Technology"),
    "Sub-Category": (
        *("Accessories", "Appliances", "Art", "Binders", "Bookcases", "Chairs", "Copiers"),
        *("Envelopes", "Fasteners", "Furnishings", "Labels", "Machines", "Paper", "Phones"),
        *("Storage", "Supplies", "Tables"),
    ),
    "Segment": ("Consumer", "Corporate", "Home Office"),
    "Region": ("Central", "East", "South", "West"),
    "Ship Mode": ("Same Day", "First Class", "Second Class", "Standard Class"),
}
CHOICES_SHOWN = tuple(
    f"{name.lower()}: {word.lower()}" for name, words in CHOICES.items() for word in words
)
QUANTITY = Quantity("logarithm of 1 + sales in dollars", "", mean=4.147, spread=1.589)


def _read() -> Split:
    table = read_table(FILE, TRAIN_SIZE + TEST_SIZE, numbers=("Sales", *NUMBERS), choices=CHOICES)
    return table_split(
        [table[name] for name in NUMBERS],
        [one_hot(table[name], len(words)) for name, words in CHOICES.items()],
        np.log1p(table["Sales"]),
        QUANTITY,
        TRAIN_SIZE,
        seed=1,
    )


DATASET = Dataset(
    name="superstore",
    title="Superstore",
    description="9,994 sales of a superstore: the amount of each, from what was sold and how.",
    shape=(len(NUMBERS) + len(CHOICES_SHOWN),),
    classes=(),
    train_size=TRAIN_SIZE,
    test_size=TEST_SIZE,
    terms="Sample Superstore, as it comes with bokeh-sampledata; CC0 1.0.",
    load=cached(_read),
    task="regress",
    quantity=QUANTITY,
    features=(*(name.lower() for name in NUMBERS), *CHOICES_SHOWN),
    epochs=10,
)

"""The data room: child car seats sold in 400 simulated shops, to be predicted from eleven facts."""

from pathlib import Path

from core.data.dataset import Dataset, Quantity, Split, cached
from core.data.tables import one_hot, table_split
from core.data.textfiles import read_table

FILE = Path(__file__).parent / "files" / "carseats" / "carseats.csv"
TRAIN_SIZE, TEST_SIZE = 300, 100
NUMBERS = {
    "CompPrice": "competitor's price",
    "Income": "income",
    "Advertising": "advertising",
    "Population": "population",
    "Price": "price",
    "Age": "age",
    "Education": "education",
}
CHOICES = {"ShelveLoc": ("Bad", "Medium", "Good"), "Urban": ("No", "Yes"), "US": ("No", "Yes")}
CHOICES_SHOWN = (
    *("shelf: bad", "shelf: medium", "shelf: good"),
    *("urban: no", "urban: yes", "in the US: no", "in the US: yes"),
)
QUANTITY = Quantity("car seats sold", "thousands", mean=7.544, spread=2.738)


def _read() -> Split:
    table = read_table(FILE, TRAIN_SIZE + TEST_SIZE, numbers=("Sales", *NUMBERS), choices=CHOICES)
    return table_split(
        [table[name] for name in NUMBERS],
        [one_hot(table[name], len(words)) for name, words in CHOICES.items()],
        table["Sales"],
        QUANTITY,
        TRAIN_SIZE,
        seed=1,
    )


DATASET = Dataset(
    name="carseats",
    title="Car seats",
    description="400 simulated shops: how many car seats each sells, from price, shelf and others.",
    shape=(len(NUMBERS) + len(CHOICES_SHOWN),),
    classes=(),
    train_size=TRAIN_SIZE,
    test_size=TEST_SIZE,
    terms="Carseats from ISLP, by the authors of An Introduction to Statistical Learning; BSD "
    "3-Clause License.",
    load=cached(_read),
    task="regress",
    quantity=QUANTITY,
    features=(*NUMBERS.values(), *CHOICES_SHOWN),
    epochs=40,
)

"""The data room: sunspots, year by year since 1700, to be continued by five years."""

from pathlib import Path

from core.data.dataset import Dataset, Quantity, Split, cached
from core.data.series import forecast_split
from core.data.textfiles import read_table

FILE = Path(__file__).parent / "files" / "sunspots" / "sunspots.csv"
YEARS, TRAIN_YEARS = 309, 230
PAST, AHEAD = 24, 5
QUANTITY = Quantity("sunspots in a year", "sunspots", mean=45.55, spread=34.58, outputs=AHEAD)


def _read() -> Split:
    counts = read_table(FILE, YEARS, numbers=("SUNACTIVITY",))["SUNACTIVITY"]
    return forecast_split(counts, PAST, TRAIN_YEARS, QUANTITY)


DATASET = Dataset(
    name="sunspots",
    title="Sunspots",
    description="Sunspots of 24 years, the next five to be predicted: learned from 1700 to 1929, "
    "tested on 1930 to 2008.",
    shape=(PAST, 1),
    classes=(),
    train_size=TRAIN_YEARS - PAST - AHEAD + 1,
    test_size=YEARS - TRAIN_YEARS - AHEAD + 1,
    terms="National Geophysical Data Center, as it comes with statsmodels; public domain.",
    load=cached(_read),
    task="regress",
    quantity=QUANTITY,
    features=("sunspots",),
    epochs=25,
)

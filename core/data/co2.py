"""The data room: carbon dioxide in the air at Mauna Loa, month by month, to be continued by a year.

The file holds a mean for most weeks. A month is the mean of its weeks; the few months without any
are put on the line between their neighbours. CO2 keeps rising, so a window is seen from its last
month: each number is the change from there, and none gives away in which year it was.
"""

from pathlib import Path

import numpy as np

from core.data.dataset import Dataset, Quantity, Split, cached
from core.data.series import forecast_split
from core.data.textfiles import read_table

FILE = Path(__file__).parent / "files" / "co2" / "co2.csv"
WEEKS, MONTHS, TRAIN_MONTHS = 2284, 526, 382
FIRST = 1958 * 12 + 2
"""March 1958, in months."""
PAST, AHEAD = 36, 12
QUANTITY = Quantity(
    "change of CO2 from the last month", "ppm", mean=0.6839, spread=2.870, outputs=AHEAD
)


def monthly() -> np.ndarray:
    """Read the mean of every month (526,), in ppm. Raises DataError."""
    table = read_table(FILE, WEEKS, numbers=("date", "co2"))
    table = {name: column[~np.isnan(table["co2"])] for name, column in table.items()}
    dates = table["date"].astype(int)  # year, month and day as eight digits
    months = dates // 10_000 * 12 + dates // 100 % 100 - 1 - FIRST
    weeks = np.bincount(months, minlength=MONTHS)
    known = np.flatnonzero(weeks)
    means = np.bincount(months, table["co2"], MONTHS)[known] / weeks[known]
    return np.interp(np.arange(MONTHS), known, means)


def _read() -> Split:
    return forecast_split(monthly(), PAST, TRAIN_MONTHS, QUANTITY, from_last=True)


DATASET = Dataset(
    name="co2",
    title="CO2 at Mauna Loa",
    description="CO2 in the air over 36 months (gaps interpolated), the next 12 to be predicted: "
    "learned up to 1989, tested on 1990 to 2001.",
    shape=(PAST, 1),
    classes=(),
    train_size=TRAIN_MONTHS - PAST - AHEAD + 1,
    test_size=MONTHS - TRAIN_MONTHS - AHEAD + 1,
    terms="C. D. Keeling and T. P. Whorf (2004), Scripps Institution of Oceanography and Carbon "
    "Dioxide Information Analysis Center, as it comes with statsmodels; public domain.",
    load=cached(_read),
    task="regress",
    quantity=QUANTITY,
    features=("CO2",),
    epochs=30,
)

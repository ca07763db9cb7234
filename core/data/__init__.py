"""The data room: every data set a network here can learn, in the order of the menu.

To add one: write a file beside this one that holds `DATASET`, and add its line below.
"""

from core.data import digits, fashion, fashion_full, mnist
from core.data.dataset import DataError, Dataset, Split, as_fed

DATASETS: dict[str, Dataset] = {
    "mnist": mnist.DATASET,
    "fashion": fashion.DATASET,
    "fashion_full": fashion_full.DATASET,
    "digits": digits.DATASET,
}

__all__ = ["DATASETS", "DataError", "Dataset", "Split", "as_fed"]

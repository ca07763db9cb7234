"""The data room: every data set a network here can learn, in the order of the menu.

To add one: write a file beside this one that holds `DATASET`, and add its line below.
"""

from core.data import (
    adding,
    carseats,
    cifar10,
    circles,
    co2,
    digits,
    fashion,
    fashion_full,
    first_names,
    letters,
    mnist,
    moons,
    recall,
    shuffled_mnist,
    spirals,
    sunspots,
    superstore,
    temporal_order,
    waveforms,
    xor,
)
from core.data.dataset import DataError, Dataset, Split, as_fed

DATASETS: dict[str, Dataset] = {
    "mnist": mnist.DATASET,
    "fashion": fashion.DATASET,
    "fashion_full": fashion_full.DATASET,
    "digits": digits.DATASET,
    "shuffled_mnist": shuffled_mnist.DATASET,
    "cifar10": cifar10.DATASET,
    "spirals": spirals.DATASET,
    "circles": circles.DATASET,
    "moons": moons.DATASET,
    "xor": xor.DATASET,
    "carseats": carseats.DATASET,
    "superstore": superstore.DATASET,
    "sunspots": sunspots.DATASET,
    "co2": co2.DATASET,
    "adding": adding.DATASET,
    "waveforms": waveforms.DATASET,
    "first_names": first_names.DATASET,
    "letters": letters.DATASET,
    "recall": recall.DATASET,
    "temporal_order": temporal_order.DATASET,
}

__all__ = ["DATASETS", "DataError", "Dataset", "Split", "as_fed"]

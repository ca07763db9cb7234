"""Every data set holds the same numbers in the same order as ever, or no run can be repeated."""

import numpy as np
import pytest

from core.data import DATASETS

SUMS = {
    "mnist": (65342.2, -1024.1, -29255.6, 62.7134),
    "fashion": (20152.0, 46.37, -267.532, 0.271745),
    "digits": (24525.4, 43.0975, -7422.47, 4.84823),
    "shuffled_mnist": (-741117, -1024.1, 251882, 62.7134),
    "spirals": (31.7306, 11.3232, -4.19665, 3.02673),
    "circles": (3.56878, 11.3232, -8.00626, 3.02673),
    "moons": (-14.6798, 11.3232, -0.11308, 3.02673),
    "xor": (13.2106, 11.3232, -20.917, 3.02673),
    "carseats": (38.4323, 3.95372, 19.5178, 0.558811),
    "superstore": (187.868, -94.0217, -103.66, 24.8763),
    "sunspots": (0.803222, -4.47466, 1.32322, 2.39104),
    "co2": (-6.7905, -4.91165, -1.51025, 2.86022),
    "adding": (130.228, 20.6908, 65.8901, -3.20362),
    "waveforms": (-53.8194, 36.5587, 82.1749, 14.2186),
    "first_names": (-326.446, 0.409882, -292.335, -0.505614),
    "letters": (2918.79, 4217.79, 1614.65, 436.343),
    "recall": (513.275, 45.8668, -189.52, 2.08935),
    "temporal_order": (502.158, 36.5587, 144.835, 14.2186),
}
"""Of training inputs, training targets, test inputs and test targets: the sum of number n times
cos(n), so that the order counts. To a few digits: the last bits are the machine's own."""


def test_every_data_set_that_is_not_downloaded_is_listed():
    assert set(SUMS) == {name for name, dataset in DATASETS.items() if not dataset.downloads}


@pytest.mark.parametrize("name", SUMS)
def test_the_numbers_are_the_same_in_the_same_order(name):
    split = DATASETS[name].load()
    parts = split.train_inputs, split.train_targets, split.test_inputs, split.test_targets
    rows = [np.asarray(part, np.float64).ravel() for part in parts]
    found = [float(np.dot(row, np.cos(np.arange(len(row))))) for row in rows]
    assert found == pytest.approx(SUMS[name], rel=2e-5, abs=1e-3)

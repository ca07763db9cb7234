"""The data room: windows of a series in time, each to be continued."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from core.data.dataset import Quantity, Split


def forecast_split(
    series: np.ndarray, past: int, train: int, quantity: Quantity, *, from_last: bool = False
) -> Split:
    """Cut every window of a series: `past` values go in, the next ones are to be predicted.

    Training windows lie within the first `train` values; those for testing may look back into
    them, but all their targets come after. With `from_last` each value is given as its
    difference from the last of the window's past. Inputs (N, past, 1) and targets
    (N, quantity.outputs) are on the scale of `quantity`.
    """
    windows = sliding_window_view(series, past + quantity.outputs)
    if from_last:
        windows = windows - windows[:, past - 1 : past]
    scaled = ((windows - quantity.mean) / quantity.spread).astype(np.float32)
    inputs, targets = scaled[:, :past, np.newaxis], scaled[:, past:]
    seen, after = slice(train - past - quantity.outputs + 1), slice(train - past, None)
    return Split(inputs[seen], targets[seen], inputs[after], targets[after])

"""Series in time: a window's targets are what the file says next, and none was trained on."""

import csv

import numpy as np
import pandas as pd
import pytest

from core.data import DATASETS, co2, sunspots
from core.data.dataset import Quantity
from core.data.series import forecast_split

TRAIN = {"sunspots": sunspots.TRAIN_YEARS, "co2": co2.TRAIN_MONTHS}


def raw(name):
    """The series, read another way than the data room reads it."""
    if name == "sunspots":
        with sunspots.FILE.open() as file:
            return np.array([float(row[1]) for row in list(csv.reader(file))[1:]])
    table = pd.read_csv(co2.FILE)
    weeks = pd.Series(table["co2"].to_numpy(), pd.to_datetime(table["date"].astype(str)))
    return weeks.resample("MS").mean().interpolate().to_numpy()


def unscaled(name, array):
    quantity = DATASETS[name].quantity
    return array.astype(float) * quantity.spread + quantity.mean


@pytest.mark.parametrize("name", TRAIN)
def test_every_window_and_its_targets_are_the_series_itself(name):
    dataset, series = DATASETS[name], raw(name)
    split = dataset.load()
    past, ahead = dataset.shape[0], dataset.quantity.outputs
    parts = (
        (split.train_inputs, split.train_targets, 0),
        (split.test_inputs, split.test_targets, TRAIN[name] - past),
    )
    for inputs, targets, start in parts:
        for place in range(len(inputs)):
            window = series[start + place : start + place + past + ahead]
            window = window - (window[past - 1] if name == "co2" else 0)
            np.testing.assert_allclose(
                unscaled(name, inputs[place, :, 0]), window[:past], atol=1e-4
            )
            np.testing.assert_allclose(unscaled(name, targets[place]), window[past:], atol=1e-4)


def test_no_test_target_is_seen_in_training():
    # A series of its own places, on the scale of itself: what a number is says where it stood.
    places = Quantity("place", "", mean=0, spread=1, outputs=5)
    split = forecast_split(np.arange(100.0), 24, 70, places)
    assert split.train_targets.max() == 69 and split.test_targets.min() == 70
    assert split.test_targets.max() == 99 and split.test_inputs.min() == 70 - 24
    assert len(split.train_inputs) == 70 - 24 - 5 + 1 and len(split.test_inputs) == 100 - 70 - 5 + 1


@pytest.mark.parametrize("name", TRAIN)
def test_the_parts_are_cut_where_the_description_says(name):
    dataset = DATASETS[name]
    split = dataset.load()
    assert dataset.train_size + dataset.shape[0] + dataset.quantity.outputs - 1 == TRAIN[name]
    first_test_target = raw(name)[TRAIN[name]]
    if name == "co2":
        first_test_target -= raw(name)[TRAIN[name] - 1]
    assert unscaled(name, split.test_targets[0, 0]) == pytest.approx(first_test_target, abs=1e-4)
    years = {"sunspots": 1700 + TRAIN[name], "co2": 1958 + (TRAIN[name] + 2) // 12}
    assert f"tested on {years[name]}" in dataset.description


def test_the_months_without_a_measured_week_are_few_and_interpolated():
    table = pd.read_csv(co2.FILE)
    weeks = pd.Series(table["co2"].to_numpy(), pd.to_datetime(table["date"].astype(str)))
    empty = np.flatnonzero(weeks.resample("MS").count().to_numpy() == 0)
    assert 0 < len(empty) < 10
    months = co2.monthly()
    assert len(months) == 526 and np.isfinite(months).all()
    for place in empty:
        low, high = sorted((months[place - 1], months[place + 1]))
        assert low <= months[place] <= high

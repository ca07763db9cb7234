"""Recorded numbers as tables: every number once, in the place that its column names."""

import numpy as np
import pytest
import streamlit as st

from core.records import Array
from pages.shared.recorded import tabled, told
from pages.shared.scope import Seen
from tests.pages.conftest import sound

UNITS = np.arange(12, dtype=np.float16).reshape(3, 4)
FILTERS = np.arange(36, dtype=np.float16).reshape(2, 2, 3, 3)
MAPS = np.arange(48, dtype=np.float16).reshape(2, 2, 4, 3)  # two inputs, two maps of 4 × 3


@pytest.mark.parametrize("values", [np.array([1.0, -2.0]), UNITS, FILTERS], ids=["1", "2", "4"])
def test_a_row_is_a_unit_and_a_columns_name_says_which_of_its_weights(values):
    table = tabled(Array(values, 0.5))
    assert len(table) == len(values)
    if values.ndim == 1:
        assert list(table["value"]) == [0.5, -1.0]
    for unit, row in table.iterrows():
        for column, number in row.items() if values.ndim > 1 else ():
            place = tuple(map(int, column.split(", ")))
            assert number == values[(unit, *place)] * 0.5


def test_of_an_output_the_chosen_inputs_lines_follow_one_another():
    table = tabled(Array(MAPS), 1)
    np.testing.assert_array_equal(table.to_numpy(), MAPS[1].reshape(8, 3))
    assert list(tabled(Array(UNITS), 2)["value"]) == [8, 9, 10, 11]
    assert list(tabled(Array(UNITS), 99)["value"]) == [8, 9, 10, 11]


def test_a_single_number_is_a_table_of_one():
    assert tabled(Array(np.array(7.0))).to_numpy().tolist() == [[7.0]]


def test_arrays_are_called_as_on_the_pictures():
    assert told(("lstm1", "weight_hh_l0")) == "lstm1 · weights of the state"
    assert told(("linear1", "weight_gradient")) == "linear1 · gradient of the weights"
    assert told(("batchnorm1", "running_mean")) == "batchnorm1 · running mean"


def opened(key):
    """What the button gives while it is open."""
    place = st.container(key=f"{key}-table")
    place.open = True
    return place


@pytest.mark.parametrize("page", ["train.py", "weights.py", "layer.py", "functions.py"])
def test_the_numbers_under_a_scope_are_those_of_the_file(open_page, make_run, monkeypatch, page):
    run = make_run()
    monkeypatch.setattr("pages.shared.recorded.numbers_button", opened)
    tab = open_page(page, run=run.id, layer="linear1", step="4", probe="3")
    sound(tab)
    (choice,) = [box for box in tab.selectbox if box.label == "Numbers of"]
    assert ("linear1 · output" in choice.options) == (page != "weights.py")
    for option in choice.options:
        choice.select(option).run()
        layer, _, word = option.partition(" · ")
        kinds = {"output": "output", "weights": "weight", "bias": "bias"}
        if word not in kinds:
            continue
        (moment,) = run.moments([4], layer=layer, kinds=(kinds[word],))
        numbers = moment.arrays[layer, kinds[word]].numbers()
        wanted = numbers[3] if word == "output" else numbers
        table = next(t.value for t in tab.dataframe if t.value.size == wanted.size)
        np.testing.assert_array_equal(table.to_numpy().ravel(), wanted.ravel())


def test_twins_have_the_numbers_of_both_at_the_same_moment(open_page, make_run, monkeypatch):
    pair = make_run(), make_run(network="mlp")
    monkeypatch.setattr("pages.shared.recorded.numbers_button", opened)
    monkeypatch.setattr("pages.shared.sides.scope", lambda *_: Seen(4, 3, None, None))
    tab = open_page("twins.py", run=pair[0].id, twin=pair[1].id)
    boxes = [box for box in tab.selectbox if box.label == "Numbers of"]
    tables = [t.value for t in tab.dataframe if list(t.value.columns) == ["value"]]
    assert len(boxes) == len(tables) == 2
    for run, box, table in zip(pair, boxes, tables, strict=True):
        layer = box.value[0]
        (moment,) = run.moments([4], layer=layer, kinds=("output",))
        wanted = moment.arrays[layer, "output"].numbers()[3]
        np.testing.assert_array_equal(table["value"], wanted)

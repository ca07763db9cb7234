"""The numbers of figures as tables."""

import math

import numpy as np
import plotly.graph_objects as go
import pytest

from core.figures import FIGURES, loss_curve, probabilities, run_curves, weight_matrix
from core.figures.description import sentence
from core.figures.table import MOST_ROWS, tables
from tests.core.figures.test_every_figure import ARGUMENTS, VALUES


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_its_numbers_in_columns_of_one_length(name, values):
    fig = FIGURES[name](**ARGUMENTS[name](VALUES[values]))
    found = tables(fig)
    for columns in found.values():
        lengths = {len(column) for column in columns.values()}
        assert len(lengths) == 1 and max(lengths) <= MOST_ROWS
        numbers = [cell for column in columns.values() for cell in column]
        assert all(isinstance(cell, str | int | float | None) for cell in numbers)
        assert not [cell for cell in numbers if isinstance(cell, float) and not math.isfinite(cell)]
    if sentence(fig) != "Nothing to show yet.":
        assert found


def test_a_line_has_a_row_a_point_and_gaps_are_left_out():
    found = tables(run_curves({"a & b": ([1, 2, 3], [0.5, None, 0.25])}, quantity="loss"))
    (columns,) = found.values()
    assert columns == {"series": ["a & b"] * 2, "step": [1, 3], "loss": [0.5, 0.25]}


def test_two_lines_stand_below_each_other():
    fig = loss_curve([1, 2], [3.0, 2.0], held_out_steps=[2], held_out_loss=[2.5])
    (columns,) = tables(fig).values()
    assert list(zip(*columns.values(), strict=True)) == [
        ("training", 1, 3),
        ("training", 2, 2),
        ("held-out", 2, 2.5),
    ]


def test_a_picture_has_its_rows_and_columns():
    weights = np.array([[1.0, -0.5], [np.nan, 0.25]])
    columns = next(iter(tables(weight_matrix(weights)).values()))
    first, *values = columns.values()
    assert first == [0, 1] and values == [[1, None], [-0.5, 0.25]]


def test_bars_stand_beside_their_names():
    (columns,) = tables(probabilities(["cat", "<b>"], [0.75, 0.25], true_class=0)).values()
    flat = [cell for column in columns.values() for cell in column]
    assert {"cat (true)", "<b>", 75, 25} <= set(flat)


def test_columns_of_one_name_are_counted():
    fig = go.Figure([go.Heatmap(z=[[n, n]], name="all") for n in range(4)])
    assert list(tables(fig)) == ["all", "all 2", "all 3", "all 4"]

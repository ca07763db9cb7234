"""One senseless number does not flatten a figure, and the figure says what it leaves out."""

import numpy as np
import pytest

from core.figures import (
    accuracy_curve,
    loss_curve,
    race_curves,
    race_frontier,
    race_sizes,
    run_curves,
)

STEPS = np.arange(1, 51)
WILD = np.where(STEPS == 7, -4.2e21, np.linspace(0.2, 0.9, 50))
FIGURES = {
    "accuracy_curve": lambda y: accuracy_curve(STEPS, y, STEPS[::10], y[::10]),
    "run_curves": lambda y: run_curves({"a": (STEPS, y)}, percent=True),
    "race_curves": lambda y: race_curves({"a": [(STEPS, y, "")]}, x_title="examples"),
    "race_sizes": lambda y: race_sizes(
        [1, 2], {"a": [(y[6], y[6], y[6]), (0.8, 0.7, 0.9)]}, x_title="inputs",
        points={"a": [(1, y[6], ""), (2, 0.8, "")]},
    ),
    "race_frontier": lambda y: race_frontier(
        {"a": [(n, score, "") for n, score in zip(STEPS, y, strict=True)]}, x_title="seconds"
    ),
}  # fmt: skip


def test_losses_are_on_a_logarithmic_axis_and_shares_are_not():
    lines = {"a": (STEPS, np.linspace(0.2, 0.9, 50))}
    assert run_curves(lines).layout.yaxis.type == "log"
    assert run_curves(lines, percent=True).layout.yaxis.type is None


def told(fig):
    return " ".join(one.text for one in fig.layout.annotations if one.name == "caption")


@pytest.mark.parametrize("name", FIGURES)
def test_a_score_far_below_zero_leaves_the_axis_useful(name):
    low, high = FIGURES[name](WILD).layout.yaxis.range
    assert low >= -110 and 80 < high < 110
    assert "lie below" in told(FIGURES[name](WILD)).replace("<br>", " ")


@pytest.mark.parametrize("name", FIGURES)
def test_scores_within_sense_are_drawn_as_before(name):
    assert "lie below" not in told(FIGURES[name](np.abs(WILD).clip(0, 1))).replace("<br>", " ")


def test_scores_that_are_all_senseless_have_an_axis_too():
    low, high = accuracy_curve(STEPS, np.full(50, -1e20)).layout.yaxis.range
    assert low < high and abs(low) <= 110


def test_one_huge_loss_makes_the_axis_logarithmic_and_says_so():
    loss = np.where(STEPS == 3, 1e24, 2.3)
    fig = loss_curve(STEPS, loss)
    assert fig.layout.yaxis.type == "log" and "1e+24" in told(fig)
    plain = loss_curve(STEPS, np.linspace(2.3, 0.01, 50))
    assert plain.layout.yaxis.type is None and not told(plain)

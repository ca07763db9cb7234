"""Freshness: when a page about a run is drawn again."""

import math

import pytest

from pages.shared import fresh


class DrawnAgain(Exception):
    """What stands for a rerun here."""


@pytest.mark.parametrize(
    "shown, state, due, again",
    [
        ("all", "running", -math.inf, False),
        ("fewer", "running", -math.inf, True),
        ("fewer", "running", math.inf, False),  # live pictures have the time instead
        ("none", "running", math.inf, True),  # there was nothing to see before
        ("all", "waiting", math.inf, True),
    ],
)
def test_a_page_is_drawn_again_when_there_is_more(make_run, monkeypatch, shown, state, due, again):
    def rerun():
        raise DrawnAgain

    monkeypatch.setattr(fresh.st, "rerun", rerun)
    run = make_run("running")
    steps = len(run.steps())
    known = {"all": steps, "fewer": steps - 1, "none": 0}[shown]
    try:
        fresh._look(run, known, state, due)
        found = False
    except DrawnAgain:
        found = True
    assert found == again and steps > 1

"""Presentation mode without a browser: every page opens in it, and charts are larger."""

import json

import plotly.graph_objects as go
import pytest

from core.figures import FIGURES
from pages.shared import presenting
from tests.browser.dashboard import PAGES
from tests.core.figures.test_every_figure import ARGUMENTS, VALUES
from tests.pages.conftest import sound


def looks(tab):
    """The styles that make a page larger; the frame has one of its own."""
    return [one for one in tab.get("html") if "--layerscope-zoom" in str(one.proto)]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_the_mode(open_page, make_run, page):
    tab = sound(open_page(f"{page}.py", run=make_run().id, present="1"))
    assert [button for button in tab.button if button.label == "Leave"]
    (look,) = looks(tab)
    assert f"--layerscope-zoom: {presenting.LARGER};" in str(look.proto)
    assert f"font-size: {15 * presenting.LARGER}px" in str(look.proto)


def test_without_it_there_is_nothing_of_it(open_page, make_run):
    tab = open_page("weights.py", run=make_run().id, present="yes")
    assert [button for button in tab.button if button.label == "Present"]
    assert not looks(tab)


def test_the_button_enters_and_leaves(open_page, make_run):
    tab = open_page("weights.py", run=make_run().id)
    sound(next(button for button in tab.button if button.label == "Present").click().run())
    assert tab.query_params["present"] == "1"
    sound(next(button for button in tab.button if button.label == "Leave").click().run())
    assert "present" not in tab.query_params


@pytest.mark.parametrize("name", FIGURES)
def test_an_enlarged_figure_shows_the_same_in_larger_type(name, monkeypatch):
    fig = FIGURES[name](**ARGUMENTS[name](VALUES["normal"]))
    assert presenting.enlarged(fig) is fig
    monkeypatch.setattr(presenting, "presenting", lambda: True)
    large = presenting.enlarged(fig)
    go.Figure(json.loads(large.to_json()))  # Plotly's own check
    assert large.layout.height == pytest.approx(fig.layout.height * presenting.LARGER)
    for axis in ("xaxis", "yaxis"):
        small = fig.layout[axis].title.font.size
        assert large.layout[axis].title.font.size == pytest.approx(small * presenting.LARGER)
    assert len(large.data) == len(fig.data)
    for one, other in zip(large.data, fig.data, strict=True):
        before, after = (json.loads(go.Figure([t]).to_json())["data"][0] for t in (other, one))
        assert [before.get(axis) for axis in "xyz"] == [after.get(axis) for axis in "xyz"]

"""No page tells arithmetic that does not come to what PyTorch gave."""

import importlib

import pytest
import torch
from torch import nn

import layerscope
from core.pictures import unpack
from core.pictures.guarded import NOT_DRAWN
from pages.shared import anatomy
from tests.core.foreign.kinds import Steps, normalised
from tests.core.foreign.test_checking import OTHERWISE
from tests.pages.conftest import said, scopes
from tests.pages.test_windows import ARITHMETIC


def parts():
    return {"body": nn.Linear(5, 4), "act": nn.ReLU()}


def looked(network, inputs):
    torch.manual_seed(0)
    with layerscope.watch(network, inputs) as seen:
        pass
    return seen.run


@pytest.mark.parametrize("name", [n for n, (*_, layer) in OTHERWISE.items() if layer != "act"])
def test_a_window_whose_input_is_not_known_says_so(open_page, home, listener, name):
    network, inputs, layer = OTHERWISE[name]
    run = looked(network, inputs)
    tab = open_page("layer.py", run=run.id, layer=layer)
    text = said(tab)
    assert "PyTorch gave" not in text and not tab.error
    assert f"What {layer} was given is not known here" in text


def test_a_window_whose_input_is_known_comes_to_what_pytorch_gave(open_page, home, listener):
    run = looked(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), normalised(3, 3, 9, 9))
    found = ARITHMETIC.search(said(open_page("layer.py", run=run.id, layer="0")))
    assert found and float(found[1]) == pytest.approx(float(found[4].rstrip(".")), abs=2e-3)


@pytest.mark.parametrize("name", [n for n, (*_, layer) in OTHERWISE.items() if layer == "act"])
def test_a_function_whose_numbers_are_not_known_is_not_drawn_with_others(
    open_page, home, listener, name
):
    network, inputs, layer = OTHERWISE[name]
    run = looked(network, inputs)
    header, _ = unpack(scopes(open_page("functions.py", run=run.id))[0])
    card = next(one for one in header["cards"] if one["id"] == layer)
    assert not card["planes"] and "not known here" in card["note"]
    assert layer in header["frames"][-1]["numbers"], "what was counted while it ran is told"
    inside, _ = unpack(scopes(open_page("layer.py", run=run.id, layer=layer))[0])
    assert not [one for one in inside["cards"] if one["title"].startswith("from ")]


def test_gates_are_not_computed_of_what_was_not_given(open_page, home, listener):
    reads = nn.GRU(5, 6, batch_first=True)
    network = Steps(lambda s, x: s.reads(2 * x)[0], reads=reads)
    run = looked(network, torch.randn(3, 7, 5))
    header, _ = unpack(scopes(open_page("layer.py", run=run.id, layer="reads"))[0])
    titles = [card["title"] for card in header["cards"]]
    assert not [title for title in titles if "gate" in title]
    assert "is not known here" in " ".join(card["note"] for card in header["cards"])


def test_a_function_is_laid_beside_its_input_only_where_that_is_known(
    open_page, home, listener, monkeypatch
):
    pairs = []
    module = importlib.import_module("core.figures.unit_activations")
    real = module.unit_activations
    monkeypatch.setattr(
        module,
        "unit_activations",
        lambda before, after: pairs.append((before, after)) or real(before, after),
    )
    plain = looked(Steps(lambda s, x: s.act(s.body(x)), **parts()), torch.randn(3, 5))
    open_page("activations.py", run=plain.id)
    assert pairs[-1][0] is not None and pairs[-1][1] is not None
    changed = looked(Steps(lambda s, x: s.act(-s.body(x)), **parts()), torch.randn(3, 5))
    open_page("activations.py", run=changed.id)
    assert pairs[-1][0] is None and pairs[-1][1] is not None


def test_a_part_of_a_page_that_fails_leaves_the_rest(
    open_page, home, listener, monkeypatch, caplog
):
    run = looked(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), normalised(3, 3, 9, 9))
    monkeypatch.setitem(anatomy.DRAWERS, "conv2d", lambda here: 1 / 0)
    tab = open_page("layer.py", run=run.id, layer="0")
    assert NOT_DRAWN in said(tab) and "As recorded, with 16 bits" in said(tab)
    assert "ZeroDivisionError" in caplog.text

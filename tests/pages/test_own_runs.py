"""Runs on data that a person brought, on every page: with the data, and where it is gone."""

import numpy as np
import pytest

from core import pictures, runs
from core.data.own import kept
from core.exchange import exported, imported
from core.settings import settings_from
from tests.core.data.own.files import KINDS, csv_of, from_table, own_settings
from tests.pages.conftest import PAGES, said


def warns(tab, run):
    """Whether the page warns of more than that a few steps taught the network nothing."""
    return len(tab.warning) > (run.summary().outcome == "learned_nothing")


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    """Nobody holds data."""
    monkeypatch.setattr(kept, "_users", {})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_a_run_on_own_data(open_page, make_run, page, kind):
    run = make_run(settings=own_settings(kind))
    tab = open_page(page, run=run.id)
    assert not tab.error and not warns(tab, run)
    if page == "train.py":
        component = next(c for c in tab.get("bidi_component") if "scope" in c.proto.component_name)
        header, _ = pictures.unpack(component.proto.bytes)
        assert len(header["probes"]) == len(header["frames"][0]["bars"])
    if page == "runs.py":
        assert run.settings().own.title in tab.dataframe[0].value["Data"].tolist()


NEEDS_INPUTS = ("activations.py",)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", PAGES)
def test_without_its_data_a_run_is_shown_as_far_as_it_goes(open_page, make_run, page, kind):
    file = exported(make_run(settings=own_settings(kind)))
    kept.let_go("a test")
    run = imported(file)
    tab = open_page(page, run=run.id)
    assert ("The inputs are blank" in said(tab)) == (
        page in ("train.py", "layer.py", "functions.py")
    )
    told = [error.value for error in tab.error]
    assert all("not on this machine" in sentence for sentence in told)
    assert bool(told) == (page in NEEDS_INPUTS)
    assert len(runs.ids()) == 2


def test_what_was_seen_with_the_data_is_not_shown_without_it(open_page, make_run):
    run = make_run(settings=own_settings("pictures"))

    def seen() -> bytes:
        tab = open_page(run=run.id)
        strip = next(c for c in tab.get("bidi_component") if "scope" in c.proto.component_name)
        return bytes(strip.proto.bytes)

    with_data = seen()
    kept.let_go("a test")
    without = seen()
    own_settings("pictures")
    assert without != with_data == seen()


@pytest.mark.parametrize(("columns", "classes"), [(1, 2), (2, 40), (120, 100), (784, 10)])
def test_few_and_many_columns_and_classes_are_drawn(open_page, make_run, columns, classes):
    chance, rows = np.random.default_rng(0), 5 * classes + 20
    numbers = {f"column number {n}": chance.normal(size=rows) for n in range(columns)}
    table = csv_of(**numbers, y=[f"class {n % classes}" for n in range(rows)])
    own = from_table(table, "y").store("a test")
    given = {"data": "own", "own": own, "architecture": "tabular", "epochs": 1}
    run = make_run(settings=settings_from(given))
    for page in PAGES:
        tab = open_page(page, run=run.id)
        assert not tab.error and not warns(tab, run)

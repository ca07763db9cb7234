"""The pages for every architecture on every data set that fits it: every figure draws."""

import pytest

from core import runs
from core.data import DATASETS
from core.pictures import unpack
from core.pictures.inside_views import IN_PART, KINDS
from core.records import Event
from core.runfile import Writer
from core.tasks import fitting
from pages.shared.anatomy import DRAWERS, FROM_WHAT_IS_GIVEN
from tests.core.pictures.recorded import of_architecture
from tests.pages.conftest import scopes

CASES = [(data, name) for data, dataset in DATASETS.items() for name in fitting(dataset)]
NEED_THE_DATA = ("rnn", "lstm", "gru", *FROM_WHAT_IS_GIVEN)
"""Kinds whose own figures may need the data set, which may not be on this machine."""


@pytest.fixture
def make_run(home, listener):
    """Write a run of two recorded steps on random inputs."""

    def make_run(data, name):
        seen = of_architecture(data, name)
        run = runs.create(seen.settings, "")
        writer = Writer(run.path)
        writer.append([Event(0, "started"), *seen.moments, Event(1, "stopped", "", 0.1)])
        writer.close()
        return run

    return make_run


def charts(tab):
    return [one.proto.spec for one in tab.get("plotly_chart")]


def alts(tab):
    return [one.proto.alt for one in tab.get("plotly_chart")]


def cards(tab):
    return unpack(scopes(tab)[0])[0]["cards"]


@pytest.mark.parametrize("data, name", CASES)
def test_every_layer_draws(open_page, make_run, data, name):
    run = make_run(data, name)
    layers = run.settings().drawn_layers
    here = DATASETS[data].is_here()
    tab = open_page("activations.py", run=run.id, step="1")
    assert bool(tab.error) != here
    assert not here or len(charts(tab)) >= len(layers)
    told = [image.alt for one in tab.get("image") for image in one.proto.imgs]
    told += [alt for alt in alts(tab) if alt.startswith("The input, ")]
    drawn = DATASETS[data].kind in ("image", "sequence") and here
    assert len(told) == drawn and all(text.startswith("The input, ") for text in told)
    for view in ("pictures", "matrix", "distributions"):
        assert not open_page("weights.py", run=run.id, view=view).error
    for layer in {layer.kind: layer for layer in layers}.values():
        tab = open_page("layer.py", run=run.id, layer=layer.name, step="0")
        assert not tab.error
        assert tab.subheader[0].value == layer.name
        assert f"Chosen is {layer.name}." in tab.get("graphviz_chart")[0].proto.alt
        if here or layer.kind not in NEED_THE_DATA:
            assert bool(charts(tab)) == (layer.kind in DRAWERS)
        if here and layer.kind in KINDS:
            assert len(cards(tab)) >= 2 * len(layer.pictured) + 2, "no gates, no maps"
            assert IN_PART not in str(cards(tab))

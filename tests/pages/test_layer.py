"""The page inside a layer: each kind in its own way, its arithmetic that of torch."""

import json
import re

import numpy as np
import pytest
import torch

from core import live, pictures
from core.data import DATASETS, as_fed
from core.settings import settings_from
from pages.shared import anatomy, packed
from pages.shared.scope import Seen
from tests.core.small_runs import small
from tests.pages.conftest import said, scopes

torch.set_num_threads(1)
MIXED = (
    *({"kind": "conv2d", "filters": 4, "padding": 1}, {"kind": "batchnorm"}),
    *({"kind": "activation"}, {"kind": "maxpool2d", "size": 3, "stride": 2, "padding": 1}),
    *({"kind": "conv2d", "filters": 6, "stride": 2}, {"kind": "groupnorm", "groups": 2}),
    *({"kind": "flatten"}, {"kind": "layernorm"}, {"kind": "dropout", "share": 0.25}),
    {"kind": "linear", "units": 10},
)


def charts(tab):
    return [json.loads(one.proto.spec) for one in tab.get("plotly_chart")]


def sent(tab) -> bytes:
    return scopes(tab)[0]


def mixed(**changes):
    given = {"data": "digits", "share": 0.25, "epochs": 1, "bricks": MIXED, "learning_rate": 0.01}
    return settings_from({**given, **changes})


def output(run, name, step, probe):
    moment = run.moments([step], layer=name, kinds=("output",))[0]
    return torch.from_numpy(moment.arrays[name, "output"].numbers()[probe])


def weights(run, name, step):
    moment = run.moments([step], layer=name)[0]
    return [torch.from_numpy(moment.arrays[name, k].numbers()) for k in ("weight", "bias")]


def image(probe):
    dataset = DATASETS["digits"]
    split = dataset.load()
    return torch.from_numpy(as_fed(split.test_inputs[dataset.probes(split)[probe]]))


@pytest.mark.parametrize("settings", [mixed(), small("images"), small("steps")], ids=range(3))
def test_every_layer_has_its_inside(open_page, make_run, settings):
    run = make_run(settings=settings)
    for layer in settings.drawn_layers:
        tab = open_page("layer.py", run=run.id, layer=layer.name)
        assert not tab.error and not tab.warning
        assert tab.subheader[0].value == layer.name
        assert layer.formula in said(tab) and layer.sizes in said(tab)
        header, _ = pictures.unpack(sent(tab))
        ids = [card["id"] for card in header["cards"]]
        assert ids[0] == "input" and {f"{layer.name}/{array}" for array in layer.pictured} < {*ids}
        shown = layer.kind in anatomy.DRAWERS and layer.kind != "dropout"  # no mask at the end
        assert bool(charts(tab)) == shown
        (diagram,) = tab.get("graphviz_chart")
        assert f'"{layer.name}"' in diagram.proto.spec or "." in layer.place
        if "." not in layer.place:
            assert re.search(rf'"{layer.name}" \[.*penwidth', diagram.proto.spec)


def test_a_link_to_a_layer_or_a_moment_that_is_not_there_falls_back(open_page, make_run):
    run = make_run()
    for wrong in ("conv9", "", "<b>", "linear1 "):
        tab = open_page("layer.py", run=run.id, layer=wrong, step="777", map="9", row="-1")
        assert tab.subheader[0].value == "linear1"


@pytest.mark.parametrize("step", ["0", "11"])
def test_a_normalisation_shows_what_came_and_what_went(open_page, make_run, step):
    run = make_run(settings=mixed())
    for name in ("batchnorm1", "groupnorm1"):
        tab = open_page("layer.py", run=run.id, layer=name, step=step, probe="6")
        shown = tab.dataframe[0].value
        weight, bias = weights(run, name, int(step))
        np.testing.assert_allclose(shown["γ"], weight, rtol=1e-5)
        np.testing.assert_allclose(shown["β"], bias, rtol=1e-5)
        if name == "batchnorm1":
            moment = run.moments([int(step)], layer=name)[0]
            for kind, title in anatomy.NORM_COLUMNS.items():
                recorded = moment.arrays[name, kind].numbers()
                np.testing.assert_allclose(shown[title], recorded, rtol=1e-5)
            assert "the running ones" in said(tab) and "No batch follows" not in said(tab)
    last = open_page("layer.py", run=run.id, layer="batchnorm1", step=str(run.steps()[-1]))
    assert "this batch's mean" not in last.dataframe[0].value and "No batch follows" in said(last)


def test_what_passes_on_is_that_of_the_chosen_input(open_page, make_run, monkeypatch):
    """A layer after Flatten is given what the layer before Flatten made of the chosen input."""
    seen, drawn = [], anatomy.before_after
    monkeypatch.setattr(
        anatomy, "before_after", lambda *pair, **more: seen.append(pair) or drawn(*pair, **more)
    )
    run = make_run(settings=mixed())
    for probe in (0, 6):
        open_page("layer.py", run=run.id, layer="layernorm1", step="5", probe=str(probe))
        given, gave = seen[-1]
        np.testing.assert_array_equal(given, output(run, "groupnorm1", 5, probe).flatten())
        np.testing.assert_array_equal(gave, output(run, "layernorm1", 5, probe))


def test_of_a_norm_recorded_in_part_the_recorded_part_is_shown(open_page, make_run):
    run = make_run(settings=small("mlp", epochs=1, recorded_units=4))
    tab = open_page("layer.py", run=run.id, layer="batchnorm1")
    assert not tab.error
    shown = tab.dataframe[0].value
    assert len(shown) == 4 and "running mean" in shown


def test_dropout_says_what_it_leaves_out(open_page, make_run):
    run = make_run(settings=mixed())
    assert "with a probability of 25%" in said(open_page("layer.py", run=run.id, layer="dropout1"))


def test_an_embedding_lies_on_a_plane_with_its_symbols(open_page, make_run):
    bricks = (
        *({"kind": "embedding", "symbols": 12, "features": 5}, {"kind": "lstm", "units": 4}),
        *({"kind": "laststep"}, {"kind": "linear", "units": 8}),
    )
    run = make_run(settings=mixed(data="recall", share=0.05, bricks=bricks))
    tab = open_page("layer.py", run=run.id, layer="embedding1")
    (points,) = [t for t in charts(tab)[0]["data"] if "A" in str(t.get("text", ""))][:1]
    assert [str(text) for text in points["text"]] == list(DATASETS["recall"].alphabet)


@pytest.mark.parametrize("kind, name", [("residual", "residual1"), ("branches", "branches1")])
def test_a_container_says_how_much_comes_through_each(open_page, make_run, kind, name):
    run = make_run(settings=small("images"))
    tab = open_page("layer.py", run=run.id, layer=name)
    assert "as a share of all, over the run" in said(tab)
    moments = run.moments(layer=name, kinds=())
    over = next(c for c in charts(tab) if len(c["data"]) and "scatter" in str(c["data"][0]))
    assert moments[-1].numbers[name] and over["data"]


@pytest.mark.parametrize("network, name", [("steps", "lstm1"), ("steps", "selfattention1")])
def test_gates_and_maps_are_shown_for_every_moment(open_page, make_run, network, name):
    run = make_run(settings=small(network, epochs=1))
    tab = open_page("layer.py", run=run.id, layer=name, step="4", probe="3")
    header, _ = pictures.unpack(sent(tab))
    assert [frame["step"] for frame in header["frames"]] == run.steps()
    assert (header["view"], header["step"], header["probe"]) == ("inside", 4, 3)
    assert "computed from the weights recorded at each" in said(tab)
    ids = {card["id"] for card in header["cards"]}
    wanted = ("forget gate", "cell", "hidden") if name == "lstm1" else ("head 1", "head 2")
    assert all(any(one.startswith(word) for one in ids) for word in wanted)


def test_a_link_to_an_input_that_no_moment_has_opens_at_the_last(open_page, make_run):
    run = make_run(settings=small("steps", epochs=1))
    tab = open_page("layer.py", run=run.id, layer="gru1", probe="99")
    assert pictures.unpack(sent(tab))[0]["probe"] == 9


def test_a_large_layer_has_fewer_moments_and_keeps_the_first_and_the_last(
    open_page, make_run, monkeypatch
):
    run = make_run(settings=mixed())
    monkeypatch.setattr(packed, "MOST_BYTES", 1)
    packed.inside.clear()
    header, _ = pictures.unpack(sent(open_page("layer.py", run=run.id, layer="conv2")))
    steps, found = run.steps(), [frame["step"] for frame in header["frames"]]
    assert len(found) == packed.LEAST_FRAMES < len(steps)
    assert set(found) < set(steps) and found[0] == steps[0] and found[-1] == steps[-1]
    packed.inside.clear()


def test_while_it_trains_the_browser_is_told_where_the_layer_is_live(
    open_page, make_run, monkeypatch
):
    monkeypatch.setattr(live, "route_is_open", False)
    run = make_run("running", settings=mixed())
    header, _ = pictures.unpack(sent(open_page("layer.py", run=run.id, layer="conv2")))
    assert header["url"] is None
    monkeypatch.setattr(live, "route_is_open", True)
    header, _ = pictures.unpack(sent(open_page("layer.py", run=run.id, layer="conv2")))
    assert (header["url"], header["live"]) == (f"/live/{run.id}/conv2", True)


def test_every_layer_of_which_some_units_were_recorded_has_its_inside(open_page, make_run):
    run = make_run(settings=mixed(recorded_units=2))
    for layer in mixed().drawn_layers:
        tab = open_page("layer.py", run=run.id, layer=layer.name, map="1")
        assert not tab.error
        assert bool(charts(tab)) == (layer.kind in anatomy.FROM_WHAT_IS_GIVEN)


def clicking(monkeypatch, **clicked):
    """Let the page's scope say once that this was clicked."""
    clicks = [Seen(None, None, clicked.get("layer"), None, clicked.get("unit"))]
    nothing = Seen(None, None, None, None)
    monkeypatch.setattr("pages.shared.scope.scope", lambda *_: clicks.pop() if clicks else nothing)


def test_a_click_on_the_title_of_another_layer_opens_it(open_page, make_run, monkeypatch):
    run = make_run(network="lenet")
    clicking(monkeypatch, layer="relu1/output")
    tab = open_page("layer.py", run=run.id, layer="conv1")
    assert tab.session_state["layer"] == "relu1"
    assert tab.subheader[0].value == "relu1"


def test_a_click_on_the_title_of_the_weights_opens_their_page(open_page, make_run, monkeypatch):
    run = make_run(network="lenet")
    clicking(monkeypatch, layer="conv2/weight")
    tab = open_page("layer.py", run=run.id, layer="conv2")
    assert tab.session_state["layer"] == "conv2"
    assert "Seen as" in [group.label for group in tab.get("button_group")]


def test_a_click_on_a_number_opens_how_it_is_made(open_page, make_run, monkeypatch):
    run = make_run(network="lenet")
    clicking(monkeypatch, unit=("conv1", (1, 2, 3)))
    tab = open_page("layer.py", run=run.id, layer="conv1")
    assert "2 · Forward" in said(tab) and "channel 1 · row 2 · column 3" in said(tab)

"""The page inside a layer: each kind in its own way, its arithmetic that of torch."""

import json
import re

import numpy as np
import pytest
import torch

from core import pictures
from core.architectures.bricks.sequences import GATES
from core.data import DATASETS, as_fed
from core.settings import settings_from
from pages.shared import anatomy
from pages.shared.windows import patch
from tests.core.small_runs import small
from tests.pages.conftest import said, sound

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
    return tab.get("bidi_component")[0].proto.bytes


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
        inside = layer.kind in pictures.KINDS
        assert len(tab.get("bidi_component")) == inside
        assert bool(charts(tab)) != (inside and layer.kind not in GATES)
        (diagram,) = tab.get("graphviz_chart")
        assert f'"{layer.name}"' in diagram.proto.spec or "." in layer.place
        if "." not in layer.place:
            assert re.search(rf'"{layer.name}" \[.*penwidth', diagram.proto.spec)


def test_the_blocks_are_folded_until_asked(open_page, make_run):
    run = make_run(settings=small("images"))
    tab = open_page("layer.py", run=run.id)
    assert "subgraph" not in tab.get("graphviz_chart")[0].proto.spec
    tab.toggle[0].set_value(True).run()
    assert sound(tab).get("graphviz_chart")[0].proto.spec.count("subgraph") == 4
    assert not open_page("layer.py", run=make_run().id).toggle


def test_a_link_to_a_layer_or_a_moment_that_is_not_there_falls_back(open_page, make_run):
    run = make_run()
    for wrong in ("conv9", "", "<b>", "linear1 "):
        tab = open_page("layer.py", run=run.id, layer=wrong, step="777", map="9", row="-1")
        assert tab.subheader[0].value == "linear1"


@pytest.mark.parametrize("probe, place", [(0, (0, 3, 3)), (7, (2, 0, 0)), (4, (3, 7, 7))])
@pytest.mark.parametrize("name", ["conv1", "conv2"])
def test_the_arithmetic_of_a_convolution_is_torchs(open_page, make_run, name, probe, place):
    run = make_run(settings=mixed())
    place = place if name == "conv1" else (place[0], 0, 0)  # all there is of its map
    asked = dict(zip(("map", "row", "column"), map(str, place), strict=True))
    tab = open_page("layer.py", run=run.id, layer=name, input=str(probe), step="6", **asked)
    weight, bias = weights(run, name, 6)
    given = image(probe) if name == "conv1" else output(run, "maxpool1", 6, probe)
    stride, padding = (1, 1) if name == "conv1" else (2, 0)
    expected = torch.nn.functional.conv2d(given[None], weight, bias, stride, padding)[0]
    text = said(tab)
    found = re.search(r"that is ([-\d.e]+); recorded at row (\d+), column (\d+): ([-\d.e]+)", text)
    assert (int(found[2]), int(found[3])) == place[1:]
    assert float(found[1]) == pytest.approx(expected[place].item(), rel=1e-3, abs=1e-3)
    recorded = output(run, name, 6, probe)[place].item()
    assert float(found[4].rstrip(".")) == pytest.approx(recorded, rel=1e-3, abs=1e-4)
    assert ("all 4 channels" in text) == (name == "conv2")


@pytest.mark.parametrize("pool", ["maxpool2d", "avgpool2d"])
@pytest.mark.parametrize("padding, row", [(0, 0), (1, 0), (1, 2)])
def test_the_window_of_a_pooling_is_torchs(open_page, make_run, pool, padding, row):
    bricks = (
        *({"kind": "conv2d", "filters": 3, "padding": 1}, {"kind": pool, "size": 3, "stride": 2}),
        *({"kind": "flatten"}, {"kind": "linear", "units": 10}),
    )
    bricks[1]["padding"] = padding
    run = make_run(settings=mixed(bricks=bricks))
    name = pool.removesuffix("2d") + "1"
    asked = {"map": "2", "row": str(row), "column": "1", "input": "5", "step": "9"}
    tab = open_page("layer.py", run=run.id, layer=name, **asked)
    given = output(run, "conv1", 9, 5)
    function = getattr(torch.nn.functional, "max_pool2d" if pool[0] == "m" else "avg_pool2d")
    expected = function(given[None], 3, 2, padding)[0][2, row, 1].item()
    found = re.search(r"(?:largest, |mean is )([-\d.e]+)", said(tab))
    assert float(found[1]) == pytest.approx(expected, rel=1e-3, abs=1e-4)
    recorded = output(run, name, 9, 5)[2, row, 1].item()
    told = re.search(r"[Rr]ecorded: ([-\d.e]+)", said(tab).replace("\\", ""))
    assert float(told[1].rstrip(".")) == pytest.approx(recorded, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("kind, size, stride, padding", [
    ("conv2d", 3, 1, 1), ("conv2d", 5, 2, 0), ("maxpool2d", 2, None, 0), ("avgpool2d", 3, 2, 1),
])  # fmt: skip
def test_the_patch_is_what_unfold_gives(kind, size, stride, padding):
    brick = {"kind": kind, "padding": padding, "kernel" if kind == "conv2d" else "size": size}
    brick |= {"filters": 2} if kind == "conv2d" else {}
    brick |= {"stride": stride} if stride else {}
    bricks = ({"kind": "conv2d", "filters": 4, "padding": 1}, brick, {"kind": "flatten"})
    layer = mixed(bricks=(*bricks, {"kind": "linear", "units": 10})).layers[1]
    given = torch.rand(4, 8, 8, generator=torch.Generator().manual_seed(1))
    parts = torch.nn.functional.unfold(given[None], size, 1, padding, stride or size)[0]
    _, height, width = layer.output_shape
    for row in range(height):
        for column in range(width):
            seen = patch(given.numpy(), layer, row, column)
            true = parts[:, row * width + column].reshape(4, size, size).numpy()
            np.testing.assert_allclose(np.where(np.isfinite(seen), seen, 0), true)


@pytest.mark.parametrize("step", ["0", "11"])
def test_a_normalisation_shows_what_came_and_what_went(open_page, make_run, step):
    run = make_run(settings=mixed())
    for name, before in (("batchnorm1", "conv1"), ("groupnorm1", "conv2")):
        tab = open_page("layer.py", run=run.id, layer=name, step=step, input="6")
        shown = tab.dataframe[0].value
        weight, bias = weights(run, name, int(step))
        np.testing.assert_allclose(shown["γ"], weight, rtol=1e-5)
        np.testing.assert_allclose(shown["β"], bias, rtol=1e-5)
        if name == "batchnorm1":
            given = output(run, before, int(step), 6)
            np.testing.assert_allclose(shown["mean of this input"], given.mean((1, 2)), atol=1e-5)
            assert "the running ones" in said(tab)


def test_what_passes_on_is_that_of_the_chosen_input(open_page, make_run, monkeypatch):
    """A layer after Flatten is given what the layer before Flatten made of the chosen input."""
    seen, drawn = [], anatomy.before_after
    monkeypatch.setattr(
        anatomy, "before_after", lambda *pair, **more: seen.append(pair) or drawn(*pair, **more)
    )
    run = make_run(settings=mixed())
    for probe in (0, 6):
        open_page("layer.py", run=run.id, layer="layernorm1", step="5", input=str(probe))
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
    assert "Computed from the weights recorded at each moment" in said(tab)


def test_a_link_to_an_input_that_no_moment_has_opens_at_the_last(open_page, make_run):
    run = make_run(settings=small("steps", epochs=1))
    tab = open_page("layer.py", run=run.id, layer="gru1", probe="99")
    assert pictures.unpack(sent(tab))[0]["probe"] == 9


def test_any_other_input_is_computed_by_a_worker(open_page, make_run, listener):
    run = make_run(settings=mixed())
    tab = open_page("layer.py", run=run.id, layer="conv2", input="any image", image="123", step="3")
    assert listener.told == [("outputs", (1, 1, 8, 8))]
    assert "weights of 16 bits" in said(tab) and "The products add up to" in said(tab)


def test_a_layer_of_which_some_units_were_recorded_says_so(open_page, make_run):
    run = make_run(settings=mixed(recorded_units=2))
    for layer in mixed().drawn_layers:
        tab = open_page("layer.py", run=run.id, layer=layer.name, map="1")
        assert not tab.error
    assert "recorded in part only" in said(open_page("layer.py", run=run.id, layer="conv2"))

"""The strip of every kind of data with every architecture that fits: all lies where it should."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.data import DATASETS
from core.pictures import blank_probes, live_frame, says, strip, told_weights, unpack
from core.pictures.panels import GATE_NAMES, MOST_WEIGHTS, weight_panel
from core.recurrent import gates
from core.settings import settings_from
from core.tasks import fitting
from tests.core.pictures.recorded import Seen, assert_shows, of_architecture, of_bricks

DATA = (
    *("digits", "cifar10", "xor", "carseats", "sunspots", "adding"),
    *("waveforms", "first_names", "letters", "recall"),
)
CASES = [(data, name) for data in DATA for name in fitting(DATASETS[data])]


def packed_of(seen: Seen, **changes) -> bytes:
    said = {"live": False, "url": None} | changes
    return strip("run", "title", seen.settings.drawn_layers, seen.probes, seen.moments, **said)


def test_every_kind_of_data_and_every_task_is_among_these():
    pairs = {(d.kind, d.task) for d in DATASETS.values()}
    assert {(DATASETS[name].kind, DATASETS[name].task) for name in DATA} == pairs


@pytest.mark.parametrize("data, name", CASES)
def test_the_strip_lies_as_its_header_says_and_goes_on_live(data, name):
    seen = of_architecture(data, name)
    layers = seen.settings.drawn_layers
    header, body = unpack(packed_of(seen))
    ids = [card["id"] for card in header["cards"]]
    assert ids == ["input", *(layer.name for layer in layers), "prediction"]
    ends, names = {True: 0, False: 0}, []
    for card in header["cards"]:
        for plane in card["planes"]:
            assert plane["offset"] == ends[plane["still"]], plane["id"]
            size = plane["probes"] * plane["tiles"] * plane["height"] * plane["width"]
            ends[plane["still"]] += size
            names.append(plane["id"])
            assert plane["cells"] <= plane["height"] * plane["width"]
    assert len(set(names)) == len(names)
    assert ends == {True: header["still_bytes"], False: header["frame_bytes"]}
    assert len(body) == header["still_bytes"] + 2 * header["frame_bytes"]
    for layer in layers:
        assert f"{layer.name}/output" in names
        assert {f"{layer.name}/{kind}" for kind in layer.pictured} <= set(names)
    for frame in header["frames"]:
        moving = {name for name in names if not name.endswith("/histogram")}
        assert moving <= set(frame["scales"])
        assert all(frame["scales"][name] > 0 for name in moving)
    live, _ = unpack(live_frame(DATASETS[data], layers, seen.live))
    assert live["layer_cards"] == header["cards"][1:-1]
    assert (live["layout"], live["frame_bytes"]) == (header["layout"], header["frame_bytes"])
    assert np.shape(live["frames"][0]["bars"]) == np.shape(header["frames"][0]["bars"])


@pytest.mark.parametrize("data, name", CASES)
def test_the_bars_are_what_the_network_says(data, name):
    seen, dataset = of_architecture(data, name), DATASETS[data]
    last = seen.settings.layers[-1].name
    frames = unpack(packed_of(seen))[0]["frames"]
    for moment, frame in zip(seen.moments, frames, strict=True):
        output = torch.from_numpy(moment.arrays[last, "output"].numbers())
        if dataset.task == "regress":
            expected = output * dataset.quantity.spread + dataset.quantity.mean
            expected = expected.flatten(1).numpy()
            np.testing.assert_allclose(frame["bars"], expected, rtol=1e-5, atol=1e-5)
        else:
            output = output[:, -1] if dataset.task == "next" else output
            np.testing.assert_allclose(frame["bars"], output.softmax(1).numpy(), atol=6e-5)


@pytest.mark.parametrize("name", DATASETS)
def test_blank_inputs_stand_where_a_data_set_is_not_here(name):
    dataset = DATASETS[name]
    settings = settings_from({"data": name, "architecture": fitting(dataset)[0]})
    count = len(dataset.classes) or 10
    probes = blank_probes(dataset, count)
    assert len(probes) == count == len(probes.told()["probes"])
    packed = strip("run", "t", settings.drawn_layers, probes, [], live=True, url="/live/run")
    header, body = unpack(packed)
    assert len(body) == header["still_bytes"] and header["task"] == dataset.task
    assert bool(header["cards"][0]["planes"]) == (dataset.kind in ("image", "vector"))


@pytest.mark.parametrize("data, bricks", [
    ("waveforms", ({"kind": "gru", "units": 7}, {"kind": "layernorm"})),
    ("letters", ({"kind": "embedding", "symbols": 32, "features": 6}, {"kind": "positions"})),
    ("digits", ({"kind": "rows"}, {"kind": "rnn", "units": 9})),
    ("waveforms", ({"kind": "conv1d", "filters": 5, "kernel": 3}, {"kind": "batchnorm"})),
])  # fmt: skip
def test_time_runs_from_left_to_right(data, bricks):
    dataset = DATASETS[data]
    end = () if dataset.task == "next" else ({"kind": "laststep"},)
    seen = of_bricks(data, *bricks, *end, {"kind": "linear", "units": dataset.output_shape[-1]})
    packed = packed_of(seen)
    sequences = [layer for layer in seen.settings.drawn_layers if len(layer.output_shape) == 2]
    assert len(sequences) >= 1
    planes = {p["id"]: p for card in unpack(packed)[0]["cards"] for p in card["planes"]}
    for layer in sequences:
        plane = planes[f"{layer.name}/output"]
        time, units = layer.output_shape
        assert (plane["cell"], plane["width"], plane["height"]) == ("step", time, units)
        for frame, moment in enumerate(seen.moments):
            true = moment.arrays[layer.name, "output"].numbers()
            assert_shows(packed, plane["id"], true.transpose(0, 2, 1), frame)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("layers, both", [(1, False), (2, True)])
def test_a_recurrent_layers_matrices_have_a_tile_for_each_gate(kind, layers, both):
    brick = {"kind": kind, "units": 5, "layers": layers, "bidirectional": both}
    end = {"kind": "laststep"}, {"kind": "linear", "units": 4}
    seen = of_bricks("waveforms", brick, *end)
    packed = packed_of(seen)
    planes = {p["id"]: p for card in unpack(packed)[0]["cards"] for p in card["planes"]}
    layer = seen.settings.layers[0]
    assert len(layer.pictured) == 2 * layers * (1 + both)
    for array in layer.pictured:
        true = seen.moments[1].arrays[layer.name, array].numbers()
        tiles = np.stack([true[rows] for rows in gates(layer.brick).values()])
        plane = planes[f"{layer.name}/{array}"]
        assert_shows(packed, plane["id"], tiles, 1)
        assert plane["tiles"] == plane["columns"] == len(gates(layer.brick))
        assert plane["caption"].startswith(told_weights(array))
        if kind in GATE_NAMES:
            assert plane["units"] == list(GATE_NAMES[kind])
            starts = [name.split()[0] for name in gates(layer.brick)]
            assert [word in ("cell", "new") or word in starts for word in plane["units"]]


@pytest.mark.parametrize("kind, shape", [
    ("selfattention", (12, 12)), ("embedding", (32, 12)), ("positions", (48, 12)),
])  # fmt: skip
def test_a_matrix_is_drawn_as_it_is(kind, shape):
    seen = of_bricks(
        *("letters", {"kind": "embedding", "symbols": 32, "features": 12}, {"kind": "positions"}),
        *({"kind": "selfattention", "heads": 3, "causal": True}, {"kind": "linear", "units": 32}),
    )
    packed = packed_of(seen)
    layer = next(layer for layer in seen.settings.layers if layer.kind == kind)
    assert len(layer.pictured) == (4 if kind == "selfattention" else 1)
    for array in layer.pictured:
        true = seen.moments[2].arrays[layer.name, array].numbers()
        assert true.shape == shape
        assert_shows(packed, f"{layer.name}/{array}", true[np.newaxis], 2)


def test_the_first_rows_of_a_matrix_too_large_are_shown_and_it_is_said():
    bricks = ({"kind": "lstm", "units": 400}, {"kind": "laststep"}, {"kind": "linear", "units": 4})
    layer = settings_from({"data": "waveforms", "bricks": bricks}).layers[0]
    panel = weight_panel(layer, (1600, 400), kind="weight_hh_l0")
    rows = MOST_WEIGHTS // 400
    assert (panel.looks_at, panel.tiles, panel.note) == (
        (1, rows, 400),
        1,
        f"{rows} of 1600 rows shown",
    )
    part = weight_panel(layer, (100, 4), 1600, "weight_ih_l0")
    assert (part.tiles, part.note) == (1, "100 of 1600 rows shown")


@pytest.mark.parametrize("array, told", [
    ("weight", "weights"),
    ("weight_query", "query weights"),
    ("weight_ih_l0", "weights of the input"),
    ("weight_hh_l0", "weights of the state"),
    ("weight_hh_l1_reverse", "weights of the state l1 reverse"),
    ("weight_ih_l0_reverse", "weights of the input l0 reverse"),
])  # fmt: skip
def test_a_weight_array_has_a_name_that_can_be_read(array, told):
    assert told_weights(array) == told


def test_of_what_is_no_number_nothing_is_said():
    logits = np.array([[np.nan, np.inf, -np.inf, 0.0]])
    assert says(DATASETS["waveforms"], logits) == [None]
    assert says(DATASETS["waveforms"], np.zeros((2, 1001))) is None
    shares = np.array([[0.5, 0.25, 0.25, 0]])
    assert says(DATASETS["waveforms"], shares, softmaxed=True) == shares.tolist()
    assert says(replace(DATASETS["waveforms"], watched=True), shares) == shares.tolist()
    assert says(DATASETS["waveforms"], shares)[0][0] == pytest.approx(0.316, abs=1e-3)
    assert says(replace(DATASETS["waveforms"], watched=True), 1.1 * shares) != shares.tolist()
    with_none = np.vstack([shares, logits])
    known = says(replace(DATASETS["waveforms"], watched=True), with_none)
    assert known == [*shares.tolist(), None]
    assert says(DATASETS["carseats"], np.array([[np.inf], [np.nan]])) == [None, None]

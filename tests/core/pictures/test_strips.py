"""Strips and layer views show what was recorded, where the header says, and say what they omit."""

import json

import numpy as np
import pytest

from core.architectures import ARCHITECTURES
from core.architectures.architecture import Work
from core.architectures.bricks import (
    LSTM,
    Activation,
    AvgPool2d,
    BatchNorm,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
)
from core.architectures.plans import plan
from core.data import DATASETS
from core.pictures import Probes, inside_view, layer_view, live_frame, plane_of, strip, unpack
from core.pictures.strips import layer_numbers, learned_numbers
from core.records import Array, Moment
from core.tasks import fitting
from tests.core.pictures.recorded import of_architecture


def recorded(layers, step=0, dtype=np.float16, units=None):
    random, arrays = np.random.default_rng(step), {}
    for layer in layers:
        if shape := layer.weights.get("weight"):
            for kind in ("weight", "weight_gradient"):
                values = random.normal(0, 0.1 * (1 + step), (units or shape[0], *shape[1:]))
                arrays[layer.name, kind] = Array(values.astype(dtype), units=units and shape[0])
        values = random.normal(size=(10, *layer.output_shape)).astype(dtype)
        arrays[layer.name, "output"] = Array(values)
    return Moment(step, step / 10, 2.3, arrays, {layer.name: {"dead": 0.12} for layer in layers})


def network(name="two_linear"):
    return plan(tuple(ARCHITECTURES[name]().bricks(Work((1, 28, 28), 10))), (1, 28, 28))


def a_strip(layers, moments, **changes):
    said = {"live": False, "url": None} | changes
    images = np.random.default_rng(1).random((10, 1, 28, 28), np.float32)
    probes = Probes(DATASETS["mnist"], images, np.arange(10))
    return strip("run", "title", layers, probes, moments, **said)


@pytest.mark.parametrize("name", fitting(DATASETS["mnist"]))
def test_every_plane_lies_where_the_header_says(name):
    layers = network(name)
    moments = [recorded(layers, step) for step in (0, 3)]
    header, body = unpack(a_strip(layers, moments))
    ids = [card["id"] for card in header["cards"]]
    assert ids == ["input", *(layer.name for layer in layers), "prediction"]
    ends = {True: 0, False: 0}
    for card in header["cards"]:
        for plane in card["planes"]:
            assert plane["offset"] == ends[plane["still"]]
            size = plane["probes"] * plane["tiles"] * plane["height"] * plane["width"]
            ends[plane["still"]] += size
    assert ends == {True: header["still_bytes"], False: header["frame_bytes"]}
    assert len(body) == header["still_bytes"] + 2 * header["frame_bytes"]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int8])
def test_a_plane_decodes_to_the_recorded_weights(dtype):
    layers = network()
    moment = recorded(layers, 1)
    true = moment.arrays["linear1", "weight"].numbers()
    step = 0.01 if dtype == np.int8 else 1.0
    stored = Array(np.clip(np.rint(true / step), -127, 127).astype(dtype), step)
    if dtype != np.int8:
        stored = Array(true.astype(dtype))
    moment.arrays["linear1", "weight"] = stored
    packed = a_strip(layers, [moment])
    scale = unpack(packed)[0]["frames"][0]["scales"]["linear1/weight"]
    shown = (plane_of(packed, "linear1/weight")[0].astype(float) - 128) / 127 * scale
    expected = np.clip(stored.numbers(), -scale, scale).reshape(128, 28, 28)
    assert np.abs(shown - expected).max() <= scale / 254 * 1.001
    bars = plane_of(packed, "linear1/weight/histogram").ravel()
    assert bars.max() == 255 and bars.argmax() in range(20, 31)


def test_each_probe_has_its_own_outputs_and_probabilities():
    layers = network()
    moment = recorded(layers)
    packed = a_strip(layers, [moment])
    logits = moment.arrays["linear2", "output"].numbers()
    frame = unpack(packed)[0]["frames"][0]
    shown = plane_of(packed, "linear2/output")[:, 0].reshape(10, -1)
    assert shown.shape == logits.shape
    assert np.abs((shown - 128.0) / 127 * frame["scales"]["linear2/output"] - logits).max() < 0.02
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert np.allclose(frame["bars"], shares, atol=1e-4)


def test_colours_mean_the_same_at_every_step_of_a_replay():
    layers = network()
    frames = unpack(a_strip(layers, [recorded(layers, step) for step in range(4)]))[0]["frames"]
    assert len({frame["scales"]["linear1/weight"] for frame in frames}) == 1


def test_a_run_that_explodes_does_not_pale_its_start():
    layers = network()
    moments = [recorded(layers, step) for step in (0, 0, 0, 10**5)]
    for array in moments[-1].arrays.values():
        array.values[0] = np.inf
    frames = unpack(a_strip(layers, moments))[0]["frames"]
    assert frames[0]["scales"]["linear1/weight"] < 5
    assert frames[-1]["scales"]["linear1/weight/beyond"] > 0.5


@pytest.mark.parametrize("name", fitting(DATASETS["mnist"]))
def test_a_live_frame_lies_as_the_first_message_said(name):
    layers = network(name)
    first, _ = unpack(a_strip(layers, [recorded(layers)], live=True, url="/live/run"))
    live, _ = unpack(live_frame(DATASETS["mnist"], layers, recorded(layers, 5)))
    assert live["layer_cards"] == first["cards"][1:-1]
    assert (live["layout"], live["frame_bytes"]) == (first["layout"], first["frame_bytes"])
    planned, _ = unpack(a_strip(layers, [], live=True, url="/live/run"))
    assert planned["layout"] == live["layout"]


def test_the_card_says_what_is_not_shown():
    layers = network()
    sampled = unpack(live_frame(DATASETS["mnist"], layers, recorded(layers, units=16)))[0][
        "layer_cards"
    ]
    assert sampled[1]["note"] == "16 of 128 units shown"
    wide = plan((Linear(units=20_000),), (9,))
    moment = Moment(0, 0, None, {("linear1", "output"): Array(np.zeros((2, 20_000), np.float16))})
    assert (
        "12288 of 20000 units shown"
        in unpack(live_frame(DATASETS["mnist"], wide, moment))[0]["layer_cards"][0]["note"]
    )


def test_what_was_not_recorded_is_blank_and_has_no_scale():
    layers = network()
    moment = recorded(layers)
    del moment.arrays["linear1", "weight"]
    packed = a_strip(layers, [recorded(layers), moment])
    assert (plane_of(packed, "linear1/weight", 1) == 128).all()
    assert unpack(packed)[0]["frames"][1]["scales"]["linear1/weight"] == 0


def test_numbers_that_are_none_give_valid_json():
    layers = network()
    moment = recorded(layers)
    for array in moment.arrays.values():
        array.values[:] = np.nan
    lost = Moment(7, 0.1, float("nan"), moment.arrays, {"linear1": {"weight_norm": float("nan")}})
    header, _ = unpack(live_frame(DATASETS["mnist"], layers, lost))
    assert header["frames"][0]["loss"] is None
    assert json.loads(json.dumps(header, allow_nan=False)) == header


def test_dead_units_are_told_as_a_count_and_values_as_a_share():
    layers = network()
    counted = {"dead": 3 / 128, "units": 128, "inputs": 50, "in_dead_zone": 0.4, "saturated": 0.12}
    moment = Moment(0, 0.0, None, {}, {layers[2].name: counted})
    told = {"dead units": "3 of 128", "saturated values": "12 %"}
    assert layer_numbers(layers[2], layers, moment) == told


@pytest.mark.parametrize("sides", [(10, 20), (128, 784)])
def test_layers_are_compared_by_the_root_mean_square_of_one_number(sides):
    units, inputs = sides
    bricks = (Linear(units=units), Linear(units=2))
    layer = plan(bricks, (inputs,))[0]
    weights = np.random.default_rng(1).normal(0, 0.05, sides)
    moment = Moment(0, 0.0, None, {}, {"linear1": {"weight_norm": float(np.linalg.norm(weights))}})
    told = f"{np.sqrt((weights**2).mean()):.3g}"
    assert layer_numbers(layer, (layer,), moment) == {"RMS of W": told}
    assert learned_numbers(layer, moment) == {"weight": {"‖W‖": f"{np.linalg.norm(weights):.3g}"}}


def test_a_layer_of_several_matrices_is_one_mean_over_all_of_them():
    layer = plan((LSTM(units=4),), (7, 3))[0]
    norms = {"weight_norm": 2.0, "gradient_norm": 0.5, "update_ratio": 0.01}
    told = layer_numbers(layer, (layer,), Moment(0, 0.0, None, {}, {"lstm1": norms}))
    count = 16 * 3 + 16 * 4
    assert told["RMS of W"] == f"{2 / count**0.5:.3g}"
    assert told["RMS of ∇W"] == f"{0.5 / count**0.5:.2g}"
    assert told["‖ΔW‖ ÷ ‖W‖"] == "0.01"


@pytest.mark.parametrize("kind", ["tiles", "matrix"])
def test_a_layer_view_shows_the_start_the_moment_and_its_gradient(kind):
    layers = network()
    moments = [recorded(layers, step) for step in (0, 4)]
    packed = layer_view("run", layers[1], moments, kind, units=[3, 5])
    for name, key, frame in (
        ("start", "weight", 0),
        ("now", "weight", 1),
        ("gradient", "weight_gradient", 1),
    ):
        scale = unpack(packed)[0]["frames"][frame]["scales"][f"{name}/weight"]
        true = moments[frame].arrays["linear1", key].numbers()[[3, 5]]
        shown = (plane_of(packed, f"{name}/weight", 1).reshape(2, 784) - 128.0) / 127 * scale
        assert np.abs(shown - np.clip(true, -scale, scale)).max() <= scale / 254 * 1.001
    assert unpack(packed)[0]["cards"][0]["planes"][0]["units"] == [3, 5]


def test_the_gradient_card_says_why_the_last_moment_has_none():
    layers = network()
    moments = [recorded(layers, step) for step in (0, 4)]
    cards = unpack(layer_view("run", layers[1], moments))[0]["cards"]
    assert not any(plane["absent"] for card in cards for plane in card["planes"])
    del moments[-1].arrays["linear1", "weight_gradient"]
    cards = unpack(layer_view("run", layers[1], moments))[0]["cards"]
    said = ["no step follows" in card["planes"][0]["absent"] for card in cards]
    assert said == [False, False, True]
    assert not any("no step follows" in card["note"] for card in cards), "other moments have one"


def test_a_layer_without_weights_gives_an_empty_view():
    layers = network()
    assert unpack(layer_view("run", layers[0], [recorded(layers)]))[0]["cards"] == []
    with pytest.raises(ValueError, match="tiles"):
        layer_view("run", layers[1], [], "heap")


def test_every_brick_has_a_card():
    bricks = (Conv2d(filters=3), BatchNorm(), Activation(function="prelu"), AvgPool2d(), Flatten())
    layers = plan((*bricks, Linear(units=7), Dropout(), Linear(units=10)), (1, 28, 28))
    header, body = unpack(a_strip(layers, [recorded(layers)]))
    assert [card["id"] for card in header["cards"][1:-1]] == [layer.name for layer in layers]
    assert len(body) == header["still_bytes"] + header["frame_bytes"]
    assert unpack(layer_view("run", layers[2], [recorded(layers)], "matrix"))[0]["cards"]


@pytest.mark.parametrize("data, words", [
    ("digits", "outputs before softmax"), ("sunspots", "outputs"), ("carseats", "outputs"),
])  # fmt: skip
def test_only_what_is_told_apart_has_a_softmax_after_the_last_layer(data, words):
    seen = of_architecture(data, "mlp")
    layers = seen.settings.drawn_layers
    packed = strip("run", "", layers, seen.probes, seen.moments, live=False, url=None)
    inside = inside_view("run", layers[-1], seen.settings.layers, seen.probes, seen.moments)
    for one in (packed, inside):
        planes = [plane for card in unpack(one)[0]["cards"] for plane in card["planes"]]
        (found,) = [p["caption"] for p in planes if p["id"] == f"{layers[-1].name}/output"]
        assert found == words

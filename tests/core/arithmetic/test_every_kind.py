"""Arithmetic: what a number is said to be made of comes to what PyTorch gave, for every kind."""

import numpy as np
import pytest

from core.arithmetic import MAKERS, made, way
from core.checkpoints import State
from core.data import DATASETS
from core.one_step import one_step
from core.settings import settings_from
from core.tasks import fitting
from tests.core.small_runs import small

CONV = {"kind": "conv2d", "filters": 4, "padding": 1}
ACT = {"kind": "activation", "function": "elu"}
STACKS = {
    "an image": (
        "digits",
        [
            {"kind": "conv2d", "filters": 6, "kernel": 4, "stride": 2, "padding": 2},
            {"kind": "groupnorm", "groups": 3},
            {"kind": "activation", "function": "prelu"},
            {"kind": "avgpool2d", "size": 2, "stride": 1, "padding": 1},
            {"kind": "residual", "block": [CONV, {"kind": "batchnorm"}], "shortcut": [CONV]},
            {
                "kind": "branches",
                "branches": [[CONV, ACT], [{"kind": "layernorm"}], [CONV, {"kind": "dropout"}]],
            },
            {"kind": "maxpool2d", "size": 3, "stride": 2, "padding": 1},
            {"kind": "globalaveragepool"},
            {"kind": "batchnorm"},
            {"kind": "layernorm"},
            {"kind": "linear", "units": 10},
        ],
    ),
    "rows of an image": (
        "digits",
        [
            {"kind": "rows"},
            {"kind": "positions"},
            {"kind": "conv1d", "filters": 5, "kernel": 3, "stride": 2, "padding": 2},
            {"kind": "batchnorm"},
            {"kind": "lstm", "units": 3, "layers": 2, "bidirectional": True},
            {"kind": "residual", "block": [{"kind": "layernorm"}, {"kind": "selfattention"}]},
            {"kind": "branches", "branches": [[{"kind": "gru", "units": 4}], [ACT]]},
            {"kind": "rnn", "units": 5, "function": "relu", "bidirectional": True},
            {"kind": "gru", "units": 3, "layers": 2},
            {"kind": "meanovertime"},
            {"kind": "linear", "units": 10},
        ],
    ),
    "symbols": (
        "recall",
        [
            {"kind": "embedding", "symbols": 12, "features": 8},
            {"kind": "selfattention", "heads": 2, "causal": True},
            {"kind": "linear", "units": 6},
            {"kind": "rnn", "units": 5},
            {"kind": "laststep"},
            {"kind": "linear", "units": 8},
        ],
    ),
}


def places(shape, count=6):
    """Some places of an output, its corners with them."""
    chosen = np.random.default_rng(0).integers(0, shape, (count, len(shape)))
    return {tuple(map(int, place)) for place in chosen} | {(0,) * len(shape)}


def walk_of(settings):
    return one_step(settings, State(settings).checkpoint(), 1)


def check(settings):
    """Compare some numbers of every layer with PyTorch's; the kinds of layers that were seen."""
    walk, seen = walk_of(settings), set()
    for layer in settings.layers:
        gave = walk.outputs[layer.name]
        for place in places(gave.shape):
            found = made(settings, walk, layer.name, place)
            atol = 1e-5 * max(1.0, float(np.abs(gave).max()))
            assert found.result == pytest.approx(float(gave[place]), abs=atol), (layer.name, place)
            assert {len(column) for column in found.columns.values()} <= {len(found.names)}
            if found.adds:
                total = np.nansum(found.columns[found.adds])
                assert total == pytest.approx(found.result, abs=1e-9)
            seen.add(layer.kind)
    return seen


DATA = ("digits", "xor", "carseats", "sunspots", "waveforms", "first_names", "letters")
"""One data set for each kind of input and each task."""


def test_every_kind_of_input_and_every_task_is_among_these():
    pairs = {(d.kind, d.task) for d in DATASETS.values()}
    assert {(DATASETS[name].kind, DATASETS[name].task) for name in DATA} == pairs


@pytest.mark.parametrize("data, name", [(d, n) for d in DATA for n in fitting(DATASETS[d])])
def test_every_number_of_every_architecture_comes_out(data, name):
    assert (
        check(settings_from({"architecture": name, "data": data, "batch_size": 8})) <= MAKERS.keys()
    )


@pytest.mark.parametrize("name", STACKS)
def test_every_number_of_every_kind_comes_out(name):
    data, bricks = STACKS[name]
    kinds = check(settings_from({"data": data, "bricks": bricks, "batch_size": 8}))
    assert {brick["kind"] for brick in bricks} <= kinds


def test_the_stacks_have_every_kind():
    def kinds(bricks):
        for brick in bricks:
            yield brick["kind"]
            inside = [brick.get("block", []), brick.get("shortcut", []), *brick.get("branches", [])]
            yield from (kind for stack in inside for kind in kinds(stack))

    had = {kind for _, bricks in STACKS.values() for kind in kinds(bricks)}
    assert had | {"flatten"} == MAKERS.keys()


def test_the_parts_of_the_gradient_add_up_to_autograds_over_an_image():
    settings = small("lenet", batch_size=1)
    walk = one_step(settings, State(settings).checkpoint(), 0)
    conv, linear = (
        next(layer for layer in settings.layers if layer.kind == kind)
        for kind in ("conv2d", "linear")
    )
    _, height, width = conv.output_shape
    whole = [
        made(settings, walk, conv.name, (1, row, column)).columns["x × ∂loss ÷ ∂sum"]
        for row in range(height)
        for column in range(width)
    ]
    wanted = walk.gradient[conv.name, "weight"][1].ravel()
    assert np.allclose(np.sum(whole, axis=0)[:-1], wanted, atol=1e-6)
    one = made(settings, walk, linear.name, (2,)).columns["x × ∂loss ÷ ∂sum"]
    assert np.allclose(one[:-1], walk.gradient[linear.name, "weight"][2], atol=1e-6)


def test_a_maximum_names_the_number_that_was_kept():
    settings = small("lenet")
    walk = walk_of(settings)
    pool = next(layer for layer in settings.layers if layer.kind == "maxpool2d")
    found = made(settings, walk, pool.name, (1, 0, 0))
    window = walk.given[pool.name][1, :2, :2]
    assert found.columns["x"].tolist() == window.ravel().tolist()
    row, column = np.unravel_index(window.argmax(), window.shape)
    assert f"kept: channel 1 · row {row} · column {column}." in found.words
    assert found.columns["kept"].sum() == 1


def test_the_padding_of_a_window_is_named_outside_the_image():
    data, bricks = STACKS["an image"]
    settings = settings_from({"data": data, "bricks": bricks, "batch_size": 8})
    found = made(settings, walk_of(settings), "conv1", (0, 0, 0))
    assert found.names[0] == "channel 0 · row -2 · column -2" and found.columns["x"][0] == 0


@pytest.mark.parametrize("asked", ["linear1", "batchnorm1", "relu1", "dropout1"])
def test_a_sum_stands_before_all_that_is_made_of_it_one_for_one(asked):
    settings = small("mlp")
    names = [layer.name for layer in way(settings.layers, asked)]
    assert names == ["linear1", "batchnorm1", "relu1", "dropout1"]


def test_a_way_ends_where_two_take_the_same_number():
    data, bricks = STACKS["an image"]
    settings = settings_from({"data": data, "bricks": bricks})
    assert [layer.name for layer in way(settings.layers, "residual1")] == ["residual1"]


def test_a_place_that_a_layer_has_not_is_an_index_error():
    settings = small()
    with pytest.raises(IndexError):
        made(settings, walk_of(settings), "linear1", (9_999,))

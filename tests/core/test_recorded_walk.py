"""A number of a recorded moment comes to what was recorded of it, for that very input."""

import numpy as np
import pytest

from core.arithmetic import made
from core.pictures import Probes
from core.recorded_walk import recorded_walk
from core.settings import settings_from
from tests.core.pictures.recorded import of_architecture, record

NETWORKS = [
    *(("mnist", "two_linear"), ("mnist", "lenet"), ("digits", "mlp"), ("fashion", "resnet")),
    *(("mnist", "lstm"), ("recall", "gru"), ("recall", "rnn"), ("recall", "transformer")),
    *(("carseats", "tabular"), ("fashion", "inception"), ("letters", "lstm")),
]


def walk_of(seen, place, moment=-1):
    at, probes = seen.moments[moment], seen.probes
    outputs = {
        name: array.numbers()[place]
        for (name, kind), array in at.arrays.items()
        if kind == "output"
    }
    one = Probes(probes.dataset, probes.inputs[place][None], probes.targets[place][None])
    return recorded_walk(seen.settings, at.step, one, outputs, at.arrays)


@pytest.mark.parametrize(("data", "name"), NETWORKS)
def test_any_number_of_any_layer_comes_to_what_was_recorded(data, name):
    seen = of_architecture(data, name)
    random = np.random.default_rng(0)
    for place in (0, 3):
        walk, told = walk_of(seen, place), 0
        for layer in seen.settings.drawn_layers:
            gave = walk.outputs[layer.name]
            at = tuple(int(random.integers(side)) for side in gave.shape)
            try:
                found = made(seen.settings, walk, layer.name, at)
            except (KeyError, IndexError, ValueError):
                continue  # of a wide layer the first units were recorded
            told += 1
            largest = max(1.0, float(np.abs(gave).max()))
            assert found.result == pytest.approx(float(gave[at]), abs=4e-3 * largest), layer.name
        assert told >= 0.6 * len(seen.settings.drawn_layers)


def test_another_input_has_another_number():
    seen = of_architecture("mnist", "lenet")
    results = [made(seen.settings, walk_of(seen, place), "conv1", (2, 9, 9)) for place in (0, 1)]
    assert results[0].result != results[1].result


def test_of_a_layer_recorded_in_part_the_recorded_units_are_told_and_no_others():
    seen = record(settings_from({"data": "mnist", "recorded_units": 16}))
    walk = walk_of(seen, 2)
    for name in ("linear1", "relu1"):
        found = made(seen.settings, walk, name, (15,))
        assert found.result == pytest.approx(float(walk.outputs[name][15]), abs=2e-3)
        with pytest.raises(IndexError):
            made(seen.settings, walk, name, (16,))
    with pytest.raises(KeyError):  # it needs all of relu1
        made(seen.settings, walk, "linear2", (0,))


def test_dropout_and_batchnorm_are_those_of_evaluation():
    bricks = [{"kind": "flatten"}, {"kind": "linear", "units": 12}, {"kind": "batchnorm"}]
    bricks += [{"kind": "dropout", "share": 0.5}, {"kind": "linear", "units": 10}]
    seen = record(settings_from({"data": "digits", "bricks": bricks}), 3)
    walk = walk_of(seen, 1)
    for name in ("batchnorm1", "dropout1"):
        for unit in range(12):
            found = made(seen.settings, walk, name, (unit,))
            assert found.result == pytest.approx(float(walk.outputs[name][unit]), abs=4e-3)

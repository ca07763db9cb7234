"""Walk views: a step's outputs and gradients as pictures, each cell a number that can be named."""

import numpy as np
import pytest

from core.checkpoints import State
from core.one_step import one_step
from core.pictures import cell_of, place_at, plane_of, unpack, walk_view
from core.pictures.planes import neat_scale
from tests.core.small_runs import small

NETWORKS = ("two_linear", "mlp", "lenet")


def seen(name, **marks):
    settings = small(name, batch_size=8)
    walk = one_step(settings, State(settings).checkpoint(), 2)
    layers = settings.drawn_layers
    return settings, walk, walk_view("run", settings.dataset, layers, walk, marks)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_cell_shows_the_number_of_its_place(name):
    settings, walk, packed = seen(name)
    scales = unpack(packed)[0]["frames"][0]["scales"]
    random = np.random.default_rng(0)
    for layer in settings.drawn_layers:
        for which, values in (("output", walk.outputs), ("slope", walk.slopes)):
            plane, numbers = f"{layer.name}/{which}", values[layer.name]
            picture = plane_of(packed, plane)[0]
            place = tuple(int(n) for n in random.integers(0, numbers.shape))
            tile, line, column = cell_of(layer, place)
            byte = picture.reshape(-1)[tile] if numbers.ndim == 1 else picture[tile, line, column]
            share = np.clip(numbers[place] / scales[plane], -1, 1)
            assert byte == pytest.approx(128 + 127 * share, abs=1), (plane, place)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_cell_and_its_place_name_each_other(name):
    for layer in small(name).layers:
        for flat in range(int(np.prod(layer.output_shape))):
            place = tuple(map(int, np.unravel_index(flat, layer.output_shape)))
            assert place_at(layer, cell_of(layer, place)) == place


def test_a_sequence_stands_with_its_time_to_the_right():
    from core.architectures.bricks import GRU
    from core.architectures.plans import plan

    (layer,) = plan((GRU(units=3),), (5, 2))
    assert place_at(layer, (0, 2, 4)) == (4, 2) and cell_of(layer, (4, 2)) == (0, 2, 4)


def test_what_no_number_stands_at_is_no_place():
    layer = small().layers[-1]
    assert place_at(layer, (99, 0, 0)) is None and place_at(layer, (0, 5, 0)) is None


def test_the_header_says_that_numbers_open_and_which_are_marked():
    settings, _, packed = seen("lenet", conv1=(1, 2, 3), relu1=(1, 2, 3))
    header = unpack(packed)[0]
    assert header["opens"] is True and header["view"] == "strip"
    conv = next(layer for layer in settings.layers if layer.name == "conv1")
    wanted = list(cell_of(conv, (1, 2, 3)))
    assert header["marks"]["conv1/output"] == wanted == header["marks"]["relu1/slope"]
    assert "conv2/output" not in header["marks"]


def test_every_picture_has_the_scale_of_its_own_numbers():
    _, walk, packed = seen("two_linear")
    scales = unpack(packed)[0]["frames"][0]["scales"]
    assert scales["linear2/slope"] == neat_scale(float(np.abs(walk.slopes["linear2"]).max()))


def test_what_the_network_says_of_the_example_stands_at_the_end():
    _, walk, packed = seen("two_linear")
    header = unpack(packed)[0]
    logits = walk.outputs["linear2"].astype(np.float64)
    chances = np.exp(logits - logits.max())
    assert header["frames"][0]["bars"][0] == pytest.approx(chances / chances.sum(), abs=1e-4)
    assert header["probes"][0]["class"] == int(walk.target)

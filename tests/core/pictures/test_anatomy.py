"""Every layer of every architecture under one anatomy: the same pictures as everywhere else."""

from dataclasses import replace

import numpy as np
import pytest

from core.architectures import ARCHITECTURES
from core.data import DATASETS
from core.pictures import inside_view, layer_view, live_inside, needed, plane_of, strip, unpack
from core.pictures.inside_views import IN_PART
from core.tasks import fitting
from tests.core.pictures.recorded import Seen, of_architecture, of_bricks

ONE_EACH = {
    name: next(data for data, dataset in DATASETS.items() if name in fitting(dataset))
    for name in ARCHITECTURES
}
END = ({"kind": "flatten"}, {"kind": "linear", "units": 10})


def ids(packed: bytes) -> list[str]:
    return [card["id"] for card in unpack(packed)[0]["cards"]]


def inside(seen: Seen, name: str, moments=None) -> bytes:
    layer = next(layer for layer in seen.settings.layers if layer.name == name)
    moments = seen.moments if moments is None else moments
    return inside_view("run", layer, seen.settings.layers, seen.probes, moments)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_its_pictures_are_those_of_the_strip_and_of_the_weights_page(name):
    seen = of_architecture(ONE_EACH[name], name)
    drawn, probes = seen.settings.drawn_layers, seen.probes
    whole = strip("run", "", drawn, probes, seen.moments, live=False, url=None)
    for layer in drawn:
        found = inside(seen, layer.name)
        for array in layer.pictured:
            for frame in (0, 1):
                plane = f"{layer.name}/{array}"
                assert np.array_equal(plane_of(found, plane, frame), plane_of(whole, plane, frame))
                large = layer_view("run", layer, seen.moments, array=array)
                slopes = plane_of(found, f"{plane}_gradient", frame)
                assert np.array_equal(slopes, plane_of(large, "gradient/weight", frame))
                assert (slopes != 128).any()
        for one in ids(found):
            if one.endswith("/output"):
                assert np.array_equal(plane_of(found, one, 1), plane_of(whole, one, 1))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_few_layers_arrays_are_all_that_it_needs(name):
    seen = of_architecture(ONE_EACH[name], name)
    for layer in seen.settings.drawn_layers:
        names = needed(layer, seen.settings.layers)
        few = [
            replace(moment, arrays={k: a for k, a in moment.arrays.items() if k[0] in names})
            for moment in seen.moments
        ]
        assert layer.name in names and len(names) <= 3
        assert inside(seen, layer.name, few) == inside(seen, layer.name)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_live_picture_is_laid_out_alike_and_holds_the_gradient(name):
    seen = of_architecture(ONE_EACH[name], name)
    for layer in seen.settings.drawn_layers:
        header, _ = unpack(inside(seen, layer.name))
        message = live_inside(layer, seen.settings.layers, seen.probes, seen.inside)
        newer, _ = unpack(message)
        assert newer["layer_cards"] == header["cards"][1:] and newer["layout"] == header["layout"]
        (frame,) = newer["frames"]
        assert frame["step"] == seen.inside.step
        for array in layer.pictured:
            plane = f"{layer.name}/{array}_gradient"
            off = plane_of(message, plane).astype(int) - plane_of(
                inside(seen, layer.name), plane, 1
            )
            assert np.abs(off).max() <= 1  # 16 bits are rounded another way


def test_the_order_is_the_same_for_every_kind():
    seen = of_bricks(
        *(
            "digits",
            {"kind": "conv2d", "filters": 4},
            {"kind": "batchnorm"},
            {"kind": "activation"},
        ),
        *({"kind": "maxpool2d"}, *END),
    )
    weight, output = "conv1/weight", "conv1/output"
    bent = ["input", weight, output, "relu1/output", f"{weight}_gradient"]
    assert ids(inside(seen, "conv1")) == bent
    norm = ["input", output, "batchnorm1/weight", "batchnorm1/output", "relu1/output"]
    assert ids(inside(seen, "batchnorm1")) == [*norm, "batchnorm1/weight_gradient"]
    assert ids(inside(seen, "relu1")) == ["input", "batchnorm1/output", "relu1/output"]
    assert ids(inside(seen, "maxpool1")) == ["input", "relu1/output", "maxpool1/output"]
    ends = ["input", "linear1/weight", "linear1/output", "linear1/weight_gradient"]
    assert ids(inside(seen, "linear1")) == ends
    titles = [card["title"] for card in unpack(inside(seen, "conv1"))[0]["cards"]]
    assert titles == ["input", "weights", "pre-activation", "activation, relu1", "gradient"]


def test_each_number_stands_on_its_card():
    seen = of_bricks(
        *("digits", {"kind": "flatten"}, {"kind": "linear", "units": 7}, {"kind": "activation"}),
        {"kind": "linear", "units": 10},
    )
    numbers = unpack(inside(seen, "linear1"))[0]["frames"][1]["numbers"]
    recorded = seen.moments[1].numbers
    assert numbers["linear1/weight"] == {"‖W‖": f"{recorded['linear1']['weight_norm']:.3g}"}
    slope = f"{recorded['linear1']['gradient_norm']:.2g}"
    assert numbers["linear1/weight_gradient"] == {"‖∇W‖": slope}
    assert set(numbers["relu1/output"]) == {"dead units", "saturated values"}


def test_a_moment_without_a_gradient_says_why():
    seen = of_architecture("digits", "two_linear")
    last = seen.moments[-1]
    whole, _ = unpack(inside(seen, "linear1"))
    assert not any(plane["absent"] for card in whole["cards"] for plane in card["planes"])
    without = {k: a for k, a in last.arrays.items() if not k[1].endswith("_gradient")}
    packed = inside(seen, "linear1", [seen.moments[0], replace(last, arrays=without)])
    header, _ = unpack(packed)
    assert "no step follows it" in header["cards"][-1]["planes"][0]["absent"]
    assert header["cards"][-1]["note"] == ""
    slope = "linear1/weight_gradient"
    assert [frame["scales"][slope] > 0 for frame in header["frames"]] == [True, False]
    assert (plane_of(packed, slope, 1) == 128).all()


def test_rows_of_which_only_some_were_recorded_keep_their_numbers():
    seen = of_architecture("digits", "two_linear")
    few = [replace(moment, arrays={**moment.arrays}) for moment in seen.moments]
    for moment in few:
        for kind in ("weight", "weight_gradient"):
            whole = moment.arrays["linear1", kind]
            moment.arrays["linear1", kind] = replace(whole, values=whole.values[:4], units=128)
    header, _ = unpack(inside(seen, "linear1", few))
    for card in header["cards"]:
        if card["planes"][0]["id"].startswith("linear1/weight"):
            assert (card["planes"][0]["tiles"], card["note"]) == (4, "4 of 128 units shown")


@pytest.mark.parametrize("units, told", [(24, False), (400, True)])
def test_a_layer_too_large_for_its_gates_says_so(units, told):
    end = {"kind": "laststep"}, {"kind": "linear", "units": 4}
    seen = of_bricks("waveforms", {"kind": "lstm", "units": units}, *end)
    cards = unpack(inside(seen, "lstm1"))[0]["cards"]
    assert ("forget gate" in [card["id"] for card in cards]) != told
    notes = [card["note"] for card in cards if IN_PART in card["note"]]
    assert len(notes) == told

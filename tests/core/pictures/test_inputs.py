"""Probe inputs: what they are called, what they look like, and what is true of them."""

import numpy as np
import pytest

from core.data import DATASETS
from core.pictures import Probes, in_unit, plane_of, strip, told_number, unpack
from core.settings import settings_from
from core.tasks import fitting
from tests.core.architectures.test_every_architecture import batch_of


def probes_of(name: str, count: int = 5) -> Probes:
    inputs, targets = batch_of(name, count)
    return Probes(DATASETS[name], inputs.numpy(), targets.numpy())


def packed_of(probes: Probes) -> bytes:
    dataset = probes.dataset
    settings = settings_from({"data": dataset.name, "architecture": fitting(dataset)[0]})
    return strip("run", "t", settings.drawn_layers, probes, [], live=True, url=None)


@pytest.mark.parametrize("name", DATASETS)
def test_every_input_has_its_truth(name):
    probes, dataset = probes_of(name), DATASETS[name]
    told = probes.told()
    assert told["task"] == dataset.task and len(told["probes"]) == 5
    for place, one in enumerate(told["probes"]):
        target = probes.targets[place]
        if dataset.task == "classify":
            assert dataset.classes[one["class"]] == one["label"] == told["classes"][target]
        elif dataset.task == "next":
            assert dataset.alphabet[one["class"]] == dataset.alphabet[target[-1]]
            assert told["classes"] == list(dataset.alphabet)
            assert one["text"].startswith(one["label"])
        else:
            quantity = dataset.quantity
            true = target.astype(float) * quantity.spread + quantity.mean
            np.testing.assert_allclose(one["truth"], true, atol=1e-4)
            assert one["label"] == told_number(true[0], dataset)
            assert told["quantity"] == f"{quantity.name}, {quantity.unit}".removesuffix(", ")
        text = one["text"]
        assert len(text) == (dataset.shape[0] if dataset.alphabet else 0)
        assert [dataset.alphabet.index(letter) for letter in text] == (
            probes.inputs[place].tolist() if dataset.alphabet else []
        )


@pytest.mark.parametrize("name", ["sunspots", "co2"])
def test_a_forecast_goes_on_where_its_past_ends_in_the_same_unit(name):
    dataset, split = DATASETS[name], DATASETS[name].load()
    probes = Probes(dataset, split.test_inputs[:30], split.test_targets[:30])
    told = probes.told()["probes"]
    for before, after in zip(told, told[1:], strict=False):  # each may have a zero of its own
        series = np.diff([*before["past"], before["truth"][0]])
        np.testing.assert_allclose(series[1:], np.diff(after["past"]), atol=3e-4)
    assert "past" not in probes_of("adding").told()["probes"][0]


def test_a_number_is_told_with_its_unit_and_fitting_digits():
    assert told_number(9.5, DATASETS["carseats"]) == "9.50 thousands"
    quantity = DATASETS["co2"].quantity
    assert told_number(371.239, DATASETS["co2"]).endswith(quantity.unit)
    assert told_number(float("nan"), DATASETS["carseats"]).startswith("nan")
    numbers = np.array([-1.0, 0, 2])
    expected = numbers * quantity.spread + quantity.mean
    np.testing.assert_allclose(in_unit(DATASETS["co2"], numbers), expected)
    np.testing.assert_array_equal(in_unit(DATASETS["mnist"], numbers), numbers)


@pytest.mark.parametrize("name", [n for n, d in DATASETS.items() if d.kind in ("image", "vector")])
def test_the_picture_of_an_input_decodes_to_the_input(name):
    probes, dataset = probes_of(name), DATASETS[name]
    packed = packed_of(probes)
    (plane,) = unpack(packed)[0]["cards"][0]["planes"]
    shown = plane_of(packed, "input/image").astype(float)
    assert plane["still"] and plane["signed"] == (dataset.kind != "image")
    if dataset.kind == "image":
        assert shown.shape == (5, *dataset.shape)
        assert np.abs(shown / 255 - probes.inputs).max() <= 1 / 509
        return
    panel = probes.panel()
    _, scales = probes.picture(panel)
    scale = scales[panel.id]
    shown = (shown - 128) / 127 * scale
    cells = shown.reshape(5, -1)
    assert (cells[:, dataset.shape[0] :] == 0).all(), "what no number fills is blank"
    shown, true = cells[:, : dataset.shape[0]], probes.inputs
    assert np.abs(shown - np.clip(true, -scale, scale)).max() <= scale / 253


@pytest.mark.parametrize("name", [n for n, d in DATASETS.items() if d.kind == "sequence"])
def test_a_sequence_is_told_as_lines_over_time(name):
    dataset, probes = DATASETS[name], probes_of(name)
    for place, one in enumerate(unpack(packed_of(probes))[0]["probes"]):
        true = probes.inputs[place].T
        if name == "waveforms":  # four samples a step, one after the other
            true = probes.inputs[place].reshape(1, 256)
        assert np.shape(one["lines"]) == true.shape
        np.testing.assert_allclose(one["lines"], true, rtol=6e-3)
    assert dataset.samples == (name == "waveforms")


@pytest.mark.parametrize("name", [n for n, d in DATASETS.items() if len(d.shape) < 3])
def test_symbols_and_sequences_have_no_picture(name):
    probes = probes_of(name)
    if DATASETS[name].kind == "vector":
        assert probes.panel() is not None
        return
    assert probes.panel() is None
    header, _ = unpack(packed_of(probes))
    assert header["cards"][0]["planes"] == [] and header["still_bytes"] == 0

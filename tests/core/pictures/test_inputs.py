"""Probe inputs: what they are called, what they look like, and what is true of them."""

from dataclasses import replace

import numpy as np
import pytest

from core.data import DATASETS
from core.data.dataset import Quantity
from core.pictures import Probes, in_unit, plane_of, strip, told_number, unpack
from core.pictures.guarded import NOT_DRAWN
from core.pictures.panels import Panel
from core.records import Array, Moment
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


def test_numbers_of_any_unit_have_digits_that_differ():
    pico = replace(DATASETS["co2"], quantity=Quantity("capacity", "F", 4e-11, 7e-11))
    assert told_number(3.0587e-11, pico) == "3.059e-11 F"
    far = replace(DATASETS["co2"], quantity=Quantity("stars", "", 4e21, 7e21))
    assert told_number(1.25e21, far).strip() == "1.25e+21"


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


def watched_images(inputs: np.ndarray) -> Probes:
    """Images that a network was watched with."""
    dataset = replace(DATASETS["digits"], watched=True, task="other", shape=inputs.shape[1:])
    return Probes(dataset, inputs, np.full(len(inputs), -1))


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_signed_images_of_any_channels_decode_to_themselves(channels):
    images = np.random.default_rng(0).normal(size=(4, channels, 6, 7)).astype(np.float32)
    packed = packed_of_watched(watched_images(images))
    card = unpack(packed)[0]["cards"][0]
    (plane,) = card["planes"]
    assert plane["signed"] and plane["tiles"] == channels and not plane["colour"]
    scale = unpack(packed)[0]["frames"][0]["scales"]["input/image"]
    assert card["note"] == f"colours reach ±{scale:g}"
    shown = (plane_of(packed, "input/image").astype(float) - 128) / 127 * scale
    within = np.clip(images, -scale, scale)
    assert np.abs(shown.reshape(images.shape) - within).max() <= scale / 127


def test_images_whose_channels_stand_last_are_drawn_as_images():
    images = np.random.default_rng(0).random((4, 6, 7, 3)).astype(np.float32)
    packed = packed_of_watched(watched_images(images))
    (plane,) = unpack(packed)[0]["cards"][0]["planes"]
    assert (plane["height"], plane["width"], plane["tiles"], plane["colour"]) == (6, 7, 3, True)
    shown = plane_of(packed, "input/image").astype(float).reshape(4, 3, 6, 7) / 255
    assert np.abs(shown - images.transpose(0, 3, 1, 2)).max() <= 1 / 255


def test_a_card_that_cannot_be_drawn_says_so_and_the_others_stand(monkeypatch, caplog):
    probes, dataset = probes_of("digits"), DATASETS["digits"]
    settings = settings_from({"data": "digits", "architecture": "mlp"})
    name = settings.drawn_layers[0].name
    arrays = {
        (layer.name, "output"): Array(np.ones((len(probes), *layer.output_shape), np.float32))
        for layer in settings.layers
    }
    moment = Moment(0, 0.0, None, arrays)
    good = Panel.paint

    def bad(panel, *rest):
        if panel.source == (name, "output"):
            raise ZeroDivisionError("of nobody's making")
        return good(panel, *rest)

    monkeypatch.setattr(Panel, "paint", bad)
    monkeypatch.setattr(Probes, "picture", lambda self, panel: 1 / 0)
    packed = strip("run", "t", settings.drawn_layers, probes, [moment], live=True, url=None)
    cards = {card["id"]: card for card in unpack(packed)[0]["cards"]}
    lost = {card for card, told in cards.items() if NOT_DRAWN in told["note"]}
    assert lost == {"input", name} and dataset.watched is False
    assert "of nobody's making" in caplog.text
    last = settings.layers[-1]
    assert (plane_of(packed, f"{last.name}/output") > 128).all()


def packed_of_watched(probes: Probes) -> bytes:
    return strip("run", "t", [], probes, [Moment(0, 0.0, None)], live=True, url=None)

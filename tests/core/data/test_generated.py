"""Generated data sets: what is asked for can be told from the inputs, and not too easily."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from core.data import DATASETS, adding, recall, temporal_order

MOST_BY_A_LINE = {"spirals": 0.7, "circles": 0.7, "moons": 0.9, "xor": 0.75}
GENERATED = [name for name, d in DATASETS.items() if d.terms.startswith("Generated")]


def both(name):
    """All inputs and targets of a data set, training and test part in a row."""
    split = DATASETS[name].load()
    inputs = np.concatenate([split.train_inputs, split.test_inputs])
    return inputs, np.concatenate([split.train_targets, split.test_targets])


@pytest.mark.parametrize("name", GENERATED)
def test_its_description_says_that_it_is_generated(name):
    assert "enerated" in DATASETS[name].description


@pytest.mark.parametrize("name", GENERATED)
def test_no_input_comes_twice(name):
    inputs = both(name)[0]
    assert len(np.unique(inputs.reshape(len(inputs), -1), axis=0)) == len(inputs)


@pytest.mark.parametrize("name", MOST_BY_A_LINE)
def test_points_are_told_apart_by_their_neighbours_but_not_by_a_line(name):
    split = DATASETS[name].load()
    train, test = (split.train_inputs, split.train_targets), (split.test_inputs, split.test_targets)
    assert LogisticRegression().fit(*train).score(*test) < MOST_BY_A_LINE[name]
    assert KNeighborsClassifier().fit(*train).score(*test) > 0.95
    assert 0.8 < np.abs(split.train_inputs).max() < 1.5


def test_the_spirals_wind_around_each_other_twice():
    points, classes = both("spirals")
    angle = np.arctan2(points[:, 1], points[:, 0])
    for spiral, turned in ((0, np.pi / 2), (1, -np.pi / 2)):
        chosen = (classes == spiral) & (np.abs(np.angle(np.exp(1j * (angle - turned)))) < 0.2)
        radius = np.sort(np.hypot(*points[chosen].T))
        # Seen in one direction, an arm passes once in each turn, 0.45 further out.
        inner, outer = np.split(radius, [np.argmax(np.diff(radius)) + 1])
        assert outer.mean() - inner.mean() == pytest.approx(0.45, abs=0.03)
        assert outer.min() - inner.max() > 0.25


def test_adding_asks_for_the_sum_of_the_two_marked_values():
    inputs, targets = both("adding")
    quantity = DATASETS["adding"].quantity
    values, markers = inputs[..., 0], inputs[..., 1]
    assert set(np.unique(markers)) == {0, 1}
    assert (markers[:, :25].sum(axis=1) == 1).all() and (markers[:, 25:].sum(axis=1) == 1).all()
    sums = targets[:, 0] * quantity.spread + quantity.mean
    np.testing.assert_allclose(sums, (values * markers).sum(axis=1), atol=1e-5)


def test_recall_asks_for_the_first_symbol_and_it_comes_never_again():
    inputs, targets = both("recall")
    dataset = DATASETS["recall"]
    named = np.array(dataset.alphabet)[inputs[:, 0]]
    np.testing.assert_array_equal(named, np.array(dataset.classes)[targets])
    assert inputs[:, 1:].min() >= len(dataset.classes)


def test_temporal_order_asks_for_the_two_symbols_that_matter_in_their_order():
    inputs, targets = both("temporal_order")
    dataset = DATASETS["temporal_order"]
    for row, target in zip(inputs, targets, strict=True):
        seen = [dataset.alphabet[symbol] for symbol in row]
        assert ", ".join(s for s in seen if s in "XY") == dataset.classes[target]


def test_each_kind_of_wave_has_the_spectrum_of_its_kind():
    sounds, classes = both("waveforms")
    power = np.abs(np.fft.rfft(sounds.reshape(len(sounds), -1), axis=1))[:, 1:] ** 2
    power /= power.sum(axis=1, keepdims=True)
    spread = np.exp(-(power * np.log(power)).sum(axis=1))  # how many frequencies share the power
    tone, chirp, square, noise = (np.median(spread[classes == kind]) for kind in range(4))
    assert tone < square < noise and tone < chirp < noise


def test_waves_are_not_told_apart_by_a_linear_layer():
    split = DATASETS["waveforms"].load()
    train, test = split.train_inputs.reshape(4000, -1), split.test_inputs.reshape(1000, -1)
    line = LogisticRegression(max_iter=300, tol=1e-2).fit(train, split.train_targets)
    assert line.score(test, split.test_targets) < 0.4


@pytest.mark.parametrize("length", [10, 11, 64])
@pytest.mark.parametrize("task", [adding, recall, temporal_order])
def test_a_task_for_memory_can_be_of_any_length(task, length):
    dataset = task.of_length(length)
    split = dataset.load()
    assert split.train_inputs.shape[1:] == split.test_inputs.shape[1:] == dataset.shape
    assert dataset.shape[0] == length and str(length) in dataset.description
    if task is adding:
        markers = split.train_inputs[..., 1]
        assert (markers.sum(axis=1) == 2).all()
        sums = (split.train_inputs[..., 0] * markers).sum(axis=1)
        found = split.train_targets[:, 0] * dataset.quantity.spread + dataset.quantity.mean
        np.testing.assert_allclose(sums, found, atol=1e-5)
    elif task is temporal_order:
        assert ((split.train_inputs < 2).sum(axis=1) == 2).all()
    else:
        np.testing.assert_array_equal(split.train_inputs[:, 0], split.train_targets)


@pytest.mark.parametrize("task", [adding, recall, temporal_order])
def test_a_length_is_one_object_and_says_itself_where_it_is_not_the_usual_one(task):
    usual = task.DATASET
    other = usual.at_length(usual.shortest)
    assert other is usual.at_length(usual.shortest) is other.at_length(usual.shortest)
    assert other.title == f"{usual.title}, {usual.shortest} steps" and other.name == usual.name
    assert usual.at_length(task.LENGTH) is usual
    assert other.load().test_inputs.shape[1:] == other.shape != usual.shape


def test_those_that_can_be_had_in_any_length_are_the_tasks_for_memory():
    any_length = {name for name, dataset in DATASETS.items() if dataset.of_length}
    assert any_length == {"adding", "recall", "temporal_order"}


@pytest.mark.parametrize("length", [9, 201, -1, 10**5000], ids=range(4))
def test_a_length_that_it_is_not_made_for_is_refused(length):
    with pytest.raises(ValueError, match="^Temporal order can be had with 10 to 200 steps$"):
        temporal_order.DATASET.at_length(length)

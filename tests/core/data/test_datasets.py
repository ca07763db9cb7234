"""The data room's family: every data set keeps the same contract."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import core.data
from core.data import DATASETS, DataError, as_fed
from core.data.dataset import Dataset, Split

NOT_A_DATASET = {
    *("__init__", "dataset", "download", "idx", "points", "series", "tables", "textfiles"),
}
OFFLINE = [name for name, dataset in DATASETS.items() if not dataset.downloads]
CLASSIFY = [name for name in OFFLINE if DATASETS[name].task == "classify"]
REGRESS = [name for name in OFFLINE if DATASETS[name].task == "regress"]


def test_every_file_is_listed_and_the_menu_begins_with_mnist():
    files = {path.stem for path in Path(core.data.__file__).parent.glob("*.py")}
    assert files - NOT_A_DATASET == set(DATASETS)
    assert next(iter(DATASETS)) == "mnist"


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_says_what_it_is(name):
    dataset = DATASETS[name]
    assert dataset.name == name
    assert dataset.title and dataset.terms.endswith(".")
    assert dataset.description.endswith(".") and ". " not in dataset.description
    assert len(set(dataset.classes)) == len(dataset.classes)
    assert (len(dataset.classes) >= 2) == (dataset.task == "classify")
    assert (dataset.quantity is not None) == (dataset.task == "regress")
    assert len(set(dataset.alphabet)) == len(dataset.alphabet) <= 32
    assert dataset.features == () or len(set(dataset.features)) == dataset.shape[-1]


@pytest.mark.parametrize("name", OFFLINE)
def test_what_is_loaded_is_what_was_declared(name):
    dataset = DATASETS[name]
    assert dataset.is_here()
    split = dataset.load()
    for inputs, targets, size in (
        (split.train_inputs, split.train_targets, dataset.train_size),
        (split.test_inputs, split.test_targets, dataset.test_size),
    ):
        assert inputs.shape == (size, *dataset.shape)
        if dataset.kind == "image":
            assert inputs.dtype == np.uint8
            assert inputs.min() == 0 and inputs.max() == 255
        elif dataset.kind == "symbols":
            assert inputs.dtype == np.int64
            assert set(np.unique(inputs)) == set(range(len(dataset.alphabet)))
        else:
            assert inputs.dtype == np.float32
            assert np.isfinite(inputs).all() and np.abs(inputs).max() < 20
        for array in (inputs, targets):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0


@pytest.mark.parametrize("name", OFFLINE)
def test_targets_are_classes_or_standardised_or_the_symbols_that_come_next(name):
    dataset = DATASETS[name]
    split = dataset.load()
    for targets, size in (
        (split.train_targets, dataset.train_size),
        (split.test_targets, dataset.test_size),
    ):
        if dataset.task == "classify":
            assert targets.shape == (size,) and targets.dtype == np.int64
            assert set(np.unique(targets)) == set(range(len(dataset.classes)))
        elif dataset.task == "regress":
            assert targets.shape == (size, dataset.quantity.outputs)
            assert targets.dtype == np.float32 and np.isfinite(targets).all()
        else:
            assert targets.shape == (size, *dataset.shape) and targets.dtype == np.int64
            assert set(np.unique(targets)) == set(range(len(dataset.alphabet)))
    if dataset.task == "regress":
        assert split.train_targets.mean(dtype=float) == pytest.approx(0, abs=1e-3)
        assert split.train_targets.std(dtype=float) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("name", CLASSIFY)
def test_no_class_is_much_rarer_than_the_others(name):
    split = DATASETS[name].load()
    for targets in (split.train_targets, split.test_targets):
        counts = np.bincount(targets)
        assert counts.min() >= 0.75 * counts.mean()


@pytest.mark.parametrize("name", OFFLINE)
def test_loading_again_gives_the_same_arrays(name):
    assert DATASETS[name].load() is DATASETS[name].load()


@pytest.mark.parametrize("name", CLASSIFY)
def test_probes_are_the_first_input_of_each_class(name):
    dataset = DATASETS[name]
    split = dataset.load()
    probes = dataset.probes(split)
    labels = split.test_targets.tolist()
    assert probes == tuple(labels.index(c) for c in range(len(dataset.classes)))


@pytest.mark.parametrize("name", CLASSIFY)
def test_many_probes_are_as_many_of_each_class_and_begin_with_the_probes(name):
    dataset = DATASETS[name]
    split = dataset.load()
    many, classes = dataset.many_probes(split), len(dataset.classes)
    assert many[:classes] == dataset.probes(split)
    assert len(set(many)) == len(many)
    assert np.bincount(split.test_targets[list(many)]).tolist() == [50 // classes] * classes


@pytest.mark.parametrize("name", REGRESS)
def test_probes_of_a_regression_go_from_the_smallest_to_the_largest_target(name):
    dataset = DATASETS[name]
    split = dataset.load()
    first = split.test_targets[:, 0]
    probes = first[list(dataset.probes(split))]
    assert len(probes) == 10 and (np.diff(probes) >= 0).all()
    assert (probes[0], probes[-1]) == (first.min(), first.max())


@pytest.mark.parametrize("name", [name for name in OFFLINE if name not in CLASSIFY])
def test_many_probes_without_classes_begin_with_the_probes(name):
    dataset = DATASETS[name]
    split = dataset.load()
    many = dataset.many_probes(split)
    assert many[:10] == dataset.probes(split)
    assert len(set(many)) == len(many) >= min(50, dataset.test_size)
    assert all(0 <= place < dataset.test_size for place in many)


def test_no_more_than_sixteen_classes_are_probed():
    labels = np.arange(400) % 20
    split = Split(np.zeros(0, np.uint8), np.zeros(0, np.int64), np.zeros(0, np.uint8), labels)
    dataset = Dataset(
        "x", "X", "X.", (1, 1, 1), tuple(map(str, range(20))), 0, 400, "", lambda: split
    )
    assert dataset.probes(split) == tuple(range(16))
    many = dataset.many_probes(split)
    assert len(many) == 48 and set(labels[list(many)]) == set(range(16))


def test_inputs01_runs_from_0_to_1_in_float32():
    assert as_fed(np.array([0, 51, 255], np.uint8)).tolist() == [0.0, np.float32(0.2), 1.0]
    assert as_fed(np.zeros((2, 1, 8, 8), np.uint8)).dtype == np.float32
    with pytest.raises(TypeError, match="uint8"):
        as_fed(np.zeros(3))


def test_the_list_needs_no_library_and_loading_needs_no_torch():
    script = """
import sys, core.data
assert not {"torch", "torchvision", "sklearn"} & set(sys.modules), "imported too early"
for dataset in core.data.DATASETS.values():
    if not dataset.downloads:
        dataset.load()
assert not {"torch", "torchvision"} & set(sys.modules), "imported by load"
"""
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("name", OFFLINE)
def test_the_test_part_alone_is_the_same_as_in_the_whole(name):
    dataset = DATASETS[name]
    whole, part = dataset.load(), dataset.load_test()
    np.testing.assert_array_equal(part.test_inputs, whole.test_inputs)
    np.testing.assert_array_equal(part.test_targets, whole.test_targets)
    assert dataset.probes(part) == dataset.probes(whole)


@pytest.mark.parametrize("name", [name for name in DATASETS if name not in OFFLINE])
def test_looking_at_a_data_set_that_is_not_here_starts_no_download(home, name):
    with pytest.raises(DataError, match="not on this machine"):
        DATASETS[name].load_test()
    assert not (home / "data").exists()

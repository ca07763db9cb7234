"""MNIST with its pixels moved: what is in it is what is in MNIST, at other places."""

import numpy as np
import pytest

from core.data import DATASETS, mnist
from core.data.shuffled_mnist import ORDER, shuffled

SHUFFLED = DATASETS["shuffled_mnist"]


@pytest.fixture(scope="module")
def pair():
    return mnist.DATASET.load(), SHUFFLED.load()


def test_every_pixel_has_one_place_and_hardly_any_its_own():
    assert sorted(ORDER) == list(range(28 * 28))
    assert (np.arange(28 * 28) == ORDER).sum() < 5


@pytest.mark.parametrize("part", ["train_inputs", "test_inputs"])
def test_moved_back_it_is_mnist(pair, part):
    original, moved = (getattr(split, part) for split in pair)
    back = moved.reshape(-1, len(ORDER))[:, np.argsort(ORDER)].reshape(moved.shape)
    np.testing.assert_array_equal(back, original)
    assert not np.array_equal(moved, original)


@pytest.mark.parametrize("part", ["train_targets", "test_targets"])
def test_its_targets_are_mnists(pair, part):
    np.testing.assert_array_equal(*(getattr(split, part) for split in pair))


def test_neighbours_are_no_more_alike_than_others(pair):
    def alike(images: np.ndarray) -> float:
        beside = images[:1000, 0].astype(float)
        return np.corrcoef(beside[:, :, 1:].ravel(), beside[:, :, :-1].ravel())[0, 1]

    original, moved = (alike(split.test_inputs) for split in pair)
    assert original > 0.7 and moved < 0.3


def test_the_order_is_always_the_same():
    # runs that were kept saw the pixels in this order, whatever numpy draws one day
    assert ORDER[:8].tolist() == [521, 268, 304, 712, 250, 776, 10, 619]


def test_only_the_places_change_and_the_given_images_stay():
    images = np.arange(2 * 28 * 28, dtype=np.uint16).reshape(2, 1, 28, 28)
    moved = shuffled(images)
    assert moved.shape == images.shape and moved[0, 0, 0, 0] == ORDER[0]
    assert np.array_equal(np.sort(moved, axis=None), images.ravel())

"""Batches: how many updates a run has, and which images each of them looks at."""

import pytest
import torch
from hypothesis import example, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from core.settings import Settings
from core.training import epoch_batches
from tests.core.small_runs import checkpoints, run, small

torch.set_num_threads(1)


def order(settings: Settings, epoch: int) -> list[int]:
    """Every image that an epoch looks at, one after the other."""
    return torch.cat(epoch_batches(settings, epoch)).tolist()


@given(st.floats(0.001, 1), st.integers(1, 700), st.integers(0, 2**31 - 1), st.integers(0, 999))
@example(1.0, 359, 0, 0)  # 1437 images: four batches and one image
@example(0.25, 358, 0, 0)  # a batch and one image
@example(0.001, 64, 0, 0)  # a single image
@rules(deadline=None)
def test_steps_are_the_batches_that_an_epoch_has(share, batch_size, seed, epoch):
    settings = small(share=share, batch_size=batch_size, seed=seed)
    batches = epoch_batches(settings, epoch)
    assert len(batches) == settings.steps_per_epoch
    assert settings.steps == 2 * settings.steps_per_epoch
    seen = order(settings, epoch)
    assert len(seen) == len(set(seen))
    alone = settings.images > 1 < batch_size and settings.images % batch_size == 1
    assert len(seen) == settings.images - (alone and settings.images > batch_size)
    assert all(len(batch) == batch_size for batch in batches[:-1])
    assert len(batches[-1]) > 1 or batch_size == 1 or settings.images == 1


def test_every_epoch_shows_the_same_images_in_another_order():
    settings = small(share=0.5, batch_size=50)
    one, other = (order(settings, epoch) for epoch in (0, 1))
    assert one != other and sorted(one) == sorted(other)
    assert set(order(small(share=0.5, batch_size=50, seed=6), 0)) != set(one)


@pytest.mark.parametrize("batch_size", [1, 32, 179, 358, 359, 4096])
def test_steps_are_the_updates_that_are_made(batch_size):
    settings = small(batch_size=batch_size, epochs=1, share=0.25 if batch_size > 1 else 0.02)
    end = checkpoints(run(settings))[-1]
    assert end.step == settings.steps
    assert end.arrays["linear1", "optimizer/weight/step"].values == settings.steps

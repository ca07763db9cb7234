"""The linear regression beside a network learns from the very rows that the network had."""

import numpy as np
import pytest

from core.answers import examples_used
from core.data.own import kept
from core.training import epoch_batches
from tests.core.data.own.files import own_settings


@pytest.mark.parametrize("share", [1.0, 0.25])
def test_the_examples_used_are_those_of_every_epoch(home, monkeypatch, share):
    monkeypatch.setattr(kept, "_users", {})
    settings = own_settings("regress", "tabular", share=share, epochs=3, seed=7)
    used = examples_used(settings, {})
    assert len(used) == len(set(used)) == round(48 * share)
    for epoch in range(3):
        rows = np.concatenate([batch.numpy() for batch in epoch_batches(settings, epoch)])
        assert sorted(rows) == sorted(used)

"""Runs of watched networks as files: to another machine and back, and tampered with."""

from __future__ import annotations

import sqlite3

import pytest

import layerscope
from core.exchange import check, exported, imported
from core.rows import Damaged
from tests.core.foreign.networks import (
    CLASSES,
    Unseen,
    close,
    images,
    train,
)


def test_a_watched_run_goes_to_another_machine_and_back():
    network = Unseen()
    with layerscope.watch(network, images(), classes=CLASSES, targets=range(6)) as seen:
        train(network, 3, seen)
    other = imported(exported(seen.run))
    assert other.settings().layers == seen.run.settings().layers
    dataset = other.settings().dataset
    assert (dataset.load_test().test_targets == range(6)).all()
    assert close(dataset.load_test().test_inputs, images())
    assert other.steps() == seen.run.steps()


@pytest.mark.parametrize(
    "statement, told",
    [
        ("DELETE FROM arrays WHERE kind = 'inputs'", "does not hold the inputs"),
        (
            "UPDATE arrays SET shape = '[3, 2]' WHERE kind = 'targets'",
            "does not hold the inputs|damaged",
        ),
        ("UPDATE arrays SET layer = 'x' WHERE layer = 'conv'", "names a layer that its network"),
        ("UPDATE arrays SET kind = 'mask' WHERE kind = 'inputs'", "damaged|does not hold"),
        (
            'UPDATE about SET value = replace(value, \'"name":"conv"\', \'"name":"<b>"\')',
            "settings cannot be read",
        ),
        (
            'UPDATE about SET value = replace(value, \'"sources":["pool"]\', '
            '\'"sources":["head"]\')',
            "settings cannot be read",
        ),
        (
            "UPDATE about SET value = replace(value, 'kernel_size', '[x](javascript:)')",
            "settings cannot be read",
        ),
        (
            "UPDATE about SET value = replace(value, '\"count\":6', '\"count\":5')",
            "does not hold the inputs|other inputs",
        ),
    ],
)
def test_a_watched_run_that_was_tampered_with_is_refused(statement, told, tmp_path):
    network = Unseen()
    with layerscope.watch(network, images()) as seen:
        train(network, 1, seen)
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(exported(seen.run))
    check(copy)
    connection = sqlite3.connect(copy)
    with connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()
    with pytest.raises(Damaged, match=told):
        check(copy)

"""Recorded moments of untrained networks on random inputs of any data set: nothing is loaded."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import torch

from core.checkpoints import State
from core.losses import LOSSES
from core.pictures import Probes, plane_of, unpack
from core.recording import Recorder
from core.records import Moment
from core.settings import Settings, settings_from
from tests.core.architectures.test_every_architecture import batch_of

torch.set_num_threads(1)


class Seen(NamedTuple):
    """What was recorded of a few steps: the settings, the probe inputs, the moments."""

    settings: Settings
    probes: Probes
    moments: tuple[Moment, ...]
    live: Moment
    """The last of them as it is sent to those who watch."""
    inside: Moment
    """The same for those who watch each of its layers from inside."""


@lru_cache(maxsize=4)
def of_architecture(data: str, name: str) -> Seen:
    """Two moments of an architecture as the form gives it."""
    return record(settings_from({"data": data, "architecture": name}))


def of_bricks(data: str, *bricks: dict[str, Any], **changes: Any) -> Seen:
    """Three moments of a stack of bricks."""
    return record(settings_from({"data": data, "bricks": bricks, **changes}), 3)


def record(settings: Settings, count: int = 2) -> Seen:
    """Take `count` steps on one batch of random inputs, and what each looked like."""
    dataset = settings.dataset
    inputs, targets = batch_of(settings.data, 12)
    whole = min(10, len(dataset.classes)) or 10
    state = State(settings)
    recorder = Recorder(state.network, settings.layers, inputs, whole, settings.recorded_units)
    moments = []
    for step in range(count):
        state.optimizer.zero_grad()
        loss = LOSSES[dataset.task](state.network(inputs), targets)
        loss.backward()
        moments.append(recorder.moment(step, step / count, loss.item()))
        if step == count - 1:
            live = recorder.moment(step, step / count, loss.item(), live=True)
            names = tuple(layer.name for layer in settings.layers)
            inside = recorder.moment(step, step / count, loss.item(), True, names)
        for group in state.optimizer.param_groups:
            group["lr"] = 0.05  # so that moments differ
        state.optimizer.step()
    probes = Probes(dataset, inputs[:whole].numpy(), targets[:whole].numpy())
    return Seen(settings, probes, tuple(moments), live, inside)


def numbers_of(packed: bytes, plane_id: str, frame: int = 0) -> tuple[np.ndarray, float]:
    """What a signed plane says, (probes, tiles, height, width), and how far off it may be."""
    scale = unpack(packed)[0]["frames"][frame]["scales"][plane_id]
    numbers = (plane_of(packed, plane_id, frame).astype(np.float64) - 128) / 127 * scale
    return numbers, scale / 254 * 1.01 + 1e-6


def assert_shows(packed: bytes, plane_id: str, true: np.ndarray, frame: int = 0) -> None:
    """A signed plane decodes to these numbers within half a byte; what lies beyond is at its end.

    `true` (probes or tiles, height, width).
    """
    shown, tolerance = numbers_of(packed, plane_id, frame)
    scale = unpack(packed)[0]["frames"][frame]["scales"][plane_id]
    shown = shown.reshape(-1, *shown.shape[2:])
    assert shown.shape == true.shape
    assert np.abs(shown - np.clip(true, -scale, scale)).max() <= tolerance
    assert np.abs(true).max() > 4 * tolerance, "a plane of nothing proves nothing"

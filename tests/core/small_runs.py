"""Small, real runs on the 8x8 digits, for the tests of the rooms that know torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch

from core.architectures import ARCHITECTURES
from core.commands import Command, Inbox
from core.data import DATASETS
from core.records import Array, ArrayKey, Checkpoint, Event, Metric, Moment, Record
from core.settings import Settings, settings_from, work_of
from core.training import tensors, train

torch.set_num_threads(1)
React = Callable[[Record], Iterable[Command]]
NETWORKS: dict[str, dict[str, Any]] = {
    "two_linear": {"architecture": "two_linear", "options": {"hidden": 16}},
    "lenet": {"architecture": "lenet", "options": {"filters": 3}},
    "mlp": {
        "architecture": "mlp",
        "options": {"depth": 2, "width": 12, "batch_norm": True, "dropout": 0.3},
    },
}
FITTING = {
    name: next(
        data
        for data in ("digits", "spirals", "carseats", "recall", "letters", "sunspots", "mnist")
        if kind.fits(work_of(DATASETS[data]))
    )
    for name, kind in ARCHITECTURES.items()
}
"""A small data set that each architecture takes."""
DROP = {"kind": "dropout", "share": 0.3}
CONV = {"kind": "conv2d", "filters": 4, "padding": 1}
ACT = {"kind": "activation", "function": "elu"}
NESTED: dict[str, dict[str, Any]] = {
    "steps": {
        "bricks": [
            {"kind": "rows"},
            {"kind": "positions"},
            {"kind": "lstm", "units": 3, "layers": 2, "bidirectional": True},
            {
                "kind": "residual",
                "block": [{"kind": "layernorm"}, {"kind": "selfattention", "heads": 2}, DROP],
            },
            {"kind": "gru", "units": 5},
            {"kind": "rnn", "units": 6},
            {"kind": "laststep"},
            {"kind": "linear", "units": 10},
        ]
    },
    "images": {
        "bricks": [
            CONV,
            {
                "kind": "residual",
                "block": [{"kind": "residual", "block": [CONV, {"kind": "batchnorm"}, ACT]}, CONV],
            },
            {
                "kind": "residual",
                "block": [
                    {
                        "kind": "branches",
                        "branches": [[CONV], [{"kind": "groupnorm", "groups": 2}, DROP], []],
                    },
                    {"kind": "conv2d", "filters": 6, "stride": 2, "padding": 1},
                ],
                "shortcut": [{"kind": "avgpool2d"}, {"kind": "conv2d", "filters": 6, "kernel": 1}],
            },
            {"kind": "globalaveragepool"},
            {"kind": "linear", "units": 10},
        ]
    },
}
"""Networks of containers, over rows and over images."""


def small(network: str = "two_linear", **changes: Any) -> Settings:
    """Twelve steps an epoch, two epochs, on 359 of the digits."""
    usual = {"data": "digits", "share": 0.25, "batch_size": 32, "epochs": 2, "seed": 5}
    usual |= {"learning_rate": 0.002, "schedule": "constant"}
    return settings_from({**usual, **(NETWORKS | NESTED)[network], **changes})


class Impatient(Inbox):
    """An inbox that fails the test where a paused run would wait for ever."""

    waits = 0

    def take(self, wait: float = 0) -> Command | None:
        command = super().take(wait / 10)
        self.waits += command is None
        assert self.waits < 200, "the run is paused and nobody says anything"
        return command


def run(
    settings: Settings,
    react: React = lambda record: (),
    start: Checkpoint | None = None,
    record: bool = True,
    pictures: bool = False,
) -> list[Record]:
    """Everything that a run announces; `react` answers a record with commands.

    With `pictures` a live picture is wanted all the time.
    """
    inbox, found = Impatient(), []
    inbox.picture_wanted = pictures
    for announced in train(settings, inbox, start, record):
        found.append(announced)
        for command in react(announced):
            inbox.send(command)
        inbox.picture_wanted = pictures
    return found


def after(step: int, *commands: Command) -> React:
    """Say these once `step` updates are made: every one of the first 24 has its metric."""

    def react(record: Record) -> Iterable[Command]:
        begun = isinstance(record, Event) and record.kind in ("started", "resumed")
        timely = isinstance(record, Metric) or (begun and step == 0)
        return commands if timely and record.step == step else ()

    return react


def probes() -> torch.Tensor:
    """The images that every moment looks at: five of each class."""
    places = DATASETS["digits"].many_probes(DATASETS["digits"].load())
    return tensors(DATASETS["digits"])[2][list(places)]


def moments(records: list[Record]) -> list[Moment]:
    return [r for r in records if isinstance(r, Moment) and not r.live]


def metrics(records: list[Record]) -> list[Metric]:
    return [r for r in records if isinstance(r, Metric)]


def events(records: list[Record]) -> list[tuple[int, str]]:
    return [(r.step, r.kind) for r in records if isinstance(r, Event)]


def checkpoints(records: list[Record]) -> list[Checkpoint]:
    return [r for r in records if isinstance(r, Checkpoint)]


def last_state(records: list[Record]) -> dict[ArrayKey, np.ndarray]:
    return exact(checkpoints(records)[-1].arrays)


def exact(arrays: dict[ArrayKey, Array]) -> dict[ArrayKey, np.ndarray]:
    """The arrays that decide what comes next: all but the time that has passed."""
    return {key: array.values for key, array in arrays.items() if key != ("", "seconds")}


def assert_identical(one: dict[ArrayKey, np.ndarray], other: dict[ArrayKey, np.ndarray]) -> None:
    assert one.keys() == other.keys()
    for key, values in one.items():
        assert values.dtype == other[key].dtype, key
        assert torch.equal(torch.from_numpy(values), torch.from_numpy(other[key])), key

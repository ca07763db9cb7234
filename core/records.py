"""What training announces: metrics, moments, checkpoints and events, as plain numpy and numbers.

Both sides know this room: the worker that trains makes records, the server stores and draws them.
It imports no torch, so a record can be read where torch is not installed.
"""

from dataclasses import dataclass, field

import numpy as np

ArrayKey = tuple[str, str]
"""(layer name, kind); a layer of the plan, or "" for what belongs to the whole network."""

SCORED = "r2"
"""Under "score" in a run's notes and a comparison's settings: its scores of numbers are R²."""


@dataclass(frozen=True)
class Array:
    """A recorded array: the true numbers are `values * scale`, rounded to the type of `values`.

    Weights are kept as float16 or int8 (live pictures), checkpoints exactly as float32. `units` is
    how many rows the layer really has, where only the first ones were recorded.
    """

    values: np.ndarray
    scale: float = 1.0
    units: int | None = None

    def numbers(self) -> np.ndarray:
        """The recorded numbers as float32, in the shape of the layer's array."""
        return self.values.astype(np.float32) * np.float32(self.scale)


@dataclass(frozen=True)
class Metric:
    """How well the network did: means over the steps since the last metric."""

    step: int
    epoch: float
    loss: float
    accuracy: float
    held_out_loss: float | None
    held_out_accuracy: float | None
    learning_rate: float
    seconds: float
    """Seconds of training so far, pauses not counted."""


@dataclass(frozen=True)
class Moment:
    """What one step looked like, layer by layer.

    `arrays` holds weights, biases, their gradients and every layer's output for the probe inputs;
    `numbers` holds norms and shares by layer. `step` counts the updates made before: 0 is the
    random start.
    """

    step: int
    epoch: float
    loss: float | None
    arrays: dict[ArrayKey, Array] = field(default_factory=dict)
    numbers: dict[str, dict[str, float]] = field(default_factory=dict)
    live: bool = False
    """A live moment is drawn and forgotten; the others are kept in the run's file."""


@dataclass(frozen=True)
class Checkpoint:
    """The exact state after `step` updates: parameters, buffers, optimizer and random state."""

    step: int
    arrays: dict[ArrayKey, Array]


@dataclass(frozen=True)
class Event:
    """Something that happened to a run: started, paused, a new learning rate, finished …"""

    step: int
    kind: str
    text: str = ""
    value: float | None = None


Record = Metric | Moment | Checkpoint | Event

"""The recurrent layers seen from inside: every gate and state at every step. numpy only.

Formulas and the order of the gates are those of torch.nn.RNN, LSTM and GRU.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.architectures.bricks import GRU, LSTM, RNN
from core.slopes import sigmoid

Recurrent = RNN | LSTM | GRU
Role = Literal["gate", "state", "pre_activation"]
Parts = dict[str, np.ndarray]

PARTS: dict[str, dict[str, Role]] = {
    "rnn": {"pre-activation": "pre_activation", "hidden": "state"},
    "lstm": {
        "input gate": "gate",
        "forget gate": "gate",
        "cell candidate": "state",
        "output gate": "gate",
        "cell": "state",
        "hidden": "state",
    },
    "gru": {
        "reset gate": "gate",
        "update gate": "gate",
        "candidate": "state",
        "hidden": "state",
    },
}
"""What can be seen of each kind: a gate lies between 0 and 1, the others have signs."""

ROWS = {
    "rnn": ("hidden",),
    "lstm": ("input gate", "forget gate", "cell candidate", "output gate"),
    "gru": ("reset gate", "update gate", "candidate"),
}
"""What the rows of a weight belong to, from the top, as many rows for each as there are units."""


@dataclass(frozen=True)
class States:
    """What a recurrent layer went through: `parts` by (place, name), and its output.

    A place is a layer and a direction as in the weights' names, "l0" or "l1_reverse"; the names are
    those of `PARTS`. Each part is (n, time, units) and belongs to the step it is written at, in the
    reverse direction too. `output` is (n, time, units · directions), as torch gives it.
    """

    parts: dict[tuple[str, str], np.ndarray]
    output: np.ndarray

    @property
    def places(self) -> tuple[str, ...]:
        """The layers and directions, in the order in which torch computes them."""
        return tuple(dict.fromkeys(place for place, _ in self.parts))


def gates(brick: Recurrent) -> dict[str, slice]:
    """Which rows of weight_ih, weight_hh and the biases belong to which gate, by its name."""
    units = brick.units
    return {
        name: slice(start * units, (start + 1) * units)
        for start, name in enumerate(ROWS[brick.kind])
    }


def states(
    brick: Recurrent,
    weights: Mapping[str, np.ndarray],
    inputs: np.ndarray,
    gave: np.ndarray | None = None,
) -> States:
    """Run a recurrent layer over inputs (n, time, features), from a state of zeros.

    Where it is known what the layer `gave`, (n, time, units · directions), each step of the last
    layer starts from the state that was given before it, not from one computed here: in a chaotic
    network the smallest rounding would grow from step to step, and contradict it.

    `weights` holds whole arrays by the names in `brick.weights`. The arithmetic is float64 for
    float64 inputs, else float32. Raises KeyError where a weight is missing, ValueError where one
    does not have its shape.
    """
    given = np.asarray(inputs)
    if given.ndim != 3:
        raise ValueError(f"inputs must be (n, time, features), not {given.shape}")
    x = given.astype(np.float64 if given.dtype == np.float64 else np.float32)
    for name, shape in brick.weights(x.shape[1:]).items():
        if np.shape(weights[name]) != shape:
            raise ValueError(f"{name} must be {shape}, not {np.shape(weights[name])}")
    found: dict[tuple[str, str], np.ndarray] = {}
    with np.errstate(all="ignore"):
        for layer in range(brick.layers):
            sides: list[np.ndarray] = []
            for ending in brick.directions:
                place = f"l{layer}{ending}"
                names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
                arrays = {n: np.asarray(weights[f"{n}_{place}"], x.dtype) for n in names}
                order = slice(None, None, -1 if ending else 1)
                known = None
                if gave is not None and layer == brick.layers - 1:
                    known = _of_side(brick, gave, len(sides))[:, order].astype(x.dtype)
                parts = _read(brick, x[:, order], known=known, **arrays)
                for name, values in parts.items():
                    found[place, name] = values[:, order]
                sides.append(found[place, "hidden"])
            x = np.concatenate(sides, axis=2)
    return States(found, x)


def _of_side(brick: Recurrent, gave: np.ndarray, side: int) -> np.ndarray:
    """What one direction gave, (n, time, units)."""
    return gave[:, :, side * brick.units : (side + 1) * brick.units]


def _read(
    brick: Recurrent,
    x: np.ndarray,
    weight_ih: np.ndarray,
    weight_hh: np.ndarray,
    bias_ih: np.ndarray,
    bias_hh: np.ndarray,
    known: np.ndarray | None = None,
) -> Parts:
    """One layer in one direction, step after step; every part is (n, time, units).

    Each step starts from the `known` hidden state before it, if there are any.
    """
    n, time, _ = x.shape
    from_input = x @ weight_ih.T + bias_ih
    zeros = np.zeros((n, brick.units), x.dtype)
    now = {"hidden": zeros, "cell": zeros}
    parts = {name: np.empty((n, time, brick.units), x.dtype) for name in PARTS[brick.kind]}
    step = STEPS[brick.kind]
    rows = gates(brick)
    for t in range(time):
        if known is not None and t:
            now["hidden"] = known[:, t - 1]
        # Not `@`: beside a training run it would wait at every step for its threads to wake.
        from_state = np.einsum("nu,ru->nr", now["hidden"], weight_hh) + bias_hh
        given = {name: from_input[:, t, part] for name, part in rows.items()}
        kept = {name: from_state[:, part] for name, part in rows.items()}
        now = step(brick, given, kept, now)
        for name, values in parts.items():
            values[:, t] = now[name]
    return parts


def _rnn_step(brick: Recurrent, given: Parts, kept: Parts, _: Parts) -> Parts:
    total = given["hidden"] + kept["hidden"]
    relu = isinstance(brick, RNN) and brick.function == "relu"
    return {"pre-activation": total, "hidden": np.maximum(total, 0) if relu else np.tanh(total)}


def _lstm_step(_: Recurrent, given: Parts, kept: Parts, before: Parts) -> Parts:
    total = {name: given[name] + kept[name] for name in given}
    now = {
        name: sigmoid(values) if name.endswith("gate") else np.tanh(values)
        for name, values in total.items()
    }
    now["cell"] = now["forget gate"] * before["cell"] + now["input gate"] * now["cell candidate"]
    now["hidden"] = now["output gate"] * np.tanh(now["cell"])
    return now


def _gru_step(_: Recurrent, given: Parts, kept: Parts, before: Parts) -> Parts:
    now = {name: sigmoid(given[name] + kept[name]) for name in ("reset gate", "update gate")}
    # torch's GRU resets what comes from the state after its matrix, not the state before it.
    now["candidate"] = np.tanh(given["candidate"] + now["reset gate"] * kept["candidate"])
    update = now["update gate"]
    now["hidden"] = (1 - update) * now["candidate"] + update * before["hidden"]
    return now


STEPS: dict[str, Callable[[Recurrent, Parts, Parts, Parts], Parts]] = {
    "rnn": _rnn_step,
    "lstm": _lstm_step,
    "gru": _gru_step,
}

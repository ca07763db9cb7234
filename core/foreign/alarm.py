"""Alarm: whether numbers of a watched network are still finite, told once; this room knows torch.

It ends nobody's training: a script may have its reasons, and recording goes on.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from core.foreign.inputs import tensors_in
from core.foreign.looking import Looker
from core.foreign.running import passed
from core.foreign.tracing import Call
from core.records import Event, Moment, Record

NOT_FINITE = "not_finite"
"""The kind of the event."""


class Alarm:
    """Looks at the losses and the moments of one run, until the first number that is none."""

    def __init__(self, looker: Looker) -> None:
        """Of the network that is looked at."""
        self._looker, self._rung = looker, False

    def of_loss(self, step: int, loss: Any) -> list[Record]:
        """After one step; a loss on another device is not waited for: see `of_losses`."""
        elsewhere = isinstance(loss, torch.Tensor) and loss.device.type != "cpu"
        return [] if loss is None or elsewhere else self.of_losses(step, [loss])

    def of_losses(self, first: int, losses: Sequence[Any]) -> list[Record]:
        """After several steps, of which the first was step `first`."""
        for step, loss in enumerate(losses, first):
            if not self._rung and not _is_finite(loss):
                number = loss.float().mean().item() if torch.is_tensor(loss) else np.mean(loss)
                return self._ring(step, f"The loss became {number} at step {step}")
        return []

    def of_moment(self, moment: Moment) -> list[Record]:
        """After a moment was taken: in its sizes of weights and gradients, and in its outputs."""
        if self._rung:
            return []
        sizes = [value for mine in moment.numbers.values() for value in mine.values()]
        outputs = (array.values for (_, kind), array in moment.arrays.items() if kind == "output")
        if np.isfinite(sizes).all() and all(np.isfinite(values).all() for values in outputs):
            return []
        return self._ring(moment.step, f"Not every number is finite since step {moment.step}")

    def _ring(self, step: int, what: str) -> list[Record]:
        self._rung = True
        where = first_not_finite(self._looker)
        place = f"it began in the {where}" if where else "what is looked at is finite"
        return [Event(step, NOT_FINITE, f"{what}; {place}. Recording goes on.")]


def first_not_finite(looker: Looker) -> str | None:
    """Where the first NaN or infinity stands on the way of the watched inputs, weights before
    outputs; None where there is none, as where only other inputs have it. Gradients come last.
    """
    found: list[str] = []
    looker.find()
    learned = looker.parameters | looker.statistics()

    def after(call: Call, result: Any) -> None:
        name = looker.sight.names.get(call.name)
        if found or name is None:
            return
        for (owner, kind), values in learned.items():
            if owner == name and not _finite(values):
                found.append(f"{kind} of {name}")
        if not all(_finite(one) for one in tensors_in(result)):
            found.append(f"output of {name}")

    with torch.no_grad():
        passed(looker.network, looker.inputs, lambda call, given: None, after)
        for (name, kind), parameter in looker.parameters.items():
            if parameter.grad is not None and not _finite(parameter.grad):
                found.append(f"gradient of the {kind} of {name}")
    return found[0] if found else None


def _is_finite(loss: Any) -> bool:
    if isinstance(loss, torch.Tensor):
        return bool(loss.isfinite().all())
    try:
        return bool(np.isfinite(loss).all())
    except TypeError:  # no number, which is said elsewhere
        return True


def _finite(values: torch.Tensor) -> bool:
    values = values.coalesce().values() if values.is_sparse else values
    return bool(values.isfinite().all())

"""Asking: what a worker computes for a page from the weights that a run recorded."""

from collections.abc import Callable
from typing import Any, NamedTuple

from core.engine import engine
from core.records import Array, ArrayKey
from core.runs import Run

WATCHED = (
    "This network was not put together here, so nothing can be computed with it anew: what was "
    "recorded of it is all there is."
)


class NoAnswer(Exception):
    """What was asked for cannot be had now; the text is a sentence that says why."""


class Basis(NamedTuple):
    """What an answer was computed from: a checkpoint's step, or None for the moment's own weights.

    `note` is a sentence that says so.
    """

    kept: int | None
    note: str


def asked(run: Run, step: int, task: Callable[..., Any], *given: Any) -> tuple[Any, Basis]:
    """What `task(settings, weights, *given)` gives in a worker, and what it was computed from.

    The weights are those recorded at the step, else those of the nearest checkpoint. Raises
    NoAnswer where neither was recorded whole, or no worker answers.
    """
    settings = run.settings()
    if settings.watched:
        raise NoAnswer(WATCHED)
    weights, basis = _weights_at(run, step)
    try:
        return engine().ask(task, settings, weights, *given), basis
    except Exception as fault:
        raise NoAnswer(
            f"No worker could compute this ({type(fault).__name__}). Try again in a moment."
        ) from fault


def weights_of(run: Run, step: int, basis: Basis) -> dict[ArrayKey, Array]:
    """The weights that an answer about a recorded moment was computed from.

    Raises NoAnswer where they were thinned out since.
    """
    try:
        if basis.kept is not None:
            return run.checkpoint(basis.kept).arrays
        return next(iter(run.moments([step]))).arrays
    except (KeyError, StopIteration):
        raise NoAnswer("This moment was thinned out of the run just now. Choose another.") from None


def _weights_at(run: Run, step: int) -> tuple[dict[ArrayKey, Array], Basis]:
    """All weights of a recorded moment, else of the nearest checkpoint, and which these are.

    Raises NoAnswer where neither was recorded whole.
    """
    arrays = {key: array for moment in run.moments([step]) for key, array in moment.arrays.items()}
    weights = {
        key: array
        for key, array in arrays.items()
        if key[1] != "output" and not key[1].endswith("_gradient")
    }
    if weights and all(array.units is None for array in weights.values()):
        return weights, Basis(None, "Computed by PyTorch from this moment's weights of 16 bits.")
    kept = min(run.steps(exact=True), key=lambda s: abs(s - step), default=None)
    if kept is None:
        raise NoAnswer(
            "Only some units of this run's layers were recorded, and no exact weights were "
            "kept, so other inputs cannot be computed. Choose one of the recorded inputs."
        )
    note = f"Computed by PyTorch from the exact weights of step {kept:,}, the nearest kept."
    return run.checkpoint(kept).arrays, Basis(kept, note)

"""Watching any network: what a plain script of a person's own records, in two lines.

    seen = watch(network, images[:8])      # once; what it gives to these is looked at
    ...
    loss.backward()
    seen.step(loss)                        # at every step, before the optimizer's

This room knows torch.
"""

import atexit
import math
import sqlite3
import sys
import time
import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from core.budget import new_run, thin
from core.foreign.alarm import Alarm
from core.foreign.looking import NO_EPOCH, Looker, looked_at
from core.records import ArrayKey, Event, Metric, Moment, Record
from core.runfile import Writer
from core.runs import Run

DENSE, GROWTH = 24, 1.2
"""The first moments are taken at every step, then each at a step 20 % further on."""
SHARE, FREE_SECONDS = 0.02, 0.12
"""Recording takes at most this share of the time since the start, and what is free at first."""
WRITTEN_SECONDS = 1.0
"""So long a metric may wait for the next moment, with which it is written."""


class Watch:
    """A network that is watched; `step` records what there is to see of it now."""

    def __init__(self, run: Run, looker: Looker, records: Sequence[Record]) -> None:
        """Use `watch`, which makes it; `records` are written at once."""
        self.run, self._looker = run, looker
        self._writer: Writer | None = Writer(run.path)
        self._step, self._next, self._alarm = 0, 0, Alarm(looker)
        self._losses: list[Any] = []
        self._scores: list[float] = []
        self._next_metric = 1
        self._waiting: tuple[Moment, dict[ArrayKey, torch.Tensor]] | None = None
        self._spent, self._since = 0.0, time.perf_counter()
        self._unwritten, self._written = list(records), -math.inf
        self._append([])
        atexit.register(self._script_ended)

    def __enter__(self) -> "Watch":
        """Close it at the block's end."""
        return self

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        """Close it."""
        self._close(fault)

    def __str__(self) -> str:
        """Where the recording is."""
        return f"{self._looker.network.__class__.__name__}, recorded to {self.run.path}"

    def step(self, loss: Any = None, score: float | None = None) -> None:
        """Note one step of training: call it after `loss.backward()`, before `optimizer.step()`.

        `loss` is a number or a tensor with one; `score` another one, from 0 to 1. A moment is
        recorded at every step at first, then ever more rarely, and never so often that it takes
        more than a few hundredths of the time. It changes nothing in the network, and never raises:
        what goes wrong is warned of once, and recording ends.
        """
        if self._writer is None:
            return
        begun = time.perf_counter()
        try:
            self._note(loss, score, begun)
        except Exception as fault:  # a person's training is worth more than its recording
            self._fail(fault)
        self._spent += time.perf_counter() - begun

    def _note(self, loss: Any, score: float | None, begun: float) -> None:
        records = self._finished()
        loss = loss.detach() if isinstance(loss, torch.Tensor) else loss
        records += self._alarm.of_loss(self._step, loss)
        if loss is not None:
            self._losses.append(loss)
        if score is not None:
            self._scores.append(float(score))
        free = FREE_SECONDS + SHARE * (begun - self._since)
        if self._step >= self._next and (self._spent <= free or self._step == 0):
            number = None if loss is None else float(loss)
            moment = self._looker.moment(self._step, number)
            records += self._alarm.of_moment(moment)
            self._waiting = moment, self._looker.weights()
            self._next = self._step + 1 if self._step < DENSE else math.ceil(self._step * GROWTH)
        self._step += 1
        if self._step >= self._next_metric:
            records += self._metric()
            self._next_metric = self._step + 1 + (self._step // 50 if self._step >= DENSE else 0)
        self._append(records)

    def _finished(self) -> list[Record]:
        """The moment of the step before, with how far that step moved the weights."""
        if self._waiting is None:
            return []
        moment, before = self._waiting
        self._waiting = None
        with torch.no_grad():
            self._looker.note_updates(moment, before)
        return [moment]

    def _metric(self) -> list[Record]:
        losses = [float(loss) for loss in self._losses]
        told = self._alarm.of_losses(self._step - len(losses), losses)
        loss = sum(losses) / len(losses) if losses else math.nan
        score = sum(self._scores) / len(self._scores) if self._scores else math.nan
        self._losses, self._scores = [], []
        seconds = time.perf_counter() - self._since
        step = self._step
        return [*told, Metric(step, NO_EPOCH, loss, score, None, None, math.nan, seconds)]

    def _append(self, records: Sequence[Record]) -> None:
        """Write these and those that waited, if there is a moment or it is time."""
        self._unwritten += records
        now, moments = time.perf_counter(), any(isinstance(r, Moment) for r in self._unwritten)
        due = moments or now - self._written > WRITTEN_SECONDS
        if self._unwritten and due and self._writer is not None:
            self._writer.append(self._unwritten)
            self._unwritten, self._written = [], now
            if moments:
                thin(self._writer)

    def _fail(self, fault: Exception) -> None:
        what = f"{type(fault).__name__}: {fault}"
        warnings.warn(f"Layerscope records no more of this network ({what}).", stacklevel=3)
        writer, self._writer = self._writer, None
        atexit.unregister(self._script_ended)
        try:
            assert writer is not None
            writer.append([Event(self._step, "failed", f"Recording ended: {what}"[:500])])
            writer.close()
        except (OSError, sqlite3.Error):
            pass

    def close(self) -> None:
        """Record how the network is now, and let go of the file; also done when the script ends."""
        self._close(None)

    def _script_ended(self) -> None:
        self._close(getattr(sys, "last_value", None))  # what nobody caught

    def _close(self, fault: BaseException | None) -> None:
        """The end of the run: finished, or stopped by a fault of the script."""
        if self._writer is None:
            return
        try:
            records = self._finished()
            if self._losses or self._scores:
                records += self._metric()
            if self._step not in self.run.steps():
                clean = {id(p): p.grad for p in self._looker.parameters.values()}
                for parameter in self._looker.parameters.values():
                    parameter.grad = None  # these are of the step before
                records.append(self._looker.moment(self._step, None))
                for parameter in self._looker.parameters.values():
                    parameter.grad = clean[id(parameter)]
            why = f"The script ended with {type(fault).__name__}: {fault}"[:500] if fault else ""
            records.append(Event(self._step, "stopped" if fault else "finished", why))
            self._written = -math.inf
            self._append(records)
            self._writer.close()
            self._writer = None
            atexit.unregister(self._script_ended)
        except Exception as other:
            self._fail(other)


def watch(
    network: nn.Module,
    inputs: Any,
    *,
    name: str = "",
    classes: Sequence[str] = (),
    targets: Any = None,
    note: str = "",
    units: int = 256,
) -> Watch:
    """Begin to record any network into a run's file, which every page opens.

    `inputs`, a tensor or a tuple or dict of them with up to 100 inputs along the first axis, are
    looked at in every moment: take some eight. `classes` names what the last layer tells apart, for
    inputs whose true classes are `targets`, if they are known. Of a layer with more than `units`
    units the first ones are recorded. Raises Unseen where nothing can be recorded, ValueError for
    inputs or targets that do not fit, Full where there is no room, and what the network raises.
    """
    settings, moment, looker = looked_at(
        network, inputs, classes=classes, targets=targets, note=note, units=units
    )
    return Watch(new_run(settings, name or settings.title), looker, [Event(0, "started"), moment])

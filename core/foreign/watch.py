"""Watching any network: what a plain script of a person's own records, in two lines.

    seen = watch(network, images[:8])      # once; what it gives to these is looked at
    ...
    loss.backward()
    seen.step(loss)                        # at every step, before the optimizer's

This room knows torch.
"""

import math
import os
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
from core.foreign.endings import attend, reason_of, release
from core.foreign.looking import Looker, looked_at
from core.foreign.means import Means
from core.foreign.saying import Speaker, number_of, say, understood_as
from core.foreign.scaling import Scaling
from core.foreign.watched import INPUTS, TARGETS
from core.records import ArrayKey, Event, Moment, Record
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
        self._process = os.getpid()
        self.steps, self._due = 0, 1  # calls of step, and at which there is more to do again
        self._next, self._next_metric = 0, 1
        self._speaker = Speaker()
        self._means = Means(self._speaker)
        self._scaling, self._alarm = Scaling(looker), Alarm(looker)
        self._waiting: tuple[Moment, dict[ArrayKey, torch.Tensor]] | None = None
        self._spent, self._since = 0.0, time.perf_counter()
        self._unwritten, self._written = list(records), -math.inf
        self._first: set[ArrayKey] = set()
        self._fault: BaseException | None = None
        self._rests = False
        self.caller: Any = None
        """The code that called `step` lately."""
        self._append([])
        attend(self)

    def __enter__(self) -> "Watch":
        """Close it at the block's end."""
        return self

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        """Close it."""
        self.end(fault)

    def __del__(self) -> None:
        """In a notebook, its cell was run again: nobody can call it any more."""
        if getattr(self, "_writer", None) is not None:
            self.end(self._fault, look=False)

    def __str__(self) -> str:
        """Where the recording is."""
        return f"{self._looker.network.__class__.__name__}, recorded to {self.run.path}"

    def step(self, loss: Any = None, score: Any = None, scale: Any = None) -> None:
        """Note one step of training: call it after `loss.backward()`, before `optimizer.step()`.

        `loss` is a number or a tensor with one; `score` another one, from 0 to 1; `scale` what the
        loss was multiplied with before `backward`, or the GradScaler that did it, which is found
        without, too. A moment is recorded at every step at first, then ever more rarely, and never
        so often that it takes more than a few hundredths of the time. It changes nothing in the
        network, and never raises: what goes wrong is warned of once, and recording ends.
        """
        if self._writer is None:
            return
        if loss is not None:
            if isinstance(loss, torch.Tensor):  # a graphics card is not waited for
                loss = loss.item() if loss.ndim == 0 and loss.is_cpu else loss.detach()
            self._means.note_loss(loss)
            if type(loss) is float and not math.isfinite(loss):
                self._due = 0
        if score is not None:
            self._means.note_score(score)
        self.steps += 1
        if self.steps >= self._due:  # else that was all: most steps end here
            self._note(loss, scale)

    def _note(self, loss: Any, scale: Any) -> None:
        if self.steps == 1 and scale is None:
            self._scaling.search()
        begun = time.perf_counter()
        if os.getpid() != self._process:  # a copy of the script's process
            self._writer = None
            return
        try:
            self.caller = sys._getframe(2).f_code
            records: list[Record] = []
            if self._rests:
                self._rests, self._fault = False, None
                records.append(Event(self.steps - 1, "resumed"))
            records += self._finished() + self._alarm.of_loss(self.steps - 1, loss)
            records += self._record(loss, scale, begun)
            if self.steps >= self._next_metric:
                losses = self._means.losses
                records += self._alarm.of_losses(self.steps - len(losses), losses)
                records += self._means.records(self.steps, begun - self._since)
                often = self.steps // 50 if self.steps >= DENSE else 0
                self._next_metric = self.steps + 1 + often
            self._append(records)
            soon = self.steps + 1 if self._waiting else self._next + 1
            self._due = min(soon, self._next_metric)
        except Exception as fault:  # a person's training is worth more than its recording
            self._fail(fault)
        self._spent += time.perf_counter() - begun

    def _record(self, loss: Any, scale: Any, begun: float) -> list[Record]:
        """A moment before this step, if it is time for one."""
        step = self.steps - 1
        if step < self._next:
            return []
        if self._spent > FREE_SECONDS + SHARE * (begun - self._since) and step:
            self._next = step + 1 + step // 20
            return []
        number = None if loss is None else number_of(loss, "loss", self._speaker)
        moment = self._looker.moment(step, number, self._scaling.of(scale, self._speaker))
        self._scaling.check(step, moment, self._speaker)
        self._speaker.say_all(self._looker.omitted)
        self._waiting = moment, self._looker.weights()
        self._next = step + 1 if step < DENSE else math.ceil(step * GROWTH)
        return self._alarm.of_moment(moment)

    def _finished(self) -> list[Record]:
        """The moment of the step before, with how far that step moved the weights."""
        if self._waiting is None:
            return []
        moment, before = self._waiting
        self._waiting = None
        with torch.no_grad():
            self._looker.note_updates(moment, before)
        return [moment]

    def _append(self, records: Sequence[Record]) -> None:
        """Write these and those that waited, if there is a moment or it is time."""
        self._unwritten += records
        now, moments = time.perf_counter(), any(isinstance(r, Moment) for r in self._unwritten)
        due = moments or now - self._written > WRITTEN_SECONDS
        if self._unwritten and due and self._writer is not None:
            self._writer.append(self._unwritten)
            for record in self._unwritten:
                if isinstance(record, Moment) and record.step == 0:  # it may be written twice
                    first, self._first = self._first, set(record.arrays)
                    self._writer.drop_arrays(0, first - self._first - {INPUTS, TARGETS})
            self._unwritten, self._written = [], now
            if moments:
                thin(self._writer)

    def _fail(self, fault: Exception) -> None:
        what = f"{type(fault).__name__}: {fault}"
        warnings.warn(f"Layerscope records no more of this network ({what}).", stacklevel=4)
        writer, self._writer = self._writer, None
        release(self)
        try:
            assert writer is not None
            writer.append([Event(self.steps, "failed", f"Recording ended: {what}"[:500])])
            writer.close()
        except (OSError, sqlite3.Error):
            pass

    def close(self) -> None:
        """Record how the network is now, and let go of the file; also done when the script ends."""
        self.end(None)

    def rest(self, fault: BaseException | None) -> None:
        """A cell of a notebook that trained is over, with a fault or not; another may train on."""
        if self._writer is not None and self._process == os.getpid():
            try:
                self._fault, self._rests, self._due = fault, fault is not None, 0
                why = reason_of(fault, "cell")
                ended = [Event(self.steps, "stopped", why)] if why else []
                self._write_last(ended)
            except Exception as other:
                self._fail(other)

    def end(self, fault: BaseException | None, look: bool = True, place: str = "script") -> None:
        """The end of the run: finished, or stopped by a fault of the script."""
        if self._writer is None or self._process != os.getpid():
            return
        try:
            why = reason_of(fault, "cell" if fault is self._fault and fault else place)
            self._write_last([Event(self.steps, "stopped" if why else "finished", why)], look)
            self._writer.close()
            self._writer = None
            release(self)
        except Exception as other:
            self._fail(other)

    def _write_last(self, events: list[Event], look: bool = True) -> None:
        """Write all that waits, how the network is now, and what happened."""
        records = self._finished()
        if self._means:
            records += self._means.records(self.steps, time.perf_counter() - self._since)
        if look and self.steps not in self.run.steps():
            records.append(self._looker.moment(self.steps, None, gradients=False))
            self._speaker.say_all(self._looker.omitted)
        self._written = -math.inf
        self._append([*records, *events])


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

    `inputs`, a tensor or a tuple, list or dict of them with up to 100 inputs along the first axis,
    are looked at in every moment: take some eight. `classes` names what the last layer tells apart,
    two for one logit, for inputs whose true classes are `targets`, if they are known. Of a layer
    with more than `units` units the first ones are recorded. What was understood is printed.
    Raises Unseen where nothing can be recorded, ValueError for inputs, classes or targets that do
    not fit, Full where there is no room, and what the network raises.
    """
    settings, moment, looker = looked_at(
        network, inputs, classes=classes, targets=targets, note=note, units=units
    )
    assert settings.watched is not None
    run = new_run(settings, str(name or settings.title))
    say(f"{understood_as(settings.watched, looker.inputs.note)} Recorded to {run.path}")
    return Watch(run, looker, [Event(0, "started"), moment])

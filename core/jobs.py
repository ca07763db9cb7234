"""Jobs: a run in training as the engine holds it, and how its records reach its file."""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

from core import live, pictures
from core.budget import free_space, thin
from core.commands import Command
from core.data.own import kept
from core.pipe import BROKEN, Receiver
from core.records import Event, Moment, Record
from core.runfile import Writer, is_disk_fault
from core.runs import Run, this_process
from core.settings import Settings

LOST_SECONDS = 10.0
"""A worker that has not answered for so long is lost."""
PATIENCE = 1.0
"""Seconds between two tries to write to a full disk."""
UNWATCHED_PAUSE = 0.5
"""Seconds between two times that records are taken, where no event calls: each costs the training
thread some milliseconds."""
NEWS_SECONDS = 0.05
"""So long is news waited for before there is a look for somebody who came to watch."""
STAND_BY_PAUSE = 5.0
"""The same of a run that stands by, and whose pipe tells when it begins."""
INSIDE_SECONDS = 0.1
"""Least time between two live pictures of a layer's inside."""


class Job:
    """One run that this process trains: its file's writer, its actor, its waiting commands."""

    def __init__(
        self, run: Run, settings: Settings, fresh: bool, step: int = 0, race: str = ""
    ) -> None:
        """`fresh` says that it starts from the random start, not from a checkpoint."""
        self.run, self.settings, self.fresh, self.step = run, settings, fresh, step
        self.race = race
        """The race that it belongs to: it then waits for all others."""
        self.rests = self.yields = False
        """Whether it is paused, and whether that is for others' sake."""
        self.stands_by = bool(race)
        """Whether it waits, perhaps with its worker, for its turn to train."""
        self.writer = Writer(run.path)
        if settings.own:
            kept.hold(settings.own.id, run.id)  # also while it waits in line
        self.channel = live.channels.setdefault(
            run.id,
            live.Channel([pictures.AT_WORK, *(layer.name for layer in settings.drawn_layers)]),
        )
        self._probes: pictures.Probes | None = None
        self.actor: Any = None
        self.pipe: Receiver | None = None
        self.worker = ""
        self.trouble = ""
        self.unsaved: list[Record] = []
        self.ended = threading.Event()
        """Set once the file is let go of and the engine knows this job no more."""
        self.closed = self._owned = self._asked = False
        self._early: list[Command] = []
        self._writing, self._talking = threading.Lock(), threading.Lock()

    def begin(self, actor: Any, near: bool = False) -> None:
        """Steer this actor from now on, beginning with what was said before it was there.

        `near` says that it is on this machine: its pictures then come through a pipe, if one can
        be made, and else with its records.
        """
        if near:
            with contextlib.suppress(*BROKEN):
                self.pipe = Receiver(*actor.pipe().result(timeout=LOST_SECONDS))
        with self._talking:
            self.actor = actor
            for command in self._early:
                actor.send(command).result(timeout=LOST_SECONDS)

    def send(self, command: Command) -> None:
        """Pass a command on, in the order in which they come; raises where the worker is lost."""
        with self._talking:
            if self.actor is None:
                self._early.append(command)
            else:
                self.actor.send(command).result(timeout=LOST_SECONDS)

    def answer(
        self, asked: Any, workers: Callable[[], list[str]], patience: float = LOST_SECONDS
    ) -> Any:
        """What the worker answers; raises TimeoutError as soon as it is gone, or silent so long."""
        until = time.monotonic() + patience
        while True:
            try:
                return asked.result(timeout=1)
            except TimeoutError:
                if time.monotonic() > until or self.worker not in workers():
                    raise

    def collect(self, workers: Callable[[], list[str]]) -> tuple[list[Record], bool]:
        """The records since the last call, and whether it is over; shows live pictures meanwhile.

        Comes back at once after an event, and always soon.
        """
        pause = STAND_BY_PAUSE if self.stands_by and self._asked else UNWATCHED_PAUSE
        self._asked = True  # what came before its pipe was there told nobody
        if self.pipe:
            self._show_what_comes(time.monotonic() + pause)
        self.channel.joined.clear()
        with_picture = self.watched() and not self.pipe and not self.stands_by
        patience = 0.0 if self.pipe else pause
        asked = self.actor.take(with_picture, self.channel.watched_insides(), patience)
        records, over = self.answer(asked, workers)
        if records and getattr(records[-1], "live", False):
            self.show(records.pop())
        if with_picture and not over:
            self.channel.joined.wait(self.rest())
        return records, over

    def _show_what_comes(self, until: float) -> None:
        """Show each picture that comes through the pipe, until then or until there is news."""
        while self.pipe and (left := until - time.monotonic()) > 0:
            self.channel.joined.clear()
            try:
                if not self.watched():
                    if self.pipe.news(min(left, NEWS_SECONDS)):
                        return
                    continue
                if rest := self.rest():
                    self.channel.joined.wait(min(left, rest))
                    continue
                picture = self.pipe.next(self.channel.watched_insides(), left)
            except BROKEN:  # the next call says whether the worker is gone, too
                self.pipe.close()  # so that the worker does not send to nobody
                self.pipe = None
                return
            if picture is None:
                return
            self.show(picture)

    def watched(self) -> bool:
        """Whether a live picture is wanted: of a single run, one waits for who comes."""
        return self.channel.watched() or not (self.channel.number or self.race)

    def show(self, moment: Moment) -> None:
        """Send a live moment to those who watch: the strip, layers from inside, functions at work.

        Whoever comes first finds a strip.
        """
        layers, dataset = self.settings.layers, self.settings.dataset
        now, insides = time.monotonic(), self.channel.insides
        watched = self.channel.watched_insides()
        if not watched or self.channel.watched(alone=True):
            drawn = self.settings.drawn_layers
            self.channel.publish(pictures.live_frame(dataset, drawn, moment))
        for name in watched:
            if now - insides[name].published < INSIDE_SECONDS:
                continue
            if self._probes is None:
                self._probes = pictures.probes_of(dataset)
            if name == pictures.AT_WORK:
                insides[name].publish(pictures.live_work(layers, len(self._probes), moment))
                continue
            layer = next(layer for layer in layers if layer.name == name)
            insides[name].publish(pictures.live_inside(layer, layers, self._probes, moment))

    def rest(self) -> float:
        """Seconds in which nobody who watches needs a picture: insides are seen less often."""
        watched = self.channel.watched_insides()
        if not watched or self.channel.watched(alone=True):
            return 0.0
        due = min(self.channel.insides[name].published for name in watched) + INSIDE_SECONDS
        return max(0.0, due - time.monotonic())

    def store(self, records: list[Record]) -> bool:
        """Append to the run's file; on a full disk keep the records here and say so."""
        with self._writing:
            self.unsaved += records
            if self.closed or not self.unsaved:
                return True
            try:
                if not self._owned:
                    self.writer.note(owner=this_process())
                    self._owned = True
                self.writer.append(self.unsaved)
            except Exception as fault:
                if not is_disk_fault(fault):
                    raise
                self.trouble = self._trouble(fault)
                return False
            kept, self.unsaved, self.trouble = self.unsaved, [], ""
            self.step = max(self.step, *(record.step for record in kept))
            for event in (record for record in kept if isinstance(record, Event)):
                if event.kind in ("started", "resumed", "paused"):
                    self.rests, self.stands_by = event.kind == "paused", False
            if any(hasattr(record, "arrays") for record in kept):
                with contextlib.suppress(sqlite3.OperationalError):  # tried again next time
                    thin(self.writer)
            return True

    def _trouble(self, fault: Exception) -> str:
        arrays = [a for r in self.unsaved for a in getattr(r, "arrays", {}).values()]
        needed = max(1, sum(array.values.nbytes for array in arrays) // 10**6)
        if "locked" in str(fault):
            what = "The run's file is held by another program"
        else:
            what = "Disk full"
        return (
            f"{what}: recorded up to step {self.step} ({free_space() / 1e6:.0f} MB free, "
            f"{needed} MB needed). Training is paused; make room, then resume."
        )

    def lost(self) -> Event:
        """What is to be said when the worker is gone."""
        text = (
            f"Interrupted at step {self.step}: the process that trained it ended (killed, or out "
            "of memory). Everything up to there is saved; Resume goes on from it."
        )
        return Event(self.step, "interrupted", text)

    def unrecorded(self, fault: Exception) -> Event:
        """What is to be said when the file takes no more records, whatever room there is."""
        self.unsaved.clear()
        text = f"Training stopped at step {self.step}: it could not be recorded ({fault})."
        return Event(self.step, "failed", text)

    def flush(self, goes_on: Callable[[], bool]) -> None:
        """Wait until all is stored, as long as that goes on and the run's file is there."""
        while not self.store([]) and goes_on() and self.run.path.exists():
            time.sleep(PATIENCE)

    def close(self) -> None:
        """Let go of the run's file and of those who watch."""
        with self._writing:
            self.closed = True
            self.writer.close()
        if self.pipe:
            self.pipe.close()
        if self.settings.own:
            kept.let_go(self.run.id)
        self.channel.publish(None)

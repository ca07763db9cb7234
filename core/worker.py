"""What runs in a worker process: the actor that trains one run.

Imported by the server too (it submits this), so torch is imported only inside.
"""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from core.commands import Command, Inbox
from core.data.dataset import DataError, Split
from core.data.own import kept
from core.pipe import Sender
from core.records import Checkpoint, Event, Moment, Record
from core.settings import Settings, settings_from

UNHEARD_SECONDS = 60.0
"""A run whose records nobody has collected for so long stops at its next step, or in its pause."""
NICE = 10
"""How far a race's run stands back: Unix counts from 0, as everybody, to 19."""
TURN = threading.Lock()
"""Held by the run of a race that trains in this process: the next one stands by until it ends."""
STAND_BY_LOOK = 0.1
"""Seconds after which one that stands by sees that it was stopped."""
PICTURE_WAIT = 0.2
"""So long, in seconds, an answer waits for the picture that was asked for."""


class Trainer:
    """Trains one run in a thread of its own and keeps the records until they are taken."""

    def __init__(self) -> None:
        """Ready to start."""
        self.inbox = Inbox(lambda: self._unheard)
        self._records: list[Record] = []
        self._picture: Moment | None = None
        self._begun = self._over = self._told = self._stopped = False
        self._ring: Callable[[], object] | None = None
        self._pipe: Sender | None = None
        self._lock = threading.Lock()
        self._taken = time.monotonic()
        self._user = f"trainer-{id(self)}"

    @property
    def _unheard(self) -> bool:
        """Whether nobody has collected anything for so long that nobody will."""
        return time.monotonic() - self._taken > UNHEARD_SECONDS

    def bring(self, data_id: str, about: str, split: Split) -> None:
        """Have a run's own data here, on a machine that need not share the server's disk."""
        kept.hold(data_id, self._user)
        kept.store(data_id, about, split)

    def start(
        self, settings: Settings, checkpoint: Checkpoint | None, patient: bool = False
    ) -> None:
        """Begin from the random start, or go on from a checkpoint.

        A `patient` run, of a race, records few moments and leaves the processor to all others. Of
        two in one process the second begins in the moment in which the first ends.
        """
        self._begun = True
        given = (settings, checkpoint, patient)
        threading.Thread(target=self._train, args=given, daemon=True).start()

    def _train(self, settings: Settings, checkpoint: Checkpoint | None, patient: bool) -> None:
        if patient:
            with contextlib.suppress(OSError, AttributeError):  # of this thread, on Linux only
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        try:
            with self._turn() if patient else contextlib.nullcontext():
                self._trained(settings, checkpoint, few=patient)
        finally:
            if settings.own:
                kept.let_go(self._user)
            with self._lock:
                self._over = True
                if self._ring:
                    self._ring()
            if self._pipe:
                self._pipe.send(None)
                self._pipe.close()

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Stand by until no other run of a race trains here; not one that has been stopped."""
        mine = False
        while not mine and not self._stopped:
            mine = TURN.acquire(timeout=STAND_BY_LOOK)
        try:
            yield
        finally:
            if mine:
                TURN.release()

    def _trained(self, settings: Settings, checkpoint: Checkpoint | None, few: bool) -> None:
        step = checkpoint.step if checkpoint else 0
        try:
            from core.training import train

            for record in train(settings, self.inbox, checkpoint, few=few):
                step = record.step
                self._keep(record)
                if self._unheard:
                    return
        except DataError as fault:
            self._fail(step, str(fault))
        except Exception as fault:
            self._fail(step, f"Training failed at step {step}: {type(fault).__name__}: {fault}")

    def _keep(self, record: Record) -> None:
        picture = record if isinstance(record, Moment) and record.live else None
        if picture and self._pipe and self._pipe.send(picture):
            return
        with self._lock:
            if picture:
                self._picture = picture
            else:
                self._records.append(record)
                self._told |= isinstance(record, Event)
            if self._ring and (self._picture or self._told):
                self._ring()
        if self._pipe and isinstance(record, Event):
            self._pipe.send(None)

    def _fail(self, step: int, text: str) -> None:
        self._keep(Event(step, "failed", text[:500]))

    async def take(
        self, picture: bool, insides: tuple[str, ...] = (), patience: float = 0.0
    ) -> tuple[list[Record], bool]:
        """The records since the last call, the newest live picture last; and whether it is over.

        `picture` asks for a live picture, with all that is to be seen inside the layers `insides`;
        the answer then waits a little for it, unless an event comes first. Without, it waits for
        an event as long as the `patience`, in seconds. Each call costs the training thread some
        turns of Python's lock: one that waits is better than many that do not. It waits as a
        coroutine, so that no other run's call waits for it. Raises RuntimeError on an actor that
        was made anew after its worker was lost: the training is gone with it.
        """
        if not self._begun:
            raise RuntimeError("the worker that trained this run was lost")
        self._taken = time.monotonic()
        if picture:
            self.inbox.insides = insides
            self.inbox.picture_wanted = True
        if wait := PICTURE_WAIT if picture else patience:
            await self._news(wait)
        with self._lock:
            records, self._records = self._records, []
            if self._picture is not None:
                records.append(self._picture)
            self._picture, self._told = None, False
            return records, self._over

    async def _news(self, seconds: float) -> None:
        """Wait for a picture, an event or the end, so long at most."""
        bell, loop = asyncio.Event(), asyncio.get_running_loop()
        with self._lock:
            if self._picture or self._told or self._over:
                return
            self._ring = lambda: loop.call_soon_threadsafe(bell.set)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(bell.wait(), seconds)
        with self._lock:
            self._ring = None

    def pipe(self) -> tuple[str, bytes]:
        """Where a server on this machine has live pictures without a call for each; and the key.

        There it hears of news, too: it then takes the records.
        """
        self._pipe = Sender(self._ask)
        return self._pipe.address, self._pipe.key

    def _ask(self, insides: tuple[str, ...]) -> None:
        self.inbox.insides, self.inbox.picture_wanted = insides, True

    def send(self, command: Command) -> None:
        """Pass a command on to the training thread."""
        self._stopped |= command.word == "stop"
        self.inbox.send(command)


def with_own(data_id: str, about: str, split: Split, task: Callable[..., Any], *given: Any) -> Any:
    """Answer a question about somebody's own data, which is here for as long as that takes."""
    user = f"question-{threading.get_ident()}"
    kept.hold(data_id, user)
    try:
        kept.store(data_id, about, split)
        return task(*given)
    finally:
        kept.let_go(user)


def warm_up(data: str = "mnist") -> int:
    """Import torch, load the usual data set and train a few steps, so that the first run is quick.

    The first step of a process takes seconds: torch then imports and prepares what it needs.
    """
    from core.training import tensors, train

    settings = settings_from({"data": data, "share": 0.002, "epochs": 1})
    records = sum(1 for _ in train(settings, Inbox()))
    return len(tensors(settings.dataset)[0]) if records else 0

"""The engine: runs training on Dask workers. It submits, steers, collects and stores.

One thread a run takes the records from the worker, appends them to the run's file and hands the
newest picture to `live`. What a run needs to know of others (a place in the queue) is here too.
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from core import live, turns
from core.budget import Full as Full
from core.budget import new_run
from core.commands import Command
from core.data.dataset import DataError
from core.data.own import kept
from core.jobs import LOST_SECONDS, Job
from core.records import Event
from core.rows import Damaged
from core.runs import ENDED, Missing, Run, delete, find
from core.settings import Settings
from core.workers import Unreachable, Workers

START_SECONDS = 60.0
Answer = TypeVar("Answer")
log = logging.getLogger("layerscope")


class Engine:
    """The Dask client and the runs that this process trains."""

    def __init__(self) -> None:
        """Start a local cluster, or join the scheduler named by LAYERSCOPE_SCHEDULER."""
        self.jobs: dict[str, Job] = {}
        self.queue: list[str] = []
        self.resting: set[str] = set()  # races
        self.lock = threading.RLock()
        self.bell = threading.Event()
        self.open = True
        self.workers = Workers()
        threading.Thread(target=self._dispatch, daemon=True).start()

    def train(self, settings: Settings, name: str = "", race: str = "") -> Run:
        """Start a new run, or queue it; raises Full where there is no room.

        One of a race waits until a worker has nothing else to do, and stands back for all others.
        """
        run = new_run(settings, name, race=race)
        self._begin(Job(run, settings, fresh=True, race=race))
        return run

    def resume(self, run_id: str) -> None:
        """Go on with a run that has ended early, from its last checkpoint; the last press wins.

        Nothing happens to a run that is finished, gone or trained by another server.
        """
        if (job := self.jobs.get(run_id)) and job.closed:
            job.ended.wait(LOST_SECONDS)
        with self.lock, contextlib.suppress(Missing):
            if run_id in self.jobs:
                self.command(run_id, Command("resume"))
                return
            run = find(run_id)
            summary = run.summary()
            settings = run.settings()
            rests = summary.state in ENDED and summary.state != "finished"
            if run.id == "demo" or not rests or settings.watched:
                return
            race = run.notes().get("race", "")
            job = Job(run, settings, fresh=False, step=summary.step, race=race)
            job.store([Event(summary.step, "created", "waiting for a worker")])
            self._begin(job)

    def _begin(self, job: Job) -> None:
        with self.lock:
            self.jobs[job.run.id] = job
            self.queue.append(job.run.id)
        self.bell.set()

    def _dispatch(self) -> None:
        said = ""
        while self.open:
            self.bell.wait(timeout=0.5 if self.queue else self.workers.pause)
            self.bell.clear()
            try:
                if self.open:
                    self.workers.mend()
                self._next()
                self._give_way()
                said = ""
            except Exception as fault:  # asked again in half a second
                if self.open and said != (said := str(fault)):
                    log.warning("no worker for a waiting run: %r", fault)

    def _next(self) -> None:
        workers = self.workers.addresses()
        with self.lock:
            found = turns.given(self.jobs, self.queue, workers, self.resting)
            for run_id, worker in found.items():
                self.queue.remove(run_id)
                job = self.jobs[run_id]
                job.worker = worker
                threading.Thread(target=self._run, args=(job,), daemon=True).start()

    def _give_way(self) -> None:
        """Let a race's runs rest while another run trains on their worker, or their race rests."""
        with self.lock:
            turned = turns.turned(self.jobs.values(), self.resting)
        for job in turned:
            job.yields = not job.yields
            with contextlib.suppress(Exception):  # a lost worker is told by the collecting thread
                job.send(Command("pause" if job.yields else "resume"))

    def rest(self, race: str, rests: bool) -> None:
        """Let all runs of a race rest, or go on."""
        with self.lock:
            (self.resting.add if rests else self.resting.discard)(race)
        self.bell.set()

    def _run(self, job: Job) -> None:
        future: Any = None
        try:
            start = None if job.fresh else job.run.last_checkpoint()
            future = self.workers.trainer(job.worker)
            there = self.workers.addresses
            actor = job.answer(future, there, START_SECONDS)
            if self.workers.joined and (own := job.settings.own):
                brought = actor.bring(own.id, *kept.whole(own.id))
                job.answer(brought, there, START_SECONDS)
            begun = actor.start(job.settings, start, bool(job.race))
            job.answer(begun, there, START_SECONDS)
            job.begin(actor, near=self.workers.process is not None)
            self._collect(job)
            self._end(job)
        except (Damaged, DataError) as fault:
            self._end(job, Event(job.step, "failed", str(fault)))
        except sqlite3.Error as fault:
            log.error("run %s cannot be recorded: %r", job.run.id, fault)
            self._end(job, job.unrecorded(fault))
            with contextlib.suppress(Exception):
                job.send(Command("stop"))
        except Exception as fault:
            if not self._waits_again(job):
                log.warning("run %s lost: %r", job.run.id, fault)
                self._end(job, job.lost())
        finally:
            if future is not None:
                future.release()

    def _waits_again(self, job: Job) -> bool:
        """Queue a run again whose worker is there, but too busy with other people's to begin it."""
        with contextlib.suppress(Unreachable):
            if job.actor is None and job.worker in self.workers.addresses():
                job.worker = ""
                self._begin(job)
                return True
        return False

    def _end(self, job: Job, *last: Event) -> None:
        """Store the last events of a run and let go of it."""
        with contextlib.suppress(Exception):
            job.store([*last])
            job.flush(lambda: self.open)
        job.close()
        with self.lock:
            self.jobs.pop(job.run.id, None)
            live.channels.pop(job.run.id, None)
        job.ended.set()
        self.bell.set()

    def _collect(self, job: Job) -> None:
        over = False
        while not over:
            records, over = job.collect(self.workers.addresses)
            rested = job.rests
            if records and not job.store(records):
                job.send(Command("pause"))
            if job.rests != rested:
                self.bell.set()

    def command(self, run_id: str, command: Command) -> bool:
        """Steer a run; False where this process does not train it (any more)."""
        with self.lock:
            job = self.jobs.get(run_id)
            if unbegun := command.word == "stop" and run_id in self.queue:
                self.queue.remove(run_id)
        if job is None:
            return False
        if unbegun:
            self._end(job, Event(job.step, "stopped", "Stopped before it started."))
            return True
        if job.trouble and command.word in ("resume", "step", "epoch") and not job.store([]):
            return True
        with contextlib.suppress(Exception):  # a lost worker is told by the collecting thread
            job.send(command)
        return True

    def place(self, run_id: str) -> int | None:
        """The run's place in the queue, counted from 1; None if it does not wait."""
        with self.lock:
            line = turns.in_line(self.jobs, self.queue)
            return line.index(run_id) + 1 if run_id in line else None

    def trouble(self, run_id: str) -> str:
        """A sentence about what keeps a run from being trained or recorded, or nothing."""
        job = self.jobs.get(run_id)
        return (job.trouble or ("" if job.worker else self.workers.trouble())) if job else ""

    def ask(self, task: Callable[..., Answer], *given: Any, patience: float = 60.0) -> Answer:
        """Let a worker compute an answer to a single question, for at most so many seconds."""
        return self.workers.asked(task, *given).result(timeout=patience)

    def remove(self, run: Run) -> None:
        """Stop a run if it trains, then delete its file."""
        if job := self.jobs.get(run.id):
            self.command(run.id, Command("stop"))
            if not job.ended.wait(LOST_SECONDS):
                job.close()  # what it still gives is not wanted
        delete(run)

    def close(self) -> None:
        """End the workers; runs that still train are found interrupted, with all they recorded."""
        self.open = False
        self.bell.set()
        self.workers.close()


_engine: Engine | None = None
_lock = threading.Lock()


def engine() -> Engine:
    """The engine of this process, started by the first who asks."""
    global _engine
    with _lock:
        if _engine is None:
            _engine = Engine()
        return _engine


def stop() -> None:
    """End the engine of this process, if it has one."""
    global _engine
    with _lock:
        if _engine is not None:
            _engine.close()
            _engine = None

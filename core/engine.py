"""The engine: runs training on Dask workers. It submits, steers, collects and stores.

One thread a run takes the records from the worker, appends them to the run's file and hands the
newest picture to `live`. What a run needs to know of others (a place in the queue) is here too.
"""

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from core import live
from core.budget import Full as Full
from core.budget import new_run
from core.commands import Command
from core.jobs import LOST_SECONDS, Job
from core.records import Event
from core.rows import Damaged
from core.runs import ENDED, Missing, Run, delete, find
from core.settings import Settings
from core.worker import Trainer, warm_up

RUNS_A_WORKER = 4
START_SECONDS = 60.0
Answer = TypeVar("Answer")
log = logging.getLogger("layerscope")


class Engine:
    """The Dask client and the runs that this process trains."""

    def __init__(self) -> None:
        """Start a local cluster, or join the scheduler named by LAYERSCOPE_SCHEDULER."""
        self.jobs: dict[str, Job] = {}
        self.queue: list[str] = []
        self.lock = threading.RLock()
        self.bell = threading.Event()
        self.open = True
        self._connect()
        threading.Thread(target=self._dispatch, daemon=True).start()

    def _connect(self) -> None:
        from distributed import Client

        from core import cluster

        address = os.environ.get("LAYERSCOPE_SCHEDULER")
        self.cluster = None
        if not address:
            self.cluster, address = cluster.started(cluster.workers())
        self.client = Client(address, direct_to_workers=True)
        threading.Thread(target=self._warm, daemon=True).start()

    def _warm(self) -> None:
        with contextlib.suppress(Exception):  # a cold worker is only slower
            self.client.run(warm_up)

    def _workers(self) -> list[str]:
        return self.client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.workers))

    def train(self, settings: Settings, name: str = "") -> Run:
        """Start a new run, or queue it; raises Full where there is no room."""
        run = new_run(settings, name)
        self._begin(Job(run, settings, fresh=True))
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
            job = Job(run, settings, fresh=False, step=summary.step)
            job.store([Event(summary.step, "created", "waiting for a worker")])
            self._begin(job)

    def _begin(self, job: Job) -> None:
        with self.lock:
            self.jobs[job.run.id] = job
            self.queue.append(job.run.id)
        self.bell.set()

    def _dispatch(self) -> None:
        while self.open:
            self.bell.wait(timeout=0.5 if self.queue else None)
            self.bell.clear()
            try:
                if self.open and self.cluster and self.cluster.poll() is not None:  # it was killed
                    self._disconnect()
                    self._connect()
                self._next()
            except Exception as fault:  # asked again in half a second
                log.warning("no worker for a waiting run: %r", fault)

    def _next(self) -> None:
        workers = self._workers()
        with self.lock:
            load = dict.fromkeys(workers, 0)
            for job in self.jobs.values():
                if job.worker in load:
                    load[job.worker] += 1
            while self.queue and load and min(load.values()) < RUNS_A_WORKER:
                job = self.jobs[self.queue.pop(0)]
                job.worker = min(load, key=load.__getitem__)
                load[job.worker] += 1
                threading.Thread(target=self._run, args=(job,), daemon=True).start()

    def _run(self, job: Job) -> None:
        future: Any = None
        try:
            start = None if job.fresh else job.run.last_checkpoint()
            future = self.client.submit(Trainer, actor=True, workers=[job.worker], pure=False)
            actor = job.answer(future, self._workers, START_SECONDS)
            job.answer(actor.start(job.settings, start), self._workers, START_SECONDS)
            job.begin(actor, near=self.cluster is not None)
            self._collect(job)
            self._end(job)
        except Damaged as fault:
            self._end(job, Event(job.step, "failed", str(fault)))
        except sqlite3.Error as fault:
            log.error("run %s cannot be recorded: %r", job.run.id, fault)
            self._end(job, job.unrecorded(fault))
            with contextlib.suppress(Exception):
                job.send(Command("stop"))
        except Exception as fault:
            log.warning("run %s lost: %r", job.run.id, fault)
            self._end(job, job.lost())
        finally:
            if future is not None:
                future.release()

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
            records, over = job.collect(self._workers)
            if records and not job.store(records):
                job.send(Command("pause"))

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
            return self.queue.index(run_id) + 1 if run_id in self.queue else None

    def trouble(self, run_id: str) -> str:
        """A sentence about what keeps a run from being recorded, or nothing."""
        job = self.jobs.get(run_id)
        return job.trouble if job else ""

    def ask(self, task: Callable[..., Answer], *given: Any, patience: float = 60.0) -> Answer:
        """Let a worker compute an answer to a single question, for at most so many seconds."""
        return self.client.submit(task, *given, pure=False).result(timeout=patience)

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
        self._disconnect()

    def _disconnect(self) -> None:
        self.client.close()
        if self.cluster is not None:
            from core import cluster

            cluster.ended(self.cluster)


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

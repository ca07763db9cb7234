"""The engine when what it stands on goes: full disks, lost data, workers killed at any moment."""

import contextlib
import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from core.commands import Command
from core.engine import Engine
from core.records import Moment
from core.runfile import Writer
from core.runs import Run
from tests.samples import assert_as_if_unbroken, small_settings, told, until, until_state

LONG = {"batch_size": 32, "epochs": 1000}  # 45,000 steps: nothing here waits for their end
KILLS = 5


def worker_pid(engine: Engine) -> int:
    """The process that trains, as soon as there is one."""
    found: list[int] = []

    def asked() -> bool:
        with contextlib.suppress(Exception):  # one has just been killed
            found.extend(engine.workers.client.run(os.getpid).values())
        return bool(found)

    until(asked, "for a worker")
    return found[0]


def resumed_by_many(engine: Engine, run: Run) -> None:
    """Sixteen windows press Resume at once: one job comes of it."""
    before, begin = len(told(run)), threading.Barrier(16)

    def press() -> None:
        begin.wait()
        engine.resume(run.id)

    windows = [threading.Thread(target=press) for _ in range(16)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert [kind for _, kind, *_ in told(run)[before:]].count("created") == 1
    assert len(engine.jobs) == 1


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_a_worker_killed_at_any_moment_costs_nothing_that_was_recorded(engine: Engine, started):
    settings, chosen = small_settings(batch_size=32, epochs=100), random.Random()
    run = started(settings)
    for kill in range(KILLS):
        pid = worker_pid(engine)
        if kill == 1:  # while the worker is still getting ready
            until(lambda: engine.jobs[run.id].actor is not None)
        elif kill:
            until_state(run, "running")
        if kill == 2:  # keeps a checkpoint, so that the next ones go on from it
            engine.command(run.id, Command("pause"))
            until_state(run, "paused")
            engine.command(run.id, Command("resume"))
            until_state(run, "running")
        time.sleep(chosen.uniform(0, 0.4))
        acknowledged = run.steps(), run.metrics()["step"].tolist(), run.steps(exact=True)
        os.kill(pid, signal.SIGKILL)
        until_state(run, "interrupted")
        summary, steps = run.summary(), run.metrics()["step"].tolist()
        assert summary.message.startswith(f"Interrupted at step {summary.step}: the process")
        assert set(run.steps()) >= set(acknowledged[0]) and len(run.moments()) == len(run.steps())
        assert steps == sorted(set(steps)) and set(steps) >= set(acknowledged[1])
        assert set(run.steps(exact=True)) >= set(acknowledged[2])
        until(lambda: not engine.jobs)
        if kill == 3:
            resumed_by_many(engine, run)
        else:
            engine.resume(run.id)
    until_state(run, "finished")
    resumed = [step for step, kind, *_ in told(run) if kind == "resumed"]
    assert resumed and resumed[-1] >= resumed[0] > 0
    assert_as_if_unbroken(run, settings, resumed=True)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_a_killed_cluster_is_started_again(engine: Engine, started):
    run = started(small_settings(**LONG))
    until(lambda: run.summary().step > 0)
    killed = engine.workers.process
    assert killed is not None
    os.kill(killed.pid, signal.SIGKILL)
    until_state(run, "interrupted")
    engine.resume(run.id)
    until_state(run, "running")
    assert engine.workers.process is not killed and engine.command(run.id, Command("pause"))
    until_state(run, "paused")


def test_a_full_disk_pauses_the_run_and_loses_nothing(engine: Engine, started, monkeypatch):
    settings = small_settings(batch_size=32, epochs=120)
    append, full, written = Writer.append, threading.Event(), []

    def limited(writer: Writer, records: Any) -> None:
        if full.is_set():
            raise sqlite3.OperationalError("database or disk is full")
        append(writer, records)
        if not written and any(isinstance(record, Moment) for record in records):
            written.append(full.set())  # at once: the run is over within seconds

    monkeypatch.setattr(Writer, "append", limited)
    run = started(settings)
    until(lambda: engine.trouble(run.id))
    sentence = engine.trouble(run.id)
    at = run.summary().step
    assert sentence.startswith(f"Disk full: recorded up to step {at} (")
    assert "Training is paused" in sentence
    assert len(run.moments()) == len(run.steps()) and run.summary().state == "running"
    engine.command(run.id, Command("resume"))  # no room yet: nothing happens
    assert engine.trouble(run.id) and run.summary().step == at
    full.clear()
    engine.command(run.id, Command("resume"))
    until_state(run, "finished")
    assert engine.trouble(run.id) == ""
    kinds = [kind for _, kind, *_ in told(run)]
    assert kinds == ["created", "started", "paused", "resumed", "finished"] or (
        kinds == ["created", "started", "finished"]  # over before it could be paused
    )
    assert_as_if_unbroken(run, settings)


def test_a_record_that_can_not_be_kept_ends_the_run_with_a_sentence(engine, started, monkeypatch):
    append = Writer.append

    def picky(writer: Writer, records: Any) -> None:
        if any(record.step > 5 and type(record).__name__ == "Moment" for record in records):
            raise sqlite3.IntegrityError("this is not to be kept")
        append(writer, records)

    run = None
    with monkeypatch.context() as patch:
        patch.setattr(Writer, "append", picky)
        run = started(small_settings(**LONG))
        until_state(run, "failed")
    assert "could not be recorded (this is not to be kept)" in run.summary().message


def on_the_worker(engine: Engine, function: Callable[[], object]) -> None:
    assert list(engine.workers.client.run(function).values())


def test_data_that_can_not_be_had_fails_with_its_sentence(engine: Engine, started):
    def hide() -> None:
        import core.training as training
        from core.data.dataset import DataError

        def nothing(name: str) -> None:
            raise DataError("These images cannot be had without a network.")

        training.hidden, training.tensors = training.tensors, nothing  # type: ignore

    def show() -> None:
        import core.training as training

        training.tensors = training.hidden  # type: ignore

    on_the_worker(engine, hide)
    try:
        run = started(small_settings())
        until_state(run, "failed")
        assert run.summary().message == "These images cannot be had without a network."
    finally:
        on_the_worker(engine, show)
    until(lambda: not engine.jobs)
    engine.resume(run.id)  # the network is back
    until_state(run, "finished")


def test_a_damaged_checkpoint_fails_with_its_sentence(engine: Engine, started):
    run = started(small_settings(**LONG))
    until(lambda: run.summary().step > 0)
    engine.command(run.id, Command("stop"))
    until(lambda: not engine.jobs)
    with contextlib.closing(sqlite3.connect(run.path)) as connection, connection as change:
        change.execute("UPDATE arrays SET crc = crc + 1 WHERE exact = 1")
    engine.resume(run.id)
    until_state(run, "failed")
    assert "damaged at step" in run.summary().message

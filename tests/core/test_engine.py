"""The engine on one real worker: training to the end, steering, queueing, pictures."""

import os
import random
import sqlite3
import threading
import time

import psutil
import pytest

from core import budget, live, runs, turns
from core.commands import Command
from core.engine import Engine, Full
from core.pictures import unpack
from core.runfile import Writer
from core.runs import Run
from tests.samples import assert_as_if_unbroken, small_settings, told, until, until_state, written

LONG = {"batch_size": 32, "epochs": 1000}  # 45,000 steps: nothing here waits for their end
AN_EPOCH = 45


def last_event(run: Run) -> tuple[int, str]:
    return told(run)[-1][:2]


def test_a_run_is_trained_to_the_end(engine: Engine, started):
    settings = small_settings(batch_size=32, epochs=3)
    run = started(settings)
    until_state(run, "finished")
    assert [event[:2] for event in told(run)] == [(0, "created"), (0, "started"), (135, "finished")]
    assert_as_if_unbroken(run, settings)
    until(lambda: not engine.jobs)
    assert not engine.command(run.id, Command("pause"))
    assert engine.place(run.id) is None and engine.trouble(run.id) == ""


def test_a_run_is_paused_stepped_resumed_and_stopped(engine: Engine, started):
    run = started(small_settings(**LONG))
    assert engine.command(run.id, Command("pause"))  # perhaps before the worker has it
    until_state(run, "paused")
    at, _ = last_event(run)
    assert run.last_checkpoint().step == at
    engine.command(run.id, Command("step"))
    until(lambda: last_event(run) == (at + 1, "paused"))
    engine.command(run.id, Command("epoch"))
    whole = (at + 1) // AN_EPOCH * AN_EPOCH + AN_EPOCH
    until(lambda: last_event(run) == (whole, "paused"))
    steps = run.metrics()["step"].tolist()
    assert steps == sorted(set(steps)) and {at + 1, whole} <= set(steps)
    engine.command(run.id, Command("learning_rate", 0.5))
    until(lambda: (whole, "learning_rate", "", 0.5) in told(run))
    engine.command(run.id, Command("resume"))
    until(lambda: run.summary().step > whole + 10)
    assert run.summary().state == "running" and run.metrics()["learning_rate"][-1] == 0.5
    engine.command(run.id, Command("stop"))
    until_state(run, "stopped")
    assert run.summary().accuracy is not None and run.summary().step < 45_000


def test_of_two_who_steer_the_last_command_wins(engine: Engine, started):
    run = started(small_settings(**LONG))
    until(lambda: run.summary().step > 0)

    def steer(seed: int) -> None:
        chosen = random.Random(seed)
        for _ in range(40):
            engine.command(run.id, Command(chosen.choice(["pause", "resume", "step", "epoch"])))

    for number, (last, state) in enumerate([("pause", "paused"), ("resume", "running")], 1):
        windows = [threading.Thread(target=steer, args=(seed,)) for seed in range(2)]
        for window in windows:
            window.start()
        for window in windows:
            window.join()
        engine.command(run.id, Command(last))  # type: ignore[arg-type]
        engine.command(run.id, Command("learning_rate", 0.1 + number))  # tells when all is heard
        until(lambda: told(run)[-1][3] == 0.1 + number)  # noqa: B023
        assert run.summary().state == state and len(engine.jobs) == 1
        at = run.summary().step
        if state == "running":
            until(lambda: run.summary().step > at + 100)  # noqa: B023
        else:
            time.sleep(0.5)
            assert run.summary().step == at
        assert run.summary().state == state
    steps = [step for step, *_ in told(run)]
    assert steps == sorted(steps)


def test_two_runs_share_the_worker(engine: Engine, started):
    one, two = started(small_settings(**LONG)), started(small_settings(**LONG, seed=1))
    for _ in range(2):
        before = one.summary().step, two.summary().step
        until(lambda: one.summary().step > before[0] and two.summary().step > before[1])  # noqa: B023
    assert one.summary().state == two.summary().state == "running"


def test_more_runs_than_fit_wait_in_line(engine: Engine, started, monkeypatch):
    monkeypatch.setattr(turns, "RUNS_A_WORKER", 1)
    first, second, third, fourth = (started(small_settings(**LONG, seed=n)) for n in range(4))
    until(lambda: first.summary().step > 0)
    runs_ = (first, second, third, fourth)
    assert [engine.place(run.id) for run in runs_] == [None, 1, 2, 3]
    assert [run.summary().state for run in runs_] == ["running", "waiting", "waiting", "waiting"]
    assert engine.command(third.id, Command("stop"))
    assert third.summary().message == "Stopped before it started."
    assert [engine.place(run.id) for run in runs_] == [None, 1, None, 2]
    assert engine.command(fourth.id, Command("pause"))  # heard as soon as it starts
    engine.command(first.id, Command("stop"))
    until(lambda: second.summary().step > 0)
    assert first.summary().state == "stopped" and engine.place(fourth.id) == 1
    engine.command(second.id, Command("stop"))
    until_state(fourth, "paused")


def test_pictures_are_made_for_those_who_watch_and_for_nobody_else(engine: Engine, started):
    run = started(small_settings(**LONG))
    until(lambda: run.summary().step > 200)
    channel = live.channels[run.id]
    assert 1 <= channel.number <= 2  # the first one waits for whoever comes
    seen: dict[int, bytes] = {}

    def looked() -> bool:
        picture = live.newest(run.id)
        if picture:
            seen[channel.number] = picture
        return len(seen) >= 5

    until(looked)
    frames = [unpack(picture)[0]["frames"] for picture in seen.values()]
    assert all(len(frame) == 1 for frame in frames)
    steps = [frame[0]["step"] for frame in frames]
    assert steps == sorted(set(steps)) and steps[1] > 200
    until(lambda: not channel.watched())
    at = run.summary().step
    until(lambda: run.summary().step > at + 100)  # what was asked for last has arrived by now
    number, at = channel.number, run.summary().step
    until(lambda: run.summary().step > at + 500)
    assert channel.number == number


def test_a_run_is_not_started_where_the_disk_has_no_room(engine: Engine, home, monkeypatch):
    before = runs.ids()
    with monkeypatch.context() as patch:
        patch.setattr(budget, "free_space", lambda: 7_000_000)
        with pytest.raises(Full, match="7 MB left"):
            engine.train(small_settings())
    with monkeypatch.context() as patch:
        patch.setattr(Writer, "_prepare", full)
        with pytest.raises(Full, match="could not be made"):
            engine.train(small_settings())
    assert runs.ids() == before and not engine.jobs


def full(*_: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


def test_a_run_in_training_can_be_deleted_and_comes_back_stopped(engine: Engine, home):
    run = engine.train(small_settings(**LONG))
    until(lambda: run.summary().step > 0)
    engine.remove(run)
    assert run.id not in runs.ids() and run.id not in engine.jobs
    assert runs.restore(run.id).summary().state == "stopped"
    runs.delete(run)


def test_there_is_nothing_to_resume_in_a_run_that_is_finished_foreign_or_gone(engine, home):
    finished, running = written(), written(records=5)
    other = psutil.Process(os.getppid())
    runs.change(running, owner=f"[{other.pid}, {other.create_time()}]")
    before = told(finished), told(running), runs.DEMO.read_bytes()
    assert running.summary().state == "running"
    for run_id in (finished.id, running.id, "demo", "0" * 26, "../x"):
        engine.resume(run_id)
        assert not engine.command(run_id, Command("stop"))
    assert not engine.jobs
    assert (told(finished), told(running), runs.DEMO.read_bytes()) == before

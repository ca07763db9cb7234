"""A job: what comes from the worker reaches the run's file, whatever the disk says meanwhile."""

import itertools
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import jobs, live, runs
from core.commands import Command
from core.jobs import Job
from core.records import Event
from core.runfile import Writer, is_disk_fault
from tests.samples import metric, moment, small_settings, told

ROOT = Path(__file__).resolve().parents[2]
FULL = sqlite3.OperationalError("database or disk is full")


@pytest.fixture
def job(home: Path) -> Iterator[Job]:
    settings = small_settings(epochs=100)
    made = Job(runs.create(settings), settings, fresh=True)
    yield made
    made.close()
    live.channels.clear()


class Disk:
    """Stands between a job and its file: full for as long as it is told so."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.full, self.tries = False, 0
        append = Writer.append

        def tried(writer: Writer, records: Any) -> None:
            self.tries += 1
            if self.full:
                raise FULL
            append(writer, records)

        patch.setattr(Writer, "append", tried)


def test_on_a_full_disk_everything_is_kept_until_there_is_room(job: Job, monkeypatch):
    disk = Disk(monkeypatch)
    assert job.store([metric(1), moment(1)]) and job.step == 1
    disk.full = True
    assert not job.store([metric(2), moment(2)])
    assert not job.store([Event(2, "paused")])
    assert job.trouble.startswith("Disk full: recorded up to step 1 (")
    assert "MB free" in job.trouble and job.trouble.endswith("make room, then resume.")
    assert job.run.steps() == [1] and job.step == 1
    disk.full = False
    assert job.store([]) and not job.trouble and job.step == 2
    assert job.run.steps() == job.run.metrics()["step"].tolist() == [1, 2]
    assert [kind for _, kind, *_ in told(job.run)] == ["created", "paused"]


def test_a_file_held_by_another_program_says_so(job: Job, monkeypatch):
    def locked(writer: Writer, records: Any) -> None:
        raise sqlite3.OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "append", locked)
        assert not job.store([metric(1)])
        assert "held by another program" in job.trouble
    assert job.store([]) and job.run.metrics()["step"].tolist() == [1]


def test_what_is_no_fault_of_the_disk_is_raised(job: Job, monkeypatch):
    broken = sqlite3.IntegrityError("NOT NULL constraint failed")
    assert not is_disk_fault(broken) and is_disk_fault(FULL) and is_disk_fault(OSError(28, "x"))

    def wrong(writer: Writer, records: Any) -> None:
        raise broken

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "append", wrong)
        with pytest.raises(sqlite3.IntegrityError):
            job.store([metric(1)])
    last = job.unrecorded(broken)
    assert last.kind == "failed" and "NOT NULL" in last.text
    assert job.store([last]) and job.run.summary().state == "failed"


def test_thinning_that_fails_loses_and_doubles_nothing(job: Job, monkeypatch):
    def full(writer: Writer) -> None:
        raise FULL

    monkeypatch.setattr(jobs, "thin", full)
    assert job.store([Event(1, "paused"), metric(1), moment(1)]) and not job.trouble
    assert job.store([])
    assert [kind for _, kind, *_ in told(job.run)] == ["created", "paused"]


def test_two_threads_store_every_record_exactly_once(job: Job, monkeypatch):
    disk = Disk(monkeypatch)
    over = threading.Event()

    def press_resume() -> None:
        for tick in itertools.count():
            job.store([])
            disk.full = tick % 3 == 0
            if over.is_set():
                return

    pressing = threading.Thread(target=press_resume)
    pressing.start()
    for step in range(300):
        job.store([Event(step, "note"), moment(step)])
    over.set()
    pressing.join()
    disk.full = False
    assert job.store([])
    notes = [step for step, kind, *_ in told(job.run) if kind == "note"]
    assert notes == list(range(300)) == job.run.steps()


def test_a_job_takes_over_its_run_with_the_first_record(home: Path):
    run = runs.create(small_settings())
    runs.change(run, owner="")
    job = Job(run, run.settings(), fresh=False, step=3)
    assert run.notes()["owner"] == ""
    job.store([Event(3, "created")])
    assert run.notes()["owner"] == runs.this_process() and run.summary().state == "waiting"
    assert "step 3" in job.lost().text
    job.close()
    live.channels.clear()


def test_after_the_end_nothing_is_written_and_the_watchers_are_told(job: Job):
    job.close()
    assert job.store([metric(1)]) and not job.channel.open
    assert len(job.run.metrics()["step"]) == 0


def test_waiting_for_room_ends_when_the_run_is_deleted_or_the_engine_ends(job: Job, monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE", 0.001)
    disk = Disk(monkeypatch)
    disk.full = True
    assert not job.store([metric(1)])
    answers = iter([True, True, False])
    job.flush(lambda: next(answers))
    assert disk.tries == 4
    runs.delete(job.run)
    job.flush(lambda: True)
    assert disk.tries == 5


class Actor:
    """Notes what it is sent, as the worker's end of a run would."""

    def __init__(self) -> None:
        self.heard: list[Command] = []

    def send(self, command: Command) -> "Actor":
        self.heard.append(command)
        return self

    def result(self, timeout: float) -> None:
        assert timeout > 0


def test_what_is_said_before_the_worker_is_there_is_said_first(job: Job):
    said = [Command("pause"), Command("learning_rate", 0.5), Command("step"), Command("stop")]
    actor = Actor()
    job.send(said[0])
    job.send(said[1])
    job.begin(actor)
    job.send(said[2])
    job.send(said[3])
    assert actor.heard == said


class Silence:
    """An answer that does not come."""

    def __init__(self) -> None:
        self.asked = 0

    def result(self, timeout: float) -> None:
        self.asked += 1
        raise TimeoutError


def test_a_worker_that_is_gone_is_not_waited_for(job: Job):
    job.worker, silence = "here", Silence()
    seen = iter([["here", "there"], ["here"], ["there"]])
    with pytest.raises(TimeoutError):
        job.answer(silence, lambda: next(seen), patience=1000)
    assert silence.asked == 3
    with pytest.raises(TimeoutError):
        job.answer(silence, lambda: ["here"], patience=0)


LIMITED = """
import os, resource, signal, sys
os.environ["LAYERSCOPE_HOME"] = sys.argv[1]
from core import runs
from core.jobs import Job
from core.records import Event
from tests.samples import metric, moment, small_settings

settings = small_settings(epochs=1_000)
job = Job(runs.create(settings), settings, fresh=True)
assert job.store([metric(0), moment(0)])
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
step = 0
while not job.trouble:
    step += 1
    job.store([metric(step), moment(step, numbers=2_000)])
    assert step < 1000
kept = len(job.run.steps())
assert job.trouble.startswith("Disk full"), job.trouble
assert job.run.steps() == list(range(kept)) and 0 < kept <= step
for more in range(step + 1, step + 20):
    assert not job.store([metric(more), moment(more, numbers=2_000)])
assert job.run.steps() == list(range(kept)) and len(job.run.moments()) == kept
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
assert job.store([Event(more, "paused")]) and not job.trouble
assert job.run.steps() == job.run.metrics()["step"].tolist() == list(range(more + 1))
assert len(job.run.moments()) == more + 1
job.close()
print("kept", kept, "of", more)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_disk_that_is_really_full_loses_nothing(home: Path):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(home)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0 and done.stdout.startswith("kept"), done.stderr

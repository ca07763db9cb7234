"""The pipe: pictures from a worker on this machine, asked for one by one."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from core import jobs, live, runs
from core.commands import Command
from core.jobs import Job
from core.pipe import BROKEN, Receiver, Sender
from core.records import Event, Moment
from core.worker import Trainer
from tests.core.small_runs import events
from tests.samples import small_settings, until

WAIT = 30.0


class Asked(list):
    """What was asked of a worker's end."""

    def come(self, count: int) -> list:
        until = time.monotonic() + WAIT
        while len(self) < count and time.monotonic() < until:
            time.sleep(0.005)
        return list(self)


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def ends(asked: Asked) -> Iterator[tuple[Sender, Receiver]]:
    sender = Sender(asked.append)
    receiver = Receiver(sender.address, sender.key)
    yield sender, receiver
    receiver.close()


def picture(step: int) -> Moment:
    return Moment(step, step / 10, 0.5, {}, {"linear1": {"weight_norm": 2.0}}, True)


def test_each_picture_is_asked_for_once(ends, asked: Asked):
    sender, receiver = ends
    assert receiver.next((), 0) is None and receiver.next((), 0) is None
    assert asked.come(1) == [()]
    assert sender.send(picture(1))
    assert receiver.next((), WAIT) == picture(1)
    assert receiver.next((), 0) is None and asked.come(2) == [(), ()]


def test_other_insides_are_asked_for_at_once(ends, asked: Asked):
    _, receiver = ends
    for insides in ((), ("conv2d1",), ("conv2d1",), ()):
        receiver.next(insides, 0)
    assert asked.come(3) == [(), ("conv2d1",), ()]


def test_news_is_no_picture_and_leaves_the_question_open(ends, asked: Asked):
    sender, receiver = ends
    receiver.next((), 0)
    asked.come(1)
    sender.send(None)
    sender.send(picture(2))
    assert receiver.next((), WAIT) is None
    assert receiver.next((), WAIT) == picture(2)
    assert asked == [()]


def test_who_does_not_know_the_key_is_sent_away():
    sender = Sender(lambda insides: None)
    with pytest.raises(BROKEN):
        Receiver(sender.address, b"another key")
    assert not sender.send(picture(1))


def test_a_server_that_is_gone_is_noticed(ends, asked: Asked):
    sender, receiver = ends
    receiver.next((), 0)
    asked.come(1)
    receiver.close()
    until = time.monotonic() + WAIT
    while sender.send(picture(1)) and time.monotonic() < until:
        time.sleep(0.005)
    assert not sender.send(picture(1))


def test_a_worker_that_is_killed_is_noticed_at_once():
    script = (
        "import sys; from core.pipe import Sender; sender = Sender(lambda insides: None);"
        "print(sender.address, sender.key.hex(), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        address, key = worker.stdout.readline().split()  # type: ignore[union-attr]
        receiver = Receiver(address, bytes.fromhex(key))
        assert receiver.next((), 0) is None
        worker.kill()
        with pytest.raises(BROKEN):
            receiver.next((), WAIT)


class Answer:
    """What a Dask actor's method gives: the answer, when it is asked for."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def result(self, timeout: float) -> Any:
        return self.answer


class Near:
    """A trainer in this process that is spoken to as an actor is."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self.pictures_taken = 0

    def pipe(self) -> Answer:
        return Answer(self.trainer.pipe())

    def send(self, command: Command) -> Answer:
        return Answer(self.trainer.send(command))

    def take(self, wanted: bool, insides: tuple[str, ...], patience: float) -> Answer:
        records, over = asyncio.run(self.trainer.take(wanted, insides, patience))
        self.pictures_taken += any(getattr(record, "live", False) for record in records)
        return Answer((records, over))


@pytest.fixture
def job(home) -> Iterator[Job]:
    settings = small_settings(batch_size=32, epochs=1000)
    made = Job(runs.create(settings), settings, fresh=True)
    yield made
    made.close()
    live.channels.clear()


def until_over(job: Job, enough: int) -> list:
    """All that a run announces; it is stopped after so many pictures."""
    found: list = []
    over = stopped = False
    while not over:
        job.channel.asked = time.monotonic()
        records, over = job.collect(lambda: [""])
        found += records
        if job.channel.number >= enough and not stopped:
            stopped = True
            job.send(Command("stop"))
    return found


def test_a_watched_job_has_its_pictures_through_the_pipe_and_its_records_by_calls(job: Job):
    actor = Near(Trainer())
    actor.trainer.start(job.settings, None)
    job.begin(actor, near=True)
    found = until_over(job, enough=5)
    assert job.channel.number >= 5 and actor.pictures_taken <= 1  # one before the pipe was there
    assert [word for _, word in events(found)] == ["started", "stopped"]
    assert not any(getattr(record, "live", False) for record in found)


def test_a_job_that_nobody_watches_hears_of_its_end_at_once(job: Job, monkeypatch):
    monkeypatch.setattr(Job, "watched", lambda self: False)
    actor = Near(Trainer())
    job.begin(actor, near=True)
    actor.trainer.start(job.settings, None)
    found: list = []
    begun: list[float] = []

    def collect() -> None:
        over = False
        while not over:
            begun.append(jobs.UNWATCHED_PAUSE)
            records, over = job.collect(lambda: [""])
            found.extend(records)

    thread = threading.Thread(target=collect, daemon=True)
    thread.start()
    until(lambda: found, "for the start")
    monkeypatch.setattr(jobs, "UNWATCHED_PAUSE", 10_000.0)
    until(lambda: begun[-1] > 1_000, "for the long wait")
    job.send(Command("stop"))
    until(lambda: not thread.is_alive(), "for the end of a run that nobody watches")
    assert isinstance(found[-1], Event) and actor.pictures_taken == 0


def test_without_a_pipe_pictures_come_with_the_records(job: Job, monkeypatch):
    def refuse(address: str, key: bytes) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("core.jobs.Receiver", refuse)
    actor = Near(Trainer())
    actor.trainer.start(job.settings, None)
    job.begin(actor, near=True)
    assert job.pipe is None
    found = until_over(job, enough=3)
    assert actor.pictures_taken >= 3 and isinstance(found[-1], Event)


def test_a_pipe_that_breaks_is_closed_and_done_without(job: Job, monkeypatch):
    actor = Near(Trainer())
    actor.trainer.start(job.settings, None)
    job.begin(actor, near=True)
    assert job.pipe is not None
    ask = job.pipe

    def broken(insides: tuple[str, ...], seconds: float) -> None:
        raise OSError

    monkeypatch.setattr(ask, "next", broken)
    until_over(job, enough=3)
    assert job.pipe is None and ask._connection.closed and actor.pictures_taken >= 2

"""A job that is watched: who is sent what, and how often pictures are needed."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import live, pictures, runs
from core.jobs import INSIDE_SECONDS, Job
from core.records import Moment
from tests.samples import small_settings, trained


@pytest.fixture
def job(home: Path) -> Iterator[Job]:
    settings = small_settings()
    made = Job(runs.create(settings), settings, fresh=True)
    yield made
    made.close()
    live.channels.clear()


@pytest.fixture
def watch() -> Iterator[Callable[[live.Channel], None]]:
    """Let somebody watch a channel."""
    loop = asyncio.new_event_loop()

    def watch(channel: live.Channel) -> None:
        channel.bells[asyncio.Event()] = loop

    yield watch
    loop.close()


def newest(job: Job) -> Moment:
    return next(record for record in trained(job.settings) if isinstance(record, Moment))


def test_who_watches_the_functions_is_sent_them_and_no_strip(job: Job, watch):
    work = job.channel.insides[pictures.AT_WORK]
    watch(work)
    job.show(newest(job))
    assert work.newest is not None and job.channel.newest is None
    header, _ = pictures.unpack(work.newest)
    assert set(header["frames"][0]["work"]) == {"relu1"}


def test_only_who_watches_the_strip_needs_every_picture(job: Job, watch):
    assert job.rest() == 0
    work = job.channel.insides[pictures.AT_WORK]
    watch(work)
    work.published = time.monotonic()
    assert 0 < job.rest() <= INSIDE_SECONDS
    work.published -= 1
    assert job.rest() == 0
    work.published = time.monotonic()
    watch(job.channel)
    assert job.rest() == 0

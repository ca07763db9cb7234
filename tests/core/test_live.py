"""Live: the newest picture to everyone who watches; nobody slow slows anybody, nobody is kept."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from core import live
from core.live import OVER, Channel

APP = Starlette(routes=[WebSocketRoute(path, live.serve) for path in live.ROUTES])
PATIENCE = 20.0


class Watcher:
    """A browser at the other end of the route, without a network; it can be told to read slowly."""

    def __init__(self, run: str) -> None:
        self.run = run
        self.got: list[bytes] = []
        self.code: int | None = None
        self.reads = asyncio.Event()
        self.reads.set()
        self.went = asyncio.Event()
        self._begun = False

    async def watch(self) -> None:
        path = f"/live/{self.run}"
        scope = {"type": "websocket", "path": path, "headers": [], "query_string": b""}
        await APP(scope, self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:
        if not self._begun:
            self._begun = True
            return {"type": "websocket.connect"}
        await self.went.wait()
        return {"type": "websocket.disconnect", "code": 1001}

    async def _send(self, message: Any) -> None:
        if message["type"] == "websocket.send":
            await self.reads.wait()
            self.got.append(message["bytes"])
        elif message["type"] == "websocket.close":
            self.code = message["code"]


@pytest.fixture
def channel() -> Iterator[Channel]:
    live.channels["run"] = Channel()
    yield live.channels["run"]
    live.channels.clear()


def played(play: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(play(), PATIENCE))


async def until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.001)


async def ended(*tasks: Awaitable[None]) -> None:
    await asyncio.gather(*tasks)


def test_who_begins_to_watch_sees_a_fresh_picture_at_once_and_an_old_one_never(
    channel, monkeypatch
):
    async def play() -> None:
        channel.publish(b"waits for whoever comes")
        early = Watcher("run")
        tasks = [asyncio.create_task(early.watch())]
        await until(lambda: early.got == [b"waits for whoever comes"])
        assert channel.joined.is_set()
        monkeypatch.setattr(live, "STALE_SECONDS", -1.0)
        late = Watcher("run")
        tasks.append(asyncio.create_task(late.watch()))
        await until(lambda: len(channel.bells) == 2)
        channel.publish(b"new")
        await until(lambda: late.got != [] and len(early.got) == 2)
        assert late.got == [b"new"]
        channel.publish(None)
        await ended(*tasks)

    played(play)


def test_a_watcher_gets_pictures_as_they_are_and_then_the_code_that_says_over(channel):
    async def play() -> None:
        watcher = Watcher("run")
        task = asyncio.create_task(watcher.watch())
        await until(channel.watched)
        for number in range(5):
            channel.publish(bytes([number]))
            await until(lambda: len(watcher.got) > number)  # noqa: B023
        channel.publish(None)
        await task
        assert watcher.got == [b"\0", b"\1", b"\2", b"\3", b"\4"] and watcher.code == OVER

    played(play)


def test_who_comes_late_gets_the_newest_picture_at_once(channel):
    async def play() -> None:
        channel.publish(b"old")
        channel.publish(b"new")
        watcher = Watcher("run")
        task = asyncio.create_task(watcher.watch())
        await until(lambda: watcher.got == [b"new"])
        watcher.went.set()
        await task
        assert watcher.code is None

    played(play)


def test_a_slow_watcher_skips_pictures_and_slows_nobody_down(channel):
    async def play() -> None:
        slow, quick = Watcher("run"), Watcher("run")
        slow.reads.clear()
        tasks = [asyncio.create_task(one.watch()) for one in (slow, quick)]
        await until(lambda: len(channel.bells) == 2)
        sent = [str(number).encode() for number in range(50)]
        for picture in sent:
            channel.publish(picture)
            await until(lambda: quick.got[-1:] == [picture])  # noqa: B023
        assert slow.got == [] and quick.got == sent
        slow.reads.set()
        await until(lambda: slow.got[-1:] == sent[-1:])
        assert len(slow.got) <= 2
        channel.publish(None)
        await ended(*tasks)

    played(play)


def test_a_watcher_that_goes_is_forgotten_even_while_it_is_slow(channel):
    async def play() -> None:
        stays, goes, hangs = Watcher("run"), Watcher("run"), Watcher("run")
        tasks = [asyncio.create_task(one.watch()) for one in (stays, goes, hangs)]
        await until(lambda: len(channel.bells) == 3)
        hangs.reads.clear()
        channel.publish(b"one")
        await until(lambda: goes.got == stays.got == [b"one"])
        goes.went.set()
        hangs.went.set()
        await ended(*tasks[1:])
        assert len(channel.bells) == 1 and channel.watched()
        channel.publish(b"two")
        await until(lambda: stays.got == [b"one", b"two"])
        assert goes.got == [b"one"] and hangs.got == []
        stays.went.set()
        await tasks[0]
        assert not channel.bells and not channel.watched()

    played(play)


def test_the_end_of_a_run_wakes_everybody(channel):
    async def play() -> None:
        watchers = [Watcher("run") for _ in range(20)]
        tasks = [asyncio.create_task(watcher.watch()) for watcher in watchers]
        await until(lambda: len(channel.bells) == 20)
        channel.publish(None)
        await ended(*tasks)
        assert {watcher.code for watcher in watchers} == {OVER}

    played(play)


@pytest.mark.parametrize("run", ["gone", "..", "x" * 3000, "%00", "run2"])
def test_a_run_that_is_not_in_training_closes_at_once(channel, run):
    async def play() -> None:
        watcher = Watcher(run)
        await watcher.watch()
        assert watcher.code == OVER and watcher.got == []

    played(play)


def test_a_run_that_has_just_ended_closes_at_once(channel):
    async def play() -> None:
        channel.publish(b"last")
        channel.publish(None)
        watcher = Watcher("run")
        await watcher.watch()
        assert watcher.code == OVER

    played(play)


def test_pictures_come_from_other_threads(channel):
    async def play() -> None:
        watchers = [Watcher("run") for _ in range(4)]
        tasks = [asyncio.create_task(watcher.watch()) for watcher in watchers]
        await until(lambda: len(channel.bells) == 4)

        def publish(first: int) -> None:
            for number in range(first, first + 500):
                channel.publish(str(number).encode())

        threads = [threading.Thread(target=publish, args=(n * 1000,)) for n in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            await asyncio.to_thread(thread.join)
        channel.publish(b"end")
        await until(lambda: all(watcher.got[-1] == b"end" for watcher in watchers))
        channel.publish(None)
        await ended(*tasks)
        assert channel.number == 1501

    played(play)


def test_a_watcher_whose_server_has_ended_hinders_nobody(channel):
    async def leave() -> None:
        channel.bells[asyncio.Event()] = asyncio.get_running_loop()

    asyncio.run(leave())
    channel.publish(b"picture")
    channel.publish(None)


def test_asking_for_the_newest_picture_counts_as_watching_for_a_while(channel, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert live.newest("gone") is None and not channel.watched()
    assert live.newest("run") is None and channel.watched()
    channel.publish(b"picture")
    assert live.newest("run") == b"picture"
    now += live.ASKED_SECONDS + 0.1
    assert not channel.watched()


def test_nobody_watches_a_new_channel():
    assert not Channel().watched()

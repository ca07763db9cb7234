"""The newest picture of a run, to everyone who watches it: composed once, sent to all, newest wins.

A watcher is a WebSocket (`serve`) or a page that asks again and again (`newest`). A slow watcher
skips pictures and slows nobody down. No torch here.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterable

from starlette.websockets import WebSocket, WebSocketDisconnect

ASKED_SECONDS = 2.0
"""A page that asked for the newest picture counts as watching for so long."""
STALE_SECONDS = 1.0
"""Who begins to watch is not sent a picture older than this, but the next one."""
ROUTES = ("/live/{run}", "/live/{run}/{layer}")
OVER = 1000
"""The close code that says: this run sends no pictures any more, do not call again."""


class Channel:
    """One run's newest picture and its watchers; `publish` may be called from any thread.

    `insides` are the channels of the layers that can be watched from inside, by name.
    """

    def __init__(self, layers: Iterable[str] = ()) -> None:
        """No picture and no watcher yet, of the run and of these layers."""
        self.insides = {name: Channel() for name in layers}
        self.newest: bytes | None = None
        self.number = 0
        self.published = 0.0
        self.asked = -ASKED_SECONDS
        self.bells: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self.joined = threading.Event()
        """Set when somebody begins to watch the run, or a layer of it."""
        for inside in self.insides.values():
            inside.joined = self.joined
        self.open = True
        self._lock = threading.Lock()

    def watched(self, alone: bool = False) -> bool:
        """Whether anybody watches now, so that pictures are worth making; `alone`: no layer."""
        if self.bells or time.monotonic() - self.asked < ASKED_SECONDS:
            return True
        return not alone and bool(self.watched_insides())

    def watched_insides(self) -> tuple[str, ...]:
        """The layers that somebody watches from inside now."""
        return tuple(name for name, inside in self.insides.items() if inside.watched())

    def publish(self, picture: bytes | None) -> None:
        """Make a picture the newest and wake every watcher; None closes the channel."""
        with self._lock:
            if picture is None:
                self.open = False
            else:
                self.newest, self.number = picture, self.number + 1
                self.published = time.monotonic()
            bells = list(self.bells.items())
        for bell, loop in bells:
            with contextlib.suppress(RuntimeError):  # that loop has ended
                loop.call_soon_threadsafe(bell.set)
        if picture is None:
            for inside in self.insides.values():
                inside.publish(None)

    async def send_all(self, socket: WebSocket) -> None:
        """Send each newest picture until the channel closes or the watcher goes."""
        bell = asyncio.Event()
        with self._lock:
            self.bells[bell] = asyncio.get_running_loop()
            stale = time.monotonic() - self.published > STALE_SECONDS
            sent = self.number if stale else 0
        self.joined.set()
        try:
            while self.open:
                if self.newest is not None and self.number != sent:
                    sent = self.number
                    await socket.send_bytes(self.newest)
                    continue
                bell.clear()
                if self.number == sent and self.open:
                    await bell.wait()
        finally:
            with self._lock:
                self.bells.pop(bell, None)


route_is_open = False
"""Whether this server has the WebSocket route; without it pages ask for pictures instead."""
channels: dict[str, Channel] = {}
"""The runs that are being trained by this process, by id."""


def newest(run_id: str) -> bytes | None:
    """The newest picture, for a page that asks instead of listening; asking counts as watching."""
    channel = channels.get(run_id)
    if channel is None:
        return None
    channel.asked = time.monotonic()
    channel.joined.set()
    return channel.newest


async def serve(socket: WebSocket) -> None:
    """The route /live/{run} or /live/{run}/{layer}: pictures until the run ends, then code 1000."""
    channel = channels.get(socket.path_params["run"])
    if channel is not None and (layer := socket.path_params.get("layer")):
        channel = channel.insides.get(layer)
    await socket.accept()
    if channel is not None:
        gone = asyncio.create_task(_gone(socket))
        pictures = asyncio.create_task(channel.send_all(socket))
        done, pending = await asyncio.wait({gone, pictures}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*done, *pending, return_exceptions=True)
        if gone in done:
            return
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        await socket.close(OVER)


async def _gone(socket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.receive()

"""The doorkeeper: stands before Streamlit and bounds what one visitor can do to all the others."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime

from pages.shared.origins import is_foreign as is_foreign
from pages.shared.origins import why_foreign
from pages.shared.refusals import Refusals, shown

if sys.platform != "win32":
    import resource

MEGABYTE = 1024 * 1024
DRAIN_SECONDS = 5.0
"""So long the rest of a refused upload is taken: else a browser hears of a broken connection."""
FILES_A_SESSION = 5
"""Open files that one watching tab costs the server, its live socket included."""


class Guard:
    """ASGI middleware: `st.App(..., middleware=[Middleware(Guard)])`.

    On Streamlit's own websocket and on the live one: at most `rate` messages a second after a burst
    (else closed with 1008), at most `connections` sockets of each kind (else 1013). The message
    `clear_cache`, which would empty the caches of everybody, is dropped. Uploads are refused with
    413 once a session holds `session_bytes` or all of them `total_bytes`. A websocket that a
    foreign page opened is refused with 403, and so is the page itself under a foreign name, in a
    sentence: without its websocket it would stay grey. Each refusal is a line in the log.
    """

    def __init__(
        self,
        app: ASGIApp,
        rate: float = 20.0,
        burst: float = 60.0,
        connections: int | None = None,
        session_bytes: int = 150 * MEGABYTE,
        total_bytes: int = 400 * MEGABYTE,
        stored: Callable[[], Mapping[str, int]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self.rate, self.burst, self.clock = rate, burst, clock
        self.connections = connections if connections is not None else connection_cap()
        self.session_bytes, self.total_bytes = session_bytes, total_bytes
        self.stored = stored or stored_uploads
        self.arriving: Counter[str] = Counter()  # bytes of unfinished uploads, by session
        self.open: Counter[str] = Counter()  # sockets, by kind
        self.refusals = Refusals()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, watched, or answer it here."""
        path = scope.get("path", "")
        live = "/live/" in path
        if scope["type"] == "websocket" and (live or path.endswith("/_stcore/stream")):
            if why := why_foreign(scope, own_route=live):
                self.refusals.note("origin", f"a websocket at {shown(path)} (403): {why}.")
                await send({"type": "websocket.close", "code": 1008})  # before accept: HTTP 403
            else:
                await self._watch_socket("live" if live else "stream", scope, receive, send)
        elif scope["type"] == "http" and (live or _is_page(scope)):
            if why := why_foreign(scope, own_route=live):
                self.refusals.note("page", f"{shown(path)} (403): {why}.")
                words = f"This address is not answered here: {why}.\n"
                refusal = PlainTextResponse(words, 403, {"X-Content-Type-Options": "nosniff"})
                await refusal(scope, receive, send)
            else:
                await self.app(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] == "PUT" and _upload_session(path):
            await self._watch_upload(_upload_session(path), scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _watch_socket(self, kind: str, scope: Scope, receive: Receive, send: Send) -> None:
        if self.open[kind] >= self.connections:
            what = f"a websocket at {shown(scope.get('path'))} (1013)"
            self.refusals.note("full", f"{what}: {self.connections} of its kind are open already.")
            await _turn_away(scope, receive, send)
            return
        tokens, last, closed = self.burst, self.clock(), False

        async def watched_receive() -> Message:
            nonlocal tokens, last, closed
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                now = self.clock()
                tokens, last = min(self.burst, tokens + (now - last) * self.rate) - 1, now
                if tokens < 0:
                    closed = True
                    what = f"more messages at {shown(scope.get('path'))} (1008)"
                    self.refusals.note("fast", f"{what}: over {self.rate:g} a second come in.")
                    with contextlib.suppress(OSError, RuntimeError):  # already gone
                        await send({"type": "websocket.close", "code": 1008, "reason": "too fast"})
                    return {"type": "websocket.disconnect", "code": 1008}
                if kind == "live" or not clears_cache(message.get("bytes")):
                    return message

        async def watched_send(message: Message) -> None:
            if not closed:
                await send(message)

        self.open[kind] += 1
        try:
            await self.app(scope, watched_receive, watched_send)
        finally:
            self.open[kind] -= 1

    async def _watch_upload(self, session: str, scope: Scope, receive: Receive, send: Send) -> None:
        declared = Headers(scope=scope).get("content-length", "")
        refused = declared.isdecimal() and not self._fits(session, int(declared))
        arrived, answered = 0, False

        async def watched_receive() -> Message:
            nonlocal arrived, refused
            message = await receive()
            arrived += len(message.get("body", b""))
            self.arriving[session] += len(message.get("body", b""))
            refused = refused or not self._fits(session)
            return {"type": "http.disconnect"} if refused else message

        async def watched_send(message: Message) -> None:
            nonlocal answered
            if not refused:
                answered = True
                await send(message)

        try:
            if not refused:
                await self.app(scope, watched_receive, watched_send)
        except Exception:
            if not refused:  # once refused, the app only sees its visitor leave
                raise
        finally:
            self.arriving[session] -= arrived
            self.arriving += Counter()  # forget the sessions that are at zero
        if refused:
            held = Counter(self.stored())
            self.refusals.note(
                "upload",
                f"an upload (413): {held[session] / MEGABYTE:.0f} MB of this visitor's and "
                f"{held.total() / MEGABYTE:.0f} MB in all are held already.",
            )
        if refused and not answered:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_SECONDS):
                    while (await receive()).get("more_body"):
                        pass
            allowed = f"{self.session_bytes // MEGABYTE} MB a visitor"
            allowed += f" and {self.total_bytes // MEGABYTE} MB in all"
            sentence = f"Too much is uploaded already: {allowed}. Remove a file, then try again."
            await PlainTextResponse(sentence, 413, {"Connection": "close"})(scope, receive, send)

    def _fits(self, session: str, more: int = 0) -> bool:
        held = Counter(self.stored()) + self.arriving + Counter({session: more})
        return held[session] <= self.session_bytes and held.total() <= self.total_bytes


def connection_cap() -> int:
    """How many tabs the limit on open files allows, at most 250."""
    if sys.platform == "win32":
        return 250
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY:
        return 250
    return max(4, min(250, (soft - 100) // FILES_A_SESSION))


def raise_file_limit() -> int | None:
    """Raise the soft limit on open files to the hard one; gives the new limit, None on Windows."""
    if sys.platform == "win32":
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError):  # macOS calls its hard limit infinite and refuses it
        return soft
    return hard


def clears_cache(message: bytes | None) -> bool:
    """Whether a browser's message asks the server to empty its caches."""
    parsed = BackMsg()
    try:
        parsed.ParseFromString(message or b"")
    except Exception:  # not our business: Streamlit answers what it cannot read
        return False
    return parsed.WhichOneof("type") == "clear_cache"


def stored_uploads() -> dict[str, int]:
    """Bytes of uploaded files that Streamlit holds in memory, by session."""
    if not Runtime.exists():
        return {}
    storage = getattr(Runtime.instance().uploaded_file_mgr, "file_storage", {})
    return {
        session: sum(len(file.data) for file in list(files.values()))
        for session, files in list(storage.items())
    }


def _is_page(scope: Scope) -> bool:
    """Whether a browser asks for a page, and not for a part of it."""
    accepted = Headers(scope=scope).get("accept", "")
    return scope["method"] == "GET" and "text/html" in accepted


def _upload_session(path: str) -> str:
    """The session named in an upload's path; empty for every other path."""
    before, _, rest = path.partition("/_stcore/upload_file/")
    return rest.split("/")[0] if rest else ""


async def _turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    """Accept, then close with 1013: a refused handshake could not say why."""
    await receive()
    offered = scope.get("subprotocols") or [None]
    await send({"type": "websocket.accept", "subprotocol": offered[0]})
    await send({"type": "websocket.close", "code": 1013, "reason": "full, try again later"})

"""The guard, piece by piece, with an app and a visitor that are only functions."""

import asyncio
import resource
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from pages.shared import guard
from pages.shared.guard import Guard, clears_cache, connection_cap, raise_file_limit

Message = dict[str, Any]
RERUN = BackMsg(app_heartbeat=True).SerializeToString()
CLEAR = BackMsg(clear_cache=True).SerializeToString()


def socket_scope(path: str = "/_stcore/stream", **headers: str) -> Message:
    headers = {"host": "127.0.0.1:8501", **headers}
    raw = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    return {"type": "websocket", "path": path, "headers": raw, "client": ("127.0.0.1", 5)}


def upload_scope(session: str = "s1", method: str = "PUT", **headers: str) -> Message:
    path = f"/_stcore/upload_file/{session}/file"
    return {**socket_scope(path, **headers), "type": "http", "method": method}


def visit(app: Any, scope: Message, *incoming: Message) -> list[Message]:
    """Let a visitor send these messages; gives what came back."""
    answers: list[Message] = []
    waiting = list(incoming)

    async def receive() -> Message:
        leave = "websocket.disconnect" if scope["type"] == "websocket" else "http.disconnect"
        return waiting.pop(0) if waiting else {"type": leave}

    async def send(message: Message) -> None:
        answers.append(message)

    asyncio.run(app(scope, receive, send))
    return answers


def said(*payloads: bytes) -> list[Message]:
    return [{"type": "websocket.receive", "bytes": payload} for payload in payloads]


def listener(heard: list[Any]) -> Callable[..., Any]:
    """An app that notes all it receives and answers each message."""

    async def app(scope: Message, receive: Any, send: Any) -> None:
        while (message := await receive())["type"] == "websocket.receive":
            heard.append(message.get("bytes") or message.get("text"))
            await send({"type": "websocket.send", "bytes": b"answer"})
        heard.append(message.get("code"))
        await send({"type": "websocket.send", "bytes": b"too late"})

    return app


def taker(kept: dict[str, int]) -> Callable[..., Any]:
    """An app that keeps uploads as Streamlit does: whole, by session."""

    async def app(scope: Message, receive: Any, send: Any) -> None:
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionError("the visitor left")
            size, more = size + len(message["body"]), message.get("more_body", False)
        session = scope["path"].split("/")[3]
        kept[session] = kept.get(session, 0) + size
        await send({"type": "http.response.start", "status": 204, "headers": []})

    return app


def body(*sizes: int) -> list[Message]:
    last = len(sizes) - 1
    return [
        {"type": "http.request", "body": b"x" * size, "more_body": at < last}
        for at, size in enumerate(sizes)
    ]


def status(answers: list[Message]) -> int:
    return int(answers[0]["status"])


def test_clear_cache_never_reaches_the_app():
    heard: list[Any] = []
    visit(Guard(listener(heard)), socket_scope(), *said(CLEAR, RERUN, CLEAR))
    assert heard == [RERUN, None]


def test_what_cannot_be_read_passes_through():
    heard: list[Any] = []
    text = {"type": "websocket.receive", "text": "hello"}
    visit(Guard(listener(heard)), socket_scope(), *said(b"\xff\xff\xff"), text)
    assert heard == [b"\xff\xff\xff", "hello", None]
    assert not clears_cache(b"\xff\xff\xff")
    assert not clears_cache(None)


def test_one_message_above_the_burst_closes_the_socket_with_1008():
    heard: list[Any] = []
    still = Guard(listener(heard), clock=lambda: 0.0)
    answers = visit(still, socket_scope(), *said(*[RERUN] * 100))
    assert heard == [*[RERUN] * 60, 1008]
    assert answers[-1]["type"] == "websocket.close"
    assert answers[-1]["code"] == 1008


def test_twenty_messages_a_second_may_go_on_for_ever():
    heard: list[Any] = []
    now = iter(step / 20 for step in range(10_000))
    steady = Guard(listener(heard), clock=lambda: next(now))
    visit(steady, socket_scope(), *said(*[RERUN] * 1000))
    assert heard == [*[RERUN] * 1000, None]


@pytest.mark.parametrize("path", ["/_stcore/stream", "/live/run"])
def test_a_full_house_says_1013_and_has_room_again_afterwards(path: str):
    inside: list[list[Message]] = []

    async def app(scope: Message, receive: Any, send: Any) -> None:
        if not inside:
            inside.append([])
            second = socket_scope(path) | {"subprotocols": ["streamlit"]}

            async def keep(message: Message) -> None:
                inside[0].append(message)

            await door(second, receive, keep)

    door = Guard(app, connections=1)
    visit(door, socket_scope(path), {"type": "websocket.connect"})
    assert inside[0][0] == {"type": "websocket.accept", "subprotocol": "streamlit"}
    assert inside[0][1]["code"] == 1013
    heard: list[Any] = []
    door.app = listener(heard)
    visit(door, socket_scope(path), *said(RERUN))
    assert heard == [RERUN, None]


def test_an_upload_is_refused_with_a_sentence_once_the_session_holds_too_much():
    kept: dict[str, int] = {}
    door = Guard(taker(kept), session_bytes=1000, total_bytes=10_000, stored=lambda: kept)
    assert status(visit(door, upload_scope(), *body(600))) == 204
    answers = visit(door, upload_scope(), *body(300, 300))
    assert status(answers) == 413
    assert b"Too much is uploaded already" in answers[1]["body"]
    assert status(visit(door, upload_scope(), *body(400))) == 204
    assert kept == {"s1": 1000}
    assert not door.arriving


def test_a_declared_size_is_refused_before_a_byte_is_read():
    door = Guard(taker({}), session_bytes=1000, stored=dict)
    unread = body(1)
    assert status(visit(door, upload_scope(content_length="1001"), *unread)) == 413
    assert status(visit(door, upload_scope(content_length="1000"), *unread)) == 204


def test_many_sessions_share_one_bound():
    kept: dict[str, int] = {}
    door = Guard(taker(kept), session_bytes=1000, total_bytes=2500, stored=lambda: kept)
    codes = [status(visit(door, upload_scope(f"s{n}"), *body(1000))) for n in range(4)]
    assert codes == [204, 204, 413, 413]
    del kept["s0"]
    assert status(visit(door, upload_scope("s9"), *body(1000))) == 204


def test_an_app_that_fails_by_itself_is_not_hidden():
    async def broken(scope: Message, receive: Any, send: Any) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        visit(Guard(broken, stored=dict), upload_scope(), *body(1))


@pytest.mark.parametrize(("soft", "cap"), [(256, 31), (1024, 184), (10**6, 250), (64, 4)])
def test_the_cap_on_tabs_follows_the_limit_on_open_files(
    soft: int, cap: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(guard.resource, "getrlimit", lambda kind: (soft, soft))
    assert connection_cap() == cap


def test_the_file_limit_goes_up_to_the_hard_one():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, hard), hard))
        assert raise_file_limit() == hard
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

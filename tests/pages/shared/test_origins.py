"""To which pages, under which names, the server answers; and that each refusal is in the log."""

from typing import Any

import pytest
from streamlit import config

from pages.shared.guard import Guard, is_foreign
from pages.shared.refusals import LINES, Refusals, shown
from tests.pages.shared.test_guard import (
    RERUN,
    Message,
    body,
    listener,
    said,
    socket_scope,
    status,
    taker,
    upload_scope,
    visit,
)

FOREIGN = [
    ({"origin": "http://evil.example"}, True),
    ({"origin": "http://127.0.0.1:8501"}, False),
    ({"origin": "http://127.0.0.1:9999"}, True),
    ({"host": "evil.example", "origin": "http://evil.example"}, True),
    ({"host": "localhost:8501", "origin": "http://localhost:8501"}, False),
    ({"host": "[::1]:8501"}, False),
    ({"host": "[broken"}, True),
    ({"host": "demo.example", "x_forwarded_for": "1.2.3.4"}, False),
    ({}, False),
]


@pytest.mark.parametrize(("headers", "foreign"), FOREIGN)
def test_a_foreign_page_cannot_open_the_live_route(headers: dict[str, str], foreign: bool):
    heard: list[Any] = []
    answers = visit(Guard(listener(heard)), socket_scope("/live/run", **headers), *said(RERUN))
    assert (heard == []) is foreign
    assert (answers[0]["type"] == "websocket.close") is foreign
    assert is_foreign(socket_scope(**headers), own_route=True) is foreign


def test_allowed_hosts_are_the_last_word():
    named = socket_scope(host="lab.example:8501", origin="http://lab.example:8501")
    assert is_foreign(named, own_route=False)
    before = config.get_option("server.allowedHosts")
    try:
        config.set_option("server.allowedHosts", ["lab.example"])
        assert not is_foreign(named, own_route=True)
        assert is_foreign(socket_scope(), own_route=True)
    finally:
        config.set_option("server.allowedHosts", before)


def test_a_page_elsewhere_cannot_read_the_live_route_over_http():
    scope = {**socket_scope("/live/run", origin="http://evil.example"), "type": "http"}
    assert status(visit(Guard(listener([])), {**scope, "method": "GET"})) == 403


def upgraded(**headers: str) -> Message:
    """A handshake that came through a proxy that keeps the name and adds no header."""
    return socket_scope(**{"host": "lab.example", **headers})


VOUCHED = [
    (upgraded(origin="https://lab.example"), True),
    (upgraded(host="lab.example:443", origin="https://lab.example"), True),
    (upgraded(host="lab.example:8443", origin="https://lab.example"), False),
    (upgraded(origin="https://evil.example"), False),
    (upgraded(origin="http://lab.example"), False),
    (upgraded(), False),
    (upgraded(origin="http://lab.example", x_real_ip="192.0.2.7"), True),
    (upgraded(origin="http://lab.example", via="1.1 proxy"), True),
    (upgraded(origin="http://lab.example", sec_fetch_site="same-origin"), False),
    ({**upgraded(sec_fetch_site="none"), "type": "http"}, True),
    (
        {**upgraded(sec_fetch_site="same-origin", origin="http://lab.example"), "type": "http"},
        False,
    ),
]


@pytest.mark.parametrize(("scope", "vouched"), VOUCHED)
def test_a_name_is_believed_only_where_a_proxy_or_a_certificate_vouches_for_it(
    scope: Message, vouched: bool
):
    assert is_foreign(scope, own_route=True) is not vouched


def test_an_origin_on_a_default_port_is_the_host_that_names_it():
    said = socket_scope(host="127.0.0.1:80", origin="http://127.0.0.1")
    assert not is_foreign(said, own_route=True)
    assert is_foreign(socket_scope(host="127.0.0.1:443", origin="http://127.0.0.1"), own_route=True)
    assert is_foreign(socket_scope(origin="http://a@127.0.0.1:8501"), own_route=True)


@pytest.mark.parametrize(("path", "refused"), [("/", True), ("/weights", True), ("/x.js", False)])
def test_a_page_under_a_foreign_name_is_a_sentence(path: str, refused: bool):
    async def page(scope: Message, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    accept = "text/html,*/*" if refused else "*/*"
    scope = {**socket_scope(path, host="<b>evil:1", accept=accept), "type": "http", "method": "GET"}
    answers = visit(Guard(page), scope)
    assert status(answers) == (403 if refused else 200)
    if refused:
        assert answers[1]["body"].startswith(b"This address is not answered here: the Host ")
        kind = dict(answers[0]["headers"])
        assert kind[b"content-type"].startswith(b"text/plain")
        assert kind[b"x-content-type-options"] == b"nosniff"


def test_every_refusal_is_a_line_in_the_log(caplog: pytest.LogCaptureFixture):
    foreign = socket_scope("/live/run", origin="http://evil.example\r\nroot: \x1b[31m")
    visit(Guard(listener([])), foreign)
    visit(Guard(listener([])), {**foreign, "type": "http", "method": "GET"})
    still = Guard(listener([]), clock=lambda: 0.0)
    visit(still, socket_scope(), *said(*[RERUN] * 100))
    visit(Guard(listener([]), connections=0), socket_scope(), {"type": "websocket.connect"})
    full = Guard(taker({}), session_bytes=10, stored=lambda: {"s1": 5_000_000})
    visit(full, upload_scope(), *body(600))
    lines = [record.getMessage() for record in caplog.records]
    assert [
        next(c for c in ("403", "1008", "1013", "413") if f"({c})" in one) for one in lines
    ] == [*("403", "403", "1008", "1013", "413")]
    assert all(one.startswith("refused: ") and one.isprintable() for one in lines)
    assert "'http://evil.example\\r\\nroot" in lines[0]


def test_a_flood_fills_no_log_and_hides_nothing_else(caplog: pytest.LogCaptureFixture):
    now = [0.0]
    refusals = Refusals(clock=lambda: now[0])
    for _ in range(1000):
        refusals.note("origin", "a flood")
    refusals.note("page", "another")
    assert len(caplog.records) == LINES + 1
    now[0] = 10.5
    for _ in range(10):
        refusals.note("origin", "a flood")
    assert len(caplog.records) == LINES + 2
    assert caplog.records[-1].getMessage() == (
        f"refused: a flood ({1000 - LINES} more like it since the last such line)"
    )
    now[0] = 10_000
    for _ in range(LINES + 5):
        refusals.note("origin", "later")
    assert len(caplog.records) == 2 * LINES + 2
    assert shown("x" * 1000) == repr("x" * 80) and shown(None) == "none"

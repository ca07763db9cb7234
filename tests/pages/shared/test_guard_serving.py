"""The guard in front of a real Streamlit server, visited over the real protocol."""

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.protocol import Tab

SCRIPT = """
import uuid
import streamlit as st

@st.cache_resource
def drawn() -> str:
    return uuid.uuid4().hex

st.text(drawn())
"""
APP = """
import streamlit as st
from starlette.middleware import Middleware
from pages.shared.guard import Guard

app = st.App("script.py", middleware={middleware})
"""
GUARDED = "[Middleware(Guard, session_bytes=1_000_000)]"


@pytest.fixture
def serve(tmp_path: Path, start_server: Callable[..., Any]) -> Callable[[str], str]:
    """Serve the tiny app behind this middleware; gives its address."""

    def start(middleware: str) -> str:
        (tmp_path / "script.py").write_text(SCRIPT)
        (tmp_path / "tiny.py").write_text(APP.format(middleware=middleware))
        options = {"STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION": "false"}
        return str(start_server(app=tmp_path / "tiny.py", **options).url)

    return start


@pytest.mark.parametrize(("middleware", "survives"), [(GUARDED, True), ("[]", False)])
def test_a_stranger_cannot_clear_the_caches_of_all(
    serve: Callable[[str], str], middleware: str, survives: bool
):
    url = serve(middleware)
    with Tab(url) as mine, Tab(url) as stranger:
        mine.run()
        before = mine.texts
        stranger.send(BackMsg(clear_cache=True))
        stranger.run()  # the answer to a later message: the earlier one has been dealt with
        mine.run()
        assert (mine.texts == before) is survives


def test_a_flood_is_closed_with_1008_and_the_neighbour_works_on(serve: Callable[[str], str]):
    url = serve(GUARDED)
    with Tab(url) as neighbour, Tab(url) as flooder:
        neighbour.run()
        before = neighbour.texts
        with pytest.raises(ConnectionClosed):
            for _ in range(100_000):
                flooder.ask()
        assert flooder.await_close() == 1008
        neighbour.run()
        assert neighbour.texts == before


def upload(url: str, session: str, name: str, size: int, method: str = "PUT") -> tuple[int, str]:
    part = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    request = urllib.request.Request(
        f"{url}/_stcore/upload_file/{session}/{name}",
        data=part + b"x" * size + b"\r\n--b--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=b"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def test_uploads_are_bounded_in_sum_and_room_comes_back(serve: Callable[[str], str]):
    url = serve(GUARDED)
    with Tab(url) as tab, Tab(url) as other:
        tab.run()
        other.run()
        assert upload(url, tab.session, "a", 600_000)[0] == 204
        code, sentence = upload(url, tab.session, "b", 600_000)
        assert code == 413
        assert "Remove a file, then try again." in sentence
        assert upload(url, other.session, "c", 600_000)[0] == 204
        assert upload(url, tab.session, "a", 0, method="DELETE")[0] == 204
        assert upload(url, tab.session, "b", 600_000)[0] == 204


def test_a_name_that_was_rebound_to_this_machine_is_refused(serve: Callable[[str], str]):
    url = serve(GUARDED)
    name = f"evil.example:{url.rsplit(':', 1)[1]}"
    with pytest.raises(InvalidStatus) as refusal, Tab(url, host=name):
        pass
    assert refusal.value.response.status_code == 403

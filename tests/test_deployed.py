"""The server as people deploy it: under a path, behind proxies, with folders it cannot write to."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from socket import create_connection
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from core import live
from pages.shared import chart
from pages.shared.plain import plain
from pages.shared.refusals import LINES
from tests.conftest import ROOT, Server, serving
from tests.protocol import Tab
from tests.proxy import proxied

NAME = "lab.example"
FORWARDED = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
NOTHING = "Nothing can be trained or kept here"
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "navigation")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server under /lab, whose project folder takes no files: something is in their place."""
    project = tmp_path_factory.mktemp("project")
    (project / "pages").mkdir()
    for name in ("app.py", "core", ".streamlit"):
        (project / name).symlink_to(ROOT / name)
    for path in (ROOT / "pages").iterdir():
        if path.name != "static":
            (project / "pages" / path.name).symlink_to(path)
    (project / "pages" / "static").write_text("in the way")
    home = tmp_path_factory.mktemp("lab") / "home"
    with serving(home, project / "app.py", base="/lab", LAYERSCOPE_WORKERS="1") as running:
        yield running


@pytest.fixture(scope="module")
def homeless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose home cannot be made, not even by root: a file is in its place."""
    folder = tmp_path_factory.mktemp("homeless")
    (folder / "file").write_text("in the way")
    with serving(folder / "file" / "home", LAYERSCOPE_WORKERS="1") as running:
        yield running


def live_code(url: str, origin: str = "", host: str = "", path: str = "/live/none") -> int:
    """The code with which the live socket closes for a run that is not there, or HTTP's refusal."""
    server = urlsplit(url)
    host = host or server.netloc
    try:
        with connect(
            f"ws://{host}{server.path}{path}",
            sock=create_connection((server.hostname, server.port)),
            origin=Origin(origin or f"http://{host}"),
            open_timeout=30,
        ) as socket:
            socket.recv(30)
    except InvalidStatus as refusal:
        return refusal.response.status_code
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 0
    raise AssertionError("a run that is not there sent a picture")


def asked(url: str, **headers: str) -> tuple[int, bytes]:
    """A request's status and what came."""
    heads = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=heads)) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read()


def refusals(server: Server) -> list[str]:
    return [line for line in server.said().splitlines() if "refused: " in line]


def test_under_a_path_everything_is_under_it(lab: Server):
    with Tab(lab.url) as tab:
        tab.run()
        assert tab.elements
    assert live_code(lab.url) == live.OVER == live_code(lab.url, path="/live/none/layer")
    outside = lab.url.removesuffix("/lab")
    assert live_code(outside) == 403 and asked(f"{outside}{chart.ROUTE}")[0] == 404


def test_charts_have_their_library_though_the_project_takes_no_files(lab: Server):
    assert asked(f"{lab.url}{chart.ROUTE}") == (200, chart.SOURCE.read_bytes())
    with Tab(lab.url) as tab:
        tab.run()
        sent = [one.bytes for kind, one, _ in tab._shown() if kind == "bidi_component"]
    assert any(f'"script": "{chart.ROUTE[1:]}"'.encode() in data for data in sent)


def test_a_proxy_may_take_the_path_off(homeless: Server):
    with proxied(homeless.url, prefix="/shared/lab") as proxy:
        assert live_code(proxy.url) == live.OVER
        assert asked(f"{proxy.url}{chart.ROUTE}")[0] == 200
        with Tab(proxy.url) as tab:
            tab.run()


@pytest.mark.parametrize(
    ("headers", "scheme"), [(FORWARDED, "https"), (FORWARDED, "http"), ({}, "https")]
)
def test_behind_a_proxy_that_keeps_the_name_pages_and_live_pictures_come(
    homeless: Server, headers: dict[str, str], scheme: str
):
    """Of a name that a browser came to by HTTPS nobody need be told: it had a certificate."""
    with proxied(homeless.url, headers=headers) as proxy:
        assert live_code(proxy.url, f"{scheme}://{NAME}", NAME) == live.OVER
        with Tab(proxy.url, host=NAME, scheme=scheme) as tab:
            tab.run()
        browser = {"Host": NAME, "Accept": "text/html", "Sec-Fetch-Site": "none"}
        code, page = asked(proxy.url, **browser)
        assert code == 200 and b"<title>" in page


def test_a_name_that_nobody_vouches_for_gets_a_sentence_instead_of_a_grey_page(homeless: Server):
    before = len(refusals(homeless))
    with proxied(homeless.url) as proxy:
        name = f"{NAME}:{proxy.port}"
        code, page = asked(proxy.url, Host=name, Accept="text/html")
        assert code == 403 and f"--server.allowedHosts {NAME}".encode() in page
        assert b"<" not in page
        assert live_code(proxy.url, host=name) == 403
        with pytest.raises(InvalidStatus) as refusal, Tab(proxy.url, host=name):
            pass
        assert refusal.value.response.status_code == 403
    lines = refusals(homeless)[before:]
    assert len(lines) == 3 and all(f"--server.allowedHosts {NAME}" in line for line in lines)


FOREIGN = [
    ({"headers": FORWARDED}, "http://evil.example", NAME),
    ({"headers": FORWARDED}, f"https://{NAME}.evil.example", NAME),
    ({}, "https://evil.example", NAME),
    ({"keep_host": False}, f"http://{NAME}", NAME),
    ({"headers": FORWARDED}, "null", NAME),
]


@pytest.mark.parametrize(("how", "origin", "host"), FOREIGN)
def test_a_foreign_page_stays_out_behind_every_proxy(
    homeless: Server, how: dict[str, Any], origin: str, host: str
):
    before = len(refusals(homeless))
    with proxied(homeless.url, **how) as proxy:
        assert live_code(proxy.url, origin, host) == 403
    assert len(refusals(homeless)) == before + 1


def test_a_name_rebound_to_this_machine_stays_out(homeless: Server):
    for name in (f"evil.example:{homeless.port}", "evil.example"):
        assert live_code(homeless.url, host=name) == 403
        assert asked(homeless.url, Host=name, Accept="text/html")[0] == 403
    line = refusals(homeless)[-1]
    assert "evil.example" in line


def test_a_flood_of_refusals_does_not_fill_the_log(homeless: Server):
    before = len(refusals(homeless))
    for _ in range(3 * LINES):
        assert live_code(homeless.url, "http://evil.example") == 403
    assert len(refusals(homeless)) - before <= LINES + 5


@pytest.mark.parametrize("page", PAGES)
def test_without_a_home_every_page_says_so_and_shows_what_needs_none(homeless: Server, page: str):
    with Tab(homeless.url, page="" if page == "train" else page) as tab:
        tab.run()  # fails where an exception is shown
        said = [text for text in tab.texts if NOTHING in text]
        assert len(said) == 1 and plain("set LAYERSCOPE_HOME to a folder") in said[0]
        assert len(tab.elements) > 10


def test_without_a_home_a_press_on_train_says_why(homeless: Server):
    with Tab(homeless.url) as tab:
        tab.run()
        tab.press("Train")
        assert sum(NOTHING in text for text in tab.texts) == 2

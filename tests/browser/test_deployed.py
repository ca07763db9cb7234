"""The dashboard where others serve it: by a name of its own, under a path, behind a proxy."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import ELSEWHERE
from tests.conftest import Server, serving
from tests.proxy import proxied


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that stands under a path."""
    home = tmp_path_factory.mktemp("lab") / "home"
    with serving(home, base="/lab", LAYERSCOPE_WORKERS="1") as running:
        yield running


def test_under_a_path_behind_a_proxy_live_pictures_come_and_charts_are_drawn(
    lab: Server, open_page: Callable[..., Page]
):
    with proxied(lab.url, headers={"X-Forwarded-For": "192.0.2.7"}) as proxy:
        page, live = open_page(), []
        page.set_default_timeout(120_000)
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda data: live.append(socket.url)),
        )
        page.goto(f"http://{ELSEWHERE}:{proxy.port}/lab/")
        page.get_by_role("button", name="Train", exact=True).click()
        page.get_by_role("button", name="live", exact=True).wait_for()
        pushed = f"ws://{ELSEWHERE}:{proxy.port}/lab/live/"
        assert any(url.startswith(pushed) for url in live)
        page.wait_for_selector(".layerscope-chart .main-svg")
        buttons = page.get_by_role("button", name="PNG")
        for one in (buttons.first, buttons.last):  # of a chart and of the strip
            with page.expect_download() as saved:
                one.click()
            assert saved.value.suggested_filename.startswith("layerscope-train-")
        page.get_by_role("button", name="Stop", exact=True).click()
        page.get_by_text("Resume from the last checkpoint").wait_for()


def test_under_a_name_that_nobody_vouches_for_the_page_says_what_to_do(
    lab: Server, browser: Browser
):
    with proxied(lab.url) as proxy:
        page = browser.new_page()
        page.goto(f"http://{ELSEWHERE}:{proxy.port}/lab/")
        assert f"--server.allowedHosts {ELSEWHERE}" in page.inner_text("body")
        page.close()

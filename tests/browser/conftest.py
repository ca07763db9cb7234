"""A real browser for the tests, and pages that fail their test when anything goes wrong in them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from pages.shared.lesson import MATHEMATICS
from tests.conftest import Server, serving
from tools.setup import installed_browser

ELSEWHERE = "lab.example"
"""A name that leads to this machine as somebody else's server would be reached."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
]
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
HERE = ("127.0.0.1", "localhost", ELSEWHERE)

# Streamlit draws an exception as an element: say so on the console the moment one appears.
WATCH = """
new MutationObserver(() => {
  for (const box of document.querySelectorAll('[data-testid="stException"]:not([data-seen])')) {
    box.setAttribute('data-seen', '');
    console.error('an exception is on the page: ' + box.innerText.slice(0, 500));
  }
}).observe(document, {childList: true, subtree: true});
"""


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile's folder: what the browser compiled of Streamlit's and Plotly's scripts stays."""
    return tmp_path_factory.mktemp("profile")


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright, for the tests here alone: its event loop would stay on for all others."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def desk(playwright: Playwright, profile: Path) -> Iterator[BrowserContext]:
    """One headless Chromium with a profile, for the first tab of each test."""
    context = playwright.chromium.launch_persistent_context(str(profile), **_launched())
    _watch(context)
    yield context
    context.close()


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One headless Chromium without a profile, for the further tabs of tests."""
    chromium = playwright.chromium.launch(**_launched())
    yield chromium
    chromium.close()


def _launched() -> dict[str, Any]:
    flags = [*FLAGS, *os.environ.get("LAYERSCOPE_BROWSER_FLAGS", "").split()]
    return {"executable_path": installed_browser(windows=False) or None, "args": flags}


def _watch(context: BrowserContext) -> None:
    context.set_default_timeout(30_000)
    context.add_init_script(WATCH)


def _forget(context: BrowserContext) -> None:
    """Take away what a tab leaves behind, but not the scripts that are compiled."""
    context.set_offline(False)
    context.clear_cookies()
    tab = context.pages[0] if context.pages else context.new_page()
    kinds = "cookies,local_storage,indexeddb,websql,service_workers"
    asked = {"origin": "*", "storageTypes": kinds}
    context.new_cdp_session(tab).send("Storage.clearDataForOrigin", asked)


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One dashboard for all modules whose tests look at runs and change none."""
    with serving(tmp_path_factory.mktemp("shared") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A dashboard of the module's own; the shared one where it says `ONLY_LOOKS = True`."""
    if getattr(request.module, "ONLY_LOOKS", False):
        yield request.getfixturevalue("shared_server")
        return
    with serving(tmp_path_factory.mktemp("server") / "home") as running:
        yield running


@pytest.fixture
def troubles() -> list[str]:
    """What went wrong in this test's pages; a test that breaks things on purpose clears it."""
    return []


@pytest.fixture
def open_page(
    desk: BrowserContext, request: pytest.FixtureRequest, troubles: list[str]
) -> Iterator[Callable[..., Page]]:
    """Open tabs, each with cookies of its own: `open_page(url, narrow=True, dark=True)`.

    Fails the test when a page logs an error, throws, shows a Streamlit exception, or asks
    anything of another machine.
    """
    tabs: list[Page] = []

    def open_page(url: str = "", narrow: bool = False, dark: bool = False) -> Page:
        context = desk
        if tabs:
            context = request.getfixturevalue("browser").new_context()
            _watch(context)
        page = context.new_page()
        tabs.append(page)
        page.set_viewport_size(NARROW if narrow else WIDE)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.on("pageerror", lambda error: troubles.append(f"thrown: {error}"))
        page.on(
            "console",
            lambda line: troubles.append(f"console: {line.text}") if line.type == "error" else None,
        )
        page.on("request", lambda request: _note_foreign(request.url, troubles))
        if url:
            page.goto(url)
        return page

    yield open_page
    for tab in tabs:
        tab.close()
        if tab.context is not desk:
            tab.context.close()
    _forget(desk)
    assert not troubles, "\n".join(troubles)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A wide, light, empty tab."""
    return open_page()


@pytest.fixture
def wide() -> Callable[[Page], None]:
    """Make a page as wide as a desk: `wide(page)`."""
    return lambda page: page.set_viewport_size(WIDE)  # type: ignore[arg-type]


@pytest.fixture
def narrow() -> Callable[[Page], None]:
    """Make a page as narrow as a phone: `narrow(page)`."""
    return lambda page: page.set_viewport_size(NARROW)  # type: ignore[arg-type]


def _note_foreign(url: str, troubles: list[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme.startswith(("http", "ws")) and parts.hostname not in HERE:
        troubles.append(f"asked another machine: {url}")


@pytest.fixture
def compute(page: Page) -> Callable[[str, list[object]], list[Any]]:
    """Evaluate a function of JavaScript beside the lessons' mathematics, once a case."""
    for part in MATHEMATICS:
        page.add_script_tag(content=part.read_text("utf-8"))

    def compute(function: str, cases: list[object]) -> list[Any]:
        return page.evaluate(f"cases => cases.map({function})", cases)

    return compute

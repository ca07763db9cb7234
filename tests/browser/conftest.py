"""A real browser for the tests, and pages that fail their test when anything goes wrong in them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from pages.shared.lesson import MATHEMATICS
from tools.setup import installed_browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
HERE = ("127.0.0.1", "localhost")

# Streamlit draws an exception as an element: say so on the console the moment one appears.
WATCH = """
new MutationObserver(() => {
  for (const box of document.querySelectorAll('[data-testid="stException"]:not([data-seen])')) {
    box.setAttribute('data-seen', '');
    console.error('an exception is on the page: ' + box.innerText.slice(0, 500));
  }
}).observe(document, {childList: true, subtree: true});
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium for a module. Not for the session: its event loop would stay on."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=installed_browser() or None,
            args=[*FLAGS, *os.environ.get("LAYERSCOPE_BROWSER_FLAGS", "").split()],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def troubles() -> list[str]:
    """What went wrong in this test's pages; a test that breaks things on purpose clears it."""
    return []


@pytest.fixture
def open_page(browser: Browser, troubles: list[str]) -> Iterator[Callable[..., Page]]:
    """Open tabs, each with cookies of its own: `open_page(url, narrow=True, dark=True)`.

    Fails the test when a page logs an error, throws, shows a Streamlit exception, or asks
    anything of another machine.
    """
    contexts = []

    def open_page(url: str = "", narrow: bool = False, dark: bool = False) -> Page:
        context = browser.new_context(
            viewport=NARROW if narrow else WIDE,  # type: ignore[arg-type]
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(30_000)
        context.add_init_script(WATCH)
        contexts.append(context)
        page = context.new_page()
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
    for context in contexts:
        context.close()
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

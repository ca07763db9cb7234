"""A real browser for the benchmarks: headless Chromium, with a witness in every page."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from core.architectures import ARCHITECTURES
from core.runs import ENDED, Run, Summary, find
from core.settings import Settings
from tools.setup import installed_browser

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WITNESS = Path(__file__).with_name("witness.js")
PATIENCE = 60.0
"""Seconds in which a page must do what is asked of it."""


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """One headless Chromium: the installed one, or Playwright's."""
    more = os.environ.get("LAYERSCOPE_BROWSER_FLAGS", "").split()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed_browser() or None, args=[*FLAGS, *more]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def page_at(browser: Browser, url: str) -> Iterator[Page]:
    """A tab with cookies of its own, 1440 by 900, in which `window.__witness` counts."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE * 1000)
    context.add_init_script(path=WITNESS)
    try:
        page = context.new_page()
        page.goto(url)
        yield page
    finally:
        context.close()


def training_link(url: str, settings: Settings) -> str:
    """The home page with a form that asks for this data, architecture and number of epochs."""
    wanted = {"data": settings.dataset.title}
    wanted |= {"architecture": ARCHITECTURES[settings.architecture].title}
    usual = settings.dataset.epochs == Settings.model_fields["epochs"].default
    wanted |= {"epochs" if usual else f"{settings.data}_epochs": str(settings.epochs)}
    return f"{url}/?{urlencode(wanted)}"


def press_train(page: Page) -> Run:
    """Press Train and give the run that it starts, once its first live picture is drawn."""
    button = page.get_by_role("button", name="Train", exact=False).first
    button.wait_for()
    page.wait_for_timeout(1500)  # until the page stands still and the link names the run it shows
    before = _run_in(page.url)
    button.click()
    await_that(lambda: _run_in(page.url) not in (None, before), page)
    page.wait_for_function("window.__witness.drawn !== null")
    return find(_run_in(page.url) or "")


def stop(page: Page, run: Run) -> None:
    """Press Stop and wait until the run has ended."""
    page.locator(".st-key-controls").get_by_role("button", name="Stop").click()
    await_end(page, run)


def await_end(page: Page, run: Run, seconds: float = PATIENCE) -> Summary:
    """Wait until a run has ended and give its summary."""
    await_that(lambda: run.summary().state in ENDED, page, seconds)
    return run.summary()


def await_that(holds: Callable[[], bool], page: Page, seconds: float = PATIENCE) -> None:
    """Wait until something holds, the page going on meanwhile; RuntimeError if it never does."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise RuntimeError(f"waited {seconds:g} s in vain at {page.url}")
        page.wait_for_timeout(50)


def layers_out_of_sight(page: Page, settings: Settings) -> list[str]:
    """The layers of which the newest live message has no picture, or whose card is not in view.

    The page draws only what is in view, so this is what tells whether every layer is drawn.
    """
    planes = page.evaluate("window.__witness.planes()")
    missing = []
    for layer in settings.layers:
        if layer.kind == "flatten":
            continue  # changes no number and has no card
        card = page.locator(f'[data-card="{layer.name}"]')
        box = card.bounding_box() if card.count() else None
        view = page.viewport_size
        seen = box and view and box["y"] < view["height"] and box["x"] < view["width"]
        sent = any(plane.startswith(f"{layer.name}/") for plane in planes)
        if not (seen and sent):
            missing.append(layer.name)
    return missing


def _run_in(url: str) -> str | None:
    return parse_qs(urlsplit(url).query).get("run", [None])[0]

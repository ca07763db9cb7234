"""What the tests of the whole dashboard do again and again: open, press, look, make a run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from core import runs
from core.runfile import Writer
from core.runs import Run
from tests.conftest import Server
from tests.core.small_runs import run as trained
from tests.core.small_runs import small

DIGITS = "data=Digits+8x8"
LONG = f"{DIGITS}&epochs=1000&batch_size=4"  # minutes: no test waits for its end
SHOWN = "window.__layerscope"
SLOW = 90_000  # milliseconds: two busy cores, a worker that starts, a run that ends
PAGES = {
    "train": "Train",
    "weights": "Weights",
    "activations": "Activations",
    "layer": "Inside a layer",
    "functions": "Activation functions",
    "step": "One step",
    "builder": "Builder",
    "famous": "Famous networks",
    "twins": "Twins",
    "race": "Race",
    "gallery": "Layer gallery",
    "comparisons": "Comparisons",
    "data": "Your data",
    "runs": "Runs",
}
# Streamlit looks for its own address below that of the page first; nobody else asks for these.
ITS_SEARCH = re.compile(
    r"/(weights|activations|layer|functions|step|builder|famous|twins|race|gallery|comparisons|data|runs)"
    r"/_stcore/(health|host-config)$"
)


def follow(page: Page, address: str, troubles: list[str]) -> Page:
    """Open a link below the root; an address that is missing is a trouble, unless Streamlit's."""
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status == 404 else None)
    page.goto(address)
    expect(page.get_by_text("Layerscope", exact=True)).to_be_visible(timeout=SLOW)
    page.wait_for_load_state("networkidle")
    troubles[:] = [trouble for trouble in troubles if "status of 404" not in trouble]
    troubles += [f"missing: {url}" for url in missing if not ITS_SEARCH.search(url)]
    return page


def frames(page: Page) -> int:
    """How many pictures this page has drawn so far."""
    return page.evaluate(f"{SHOWN}?.frames ?? 0")


def drawn(page: Page, more_than: int = 0) -> Page:
    """The page, once it has drawn more pictures than that."""
    page.wait_for_function(f"{SHOWN}?.frames > {more_than}", timeout=SLOW)
    return page


def picture(page: Page, plane: str) -> str:
    """What stands on a plane's canvas now."""
    canvas = page.locator(f'canvas.picture[data-plane="{plane}"]')
    expect(canvas).to_have_count(1, timeout=SLOW)
    return canvas.evaluate("canvas => canvas.toDataURL()")


def changes(page: Page, plane: str, before: str) -> None:
    """Wait until a plane's canvas shows something else."""
    page.wait_for_function(
        """([plane, before]) => {
          for (const host of document.querySelectorAll("*")) {
            const canvas = host.shadowRoot?.querySelector(`canvas.picture[data-plane="${plane}"]`);
            if (canvas) return canvas.toDataURL() !== before;
          }
        }""",
        arg=[plane, before],
        timeout=SLOW,
    )


def press(place: Page | Locator, label: str) -> None:
    """Press a button of the page (not one of the scope's)."""
    words = re.compile(rf"^\w*\s*{label}(\s*expand_more)?$")  # icons are words, too
    place.locator("button").filter(has_text=words).first.click()


def state(page: Page) -> Locator:
    """The line that says what the run does."""
    return page.get_by_test_id("stProgress")


def controls(page: Page) -> Locator:
    """What a run is steered with while it trains."""
    return page.locator(".st-key-controls")


def is_live(page: Page) -> None:
    """Wait for pictures that follow a run; a picture that is going may stay for a moment."""
    expect(page.locator('.badge[data-state="live"]').first).to_be_visible(timeout=SLOW)


def step_of(page: Page) -> int:
    """The step that the state line tells."""
    found = re.search(r"step ([\d,]+) of", state(page).inner_text())
    assert found, state(page).inner_text()
    return int(found[1].replace(",", ""))


def goes_beyond(page: Page, step: int) -> None:
    """Wait until the state line tells a later step."""
    page.wait_for_function(
        """step => {
          const line = document.querySelector('[data-testid="stProgress"]')?.innerText ?? "";
          const found = line.match(/step ([0-9,]+) of/);
          return found && Number(found[1].replaceAll(",", "")) > step;
        }""",
        arg=step,
        timeout=SLOW,
    )


def chosen(page: Page, name: str) -> str:
    """What the link says under a name."""
    return parse_qs(urlsplit(page.url).query).get(name, [""])[0]


def start(page: Page, server: Server, form: str) -> str:
    """Open the first page with a form in the link and press Train; gives the run's id."""
    page.goto(f"{server.url}/?run=demo&{form}")
    drawn(page)
    press(page, "Train")
    page.wait_for_url(re.compile(r"[?&]run=\w{26}"), timeout=SLOW)
    expect(controls(page)).to_be_visible(timeout=SLOW)
    return chosen(page, "run")


@contextmanager
def home_of(server: Server) -> Iterator[None]:
    """Let this process write into a server's home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERSCOPE_HOME", str(server.home))
        yield


def finished_run(
    server: Server, name: str = "", network: str = "two_linear", **changes: Any
) -> Run:
    """A run of 24 steps on the digits, or as changed, trained here, in a server's home."""
    settings = small(network, **changes)
    with home_of(server):
        run = runs.create(settings, name)
        writer = Writer(run.path)
        writer.append(trained(settings))
        writer.close()
    return run


Open = Callable[..., Page]

"""Training speed with a browser watching the live strip, and the pictures that reach it."""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from playwright.sync_api import Browser

from benchmarks.alternation import alternated
from benchmarks.browser import (
    chromium,
    layers_out_of_sight,
    page_at,
    press_train,
    stop,
    training_link,
)
from benchmarks.child import answer
from benchmarks.plain_browser import watching
from benchmarks.result import Result, is_quick
from benchmarks.server import Server, serving
from core.runs import Run
from core.settings import settings_from

TARGET, PICTURES_TARGET = 0.90, 20
RUNS = ("two_linear", "lenet")
SETTLE_SECONDS, WATCHED_SECONDS = 5, 12
LONG = 200
"""Epochs, so that the run goes on for as long as it is watched."""


def measure() -> Result:
    """Both architectures; the goal for the pictures is one for two_linear."""
    with serving() as server, chromium() as browser:
        found = {name: compare(server, browser, name) for name in RUNS}
    ratio = {name: each["ratio"] for name, each in found.items()}
    first = found["two_linear"]
    pictures = first["pictures_per_s"]
    return Result(
        compared="steps/s of a run watched by one headless Chromium that nothing drives meanwhile, "
        "by its own metrics' seconds while it was watched, ÷ steps/s of a bare loop over tensors "
        "with the same optimizer and threads and no page open; medians of the turns. Pictures: "
        "counted in the page, drawn.",
        target=f"≥ {TARGET}, and ≥ {PICTURES_TARGET} pictures/s of two_linear with every layer",
        reached=min(ratio.values()) >= TARGET
        and pictures >= PICTURES_TARGET
        and not first["layers_out_of_sight"],
        ratio=ratio,
        raw=found,
    )


def compare(server: Server, browser: Browser, name: str, path: str = "") -> dict[str, Any]:
    """One architecture in turns: watched on a page, and in a bare loop with no page open."""
    given = {"architecture": name}
    settings = settings_from(given)
    watched: list[dict[str, Any]] = []
    with _running(server, browser, name) as (_, missing):  # warms the worker, too
        pass

    def ours() -> float:
        watched.append(watch(server, browser, name, path))
        return watched[-1]["speed"]

    def bare() -> float:
        steps = 4000 if name == "two_linear" else 600
        child = answer("bare_loop", settings=given, threads=settings.threads, steps=steps)
        return child["steps_per_second"]

    taken = alternated(above=ours, below=bare, turns=2 if is_quick() else 5)
    return {
        **taken.told("watched_steps_per_s", "bare_steps_per_s"),
        "watched_steps_per_s_by_the_page_clock": [w["page_speed"] for w in watched],
        "pictures_per_s": float(np.median([w["drawn"] for w in watched])),
        "pictures_drawn_per_s": [w["drawn"] for w in watched],
        "pictures_received_per_s": [w["received"] for w in watched],
        "layers_out_of_sight": missing,
    }


@contextlib.contextmanager
def _running(server: Server, browser: Browser, name: str) -> Iterator[tuple[Run, list[str]]]:
    """A run that a press of Train started, and its layers that the page does not show."""
    wanted = settings_from({"architecture": name, "epochs": LONG})
    with page_at(browser, training_link(server.url, wanted)) as page:
        run = press_train(page)
        missing = layers_out_of_sight(page, run.settings())
    if run.settings() != wanted:
        raise RuntimeError(f"the page trains {run.settings()}, not {wanted}")
    yield run, missing
    with page_at(browser, f"{server.url}/?run={run.id}") as page:
        stop(page, run)


def watch(server: Server, browser: Browser, name: str, path: str = "") -> dict[str, Any]:
    """How fast a run trains and is drawn while a browser watches it on one page."""
    running = _running(server, browser, name)
    with running as (run, _), watching(f"{server.url}/{path}?run={run.id}") as count:
        time.sleep(SETTLE_SECONDS)
        start = count()
        time.sleep(WATCHED_SECONDS)
        end = count()
    metrics = run.metrics()
    inside = (metrics["step"] >= start["step"]) & (metrics["step"] <= end["step"])
    steps, spent = metrics["step"][inside], metrics["seconds"][inside]
    if len(steps) < 2:
        raise RuntimeError(f"the run of {name} said too little while it was watched")
    lasted = end["seconds"] - start["seconds"]
    return {
        "speed": float((steps[-1] - steps[0]) / (spent[-1] - spent[0])),
        "page_speed": (end["step"] - start["step"]) / lasted,
        "drawn": (end["drawn"] - start["drawn"]) / lasted,
        "received": (end["messages"] - start["messages"]) / lasted,
    }

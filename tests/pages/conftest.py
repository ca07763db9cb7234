"""Pages without a browser: small real runs in every state, and an engine that only listens."""

from __future__ import annotations

import base64
import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

import core.engine
from core import live, runs
from core.commands import Command
from core.records import Checkpoint, Event, Moment, Record
from core.runfile import Writer
from core.runs import Run
from core.settings import Settings
from pages.shared import visit
from tests.conftest import ROOT
from tests.core.small_runs import run as trained
from tests.core.small_runs import small

ABOUT_RUNS = ("train.py", "weights.py", "activations.py", "layer.py", "functions.py", "runs.py")
OTHERS = (
    *("step.py", "builder.py", "famous.py", "twins.py", "race.py", "gallery.py", "comparisons.py"),
    "data.py",
)
PAGES = (*ABOUT_RUNS, *OTHERS)
STATES = ("waiting", "begun", "running", "paused", "finished", "stopped", "diverged", "interrupted")
BROKEN = ("damaged", "newer")
PAYLOADS = (
    "<img src=x onerror=alert(1)>",
    ":red[x] :smile: :material/home:",
    "$x$ `y` **b** # h",
    "[a](javascript:alert(1)) ![i](//canary.invalid)",
    "https://canary.invalid www.canary.invalid a@canary.invalid",
    "-> -- \u202eevil\u202c שלום {{7*7}} %s",
)
NOBODY = "[0, 0]"  # an owner that no process can be


class Listener:
    """Stands in for the engine: keeps what it is told, trains nothing, computes like a worker."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []
        self.jobs: dict[str, Any] = {}
        self.workers = SimpleNamespace(
            addresses=lambda: ["a worker"], grow=lambda: None, racing=lambda: 2, trouble=str
        )
        self.waiting: list[str] = []
        self.troubles: dict[str, str] = {}
        self.fault: Exception | None = None

    def train(self, settings: Settings, name: str = "") -> Run:
        if self.fault:
            raise self.fault
        self.told.append(("train", settings))
        run = runs.create(settings, name)
        self.jobs[run.id] = None
        return run

    def resume(self, run_id: str) -> None:
        self.told.append(("resume", run_id))

    def command(self, run_id: str, command: Command) -> bool:
        self.told.append((command.word, command.value))
        return run_id in self.jobs

    def place(self, run_id: str) -> int | None:
        return self.waiting.index(run_id) + 1 if run_id in self.waiting else None

    def trouble(self, run_id: str) -> str:
        return self.troubles.get(run_id, "")

    def ask(self, task: Callable[..., Any], *given: Any, patience: float = 60.0) -> Any:
        shapes = [part.shape for part in given if isinstance(part, np.ndarray)]
        self.told.append((task.__name__, shapes[0] if shapes else None))
        return task(*given)

    def remove(self, run: Run) -> None:
        self.told.append(("remove", run.id))
        runs.delete(run)


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    """The engine that every page of this test finds."""
    found = Listener()
    monkeypatch.setattr(core.engine, "_engine", found)
    return found


@lru_cache(maxsize=8)
def records_of(network: str, diverges: bool = False) -> tuple[Settings, tuple[Record, ...]]:
    """Settings of a small run of twelve steps, and all that it announced."""
    changes = {"optimizer": "sgd", "learning_rate": 1e9} if diverges else {}
    settings = small(network, epochs=1, **changes)
    return settings, tuple(trained(settings))


@pytest.fixture
def make_run(home: Path, listener: Listener) -> Callable[..., Run]:
    """Write a run of the digits in some state: `make_run("paused", name="…", network="lenet")`."""

    def make_run(
        state: str = "finished",
        name: str = "",
        network: str = "two_linear",
        settings: Settings | None = None,
    ) -> Run:
        if settings is None:
            settings, records = records_of(network, state == "diverged")
        else:
            records = tuple(trained(settings))
        run = runs.create(settings, name)
        writer = Writer(run.path)
        writer.append(_told(state, records))
        if state in ("interrupted", *BROKEN):
            writer.note(owner=NOBODY)
        writer.close()
        if state == "damaged":
            run.path.write_bytes(run.path.read_bytes()[:5000])
        elif state == "newer":
            with contextlib.closing(sqlite3.connect(run.path)) as file:
                file.execute("PRAGMA user_version = 99")
        elif state in ("waiting", "begun", "running", "paused"):
            listener.jobs[run.id] = None
        return run

    return make_run


def _told(state: str, records: tuple[Record, ...]) -> list[Record]:
    """What a run in a state has in its file; the first half of what it will have, while it goes."""
    half = list(records[: len(records) // 2])
    if state == "waiting":
        return []
    if state == "unstarted":
        first = next(record for record in records if isinstance(record, Moment))
        bare = {key: array for key, array in first.arrays.items() if "gradient" not in key[1]}
        return [Event(0, "started"), replace(first, arrays=bare), Event(0, "stopped", "", 0.1)]
    if state == "begun":
        return [Event(0, "started")]
    if state in ("running", "interrupted"):
        return half
    if state in ("paused", "stopped"):
        last = max(record.step for record in half)
        kept = next(r for r in reversed(records) if isinstance(r, Checkpoint))
        return [*half, Checkpoint(last, kept.arrays), Event(last, state, "", 0.5)]
    return list(records)


@pytest.fixture(scope="session", autouse=True)
def packages() -> Iterator[None]:
    """Let tabs share what Streamlit finds out of the installed packages for each of them.

    It reads all their metadata to see who brings components: most of a page's time.
    """
    found = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: list(found))
        yield


@pytest.fixture(autouse=True)
def no_memory(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget cached answers, and who listens, between tests."""
    st.cache_data.clear()
    monkeypatch.setattr(visit, "GRACE", 0.0)
    st.cache_resource.clear()
    monkeypatch.setattr(live, "route_is_open", True)
    monkeypatch.setattr(live, "channels", {})
    yield


@pytest.fixture
def open_page(home: Path, listener: Listener) -> Callable[..., AppTest]:
    """Open a page as a browser does: `open_page("weights.py", run=run.id)`; no exception."""

    def open_page(page: str = "train.py", **query: str) -> AppTest:
        tab = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=60)
        tab.query_params.update(query)
        return sound(tab.switch_page(page).run())

    return open_page


def sound(tab: AppTest) -> AppTest:
    """The same tab, where no exception is on the page."""
    assert not tab.exception, [(one.message, one.stack_trace) for one in tab.exception]
    return tab


def scopes(tab: AppTest) -> list[bytes]:
    """What each scope of the page was given, packed."""
    parts = [one.proto for one in tab.get("bidi_component")]
    return [one.bytes for one in parts if "scope_scope" in one.component_name]


def said(tab: AppTest) -> str:
    """Every sentence on the page, one a line."""
    kinds = (
        "markdown",
        "latex",
        "caption",
        "text",
        "error",
        "warning",
        "info",
        "success",
        "subheader",
    )
    lines = [str(one.value) for kind in kinds for one in getattr(tab, kind)]
    return "\n".join([*lines, *(one.text for one in tab.get("progress"))])


def run_box(tab: AppTest) -> Selectbox:
    """The menu of runs, wherever it stands on the page."""
    return next(box for box in tab.selectbox if box.label == "Run")


def chart(tab):
    """The last still chart of a page."""
    return json.loads(tab.get("plotly_chart")[-1].proto.spec)


def numbers(values):
    """A trace's numbers, which Plotly may send as base64."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])
    return np.array(values, float)

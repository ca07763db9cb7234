"""A plain browser: Chromium as a person starts it, that nobody drives while it shows a page.

Playwright has every message of a WebSocket reported to it, payload and all; at twenty pictures a
second that work is a good part of what is to be measured. Here two questions are asked through the
browser's debugging port, one before and one after, and nothing in between.
"""

import contextlib
import json
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
from websockets.sync.client import ClientConnection, connect

from benchmarks.browser import FLAGS, WITNESS
from tools.setup import installed_browser

START_SECONDS = 30


@contextlib.contextmanager
def watching(url: str) -> Iterator[Callable[[], dict[str, Any]]]:
    """Show a page, 1440 by 900; what is given tells what `window.__witness` has counted so far."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [installed_browser() or _of_playwright(), "--headless=new", *FLAGS]
        command += ["--remote-debugging-port=0", f"--user-data-dir={folder}"]
        command += ["--window-size=1440,900", "about:blank"]
        process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with connect(_tab(Path(folder)), max_size=None, legacy=True) as line:
                source = WITNESS.read_text("utf-8")
                _ask(line, "Page.enable")
                _ask(line, "Page.addScriptToEvaluateOnNewDocument", source=source)
                _ask(line, "Page.navigate", url=url)
                yield lambda: _evaluate(line, "window.__witness.count()")
        finally:
            family = [*process.children(recursive=True), process]
            for one in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
            psutil.wait_procs(family, timeout=10)


def _tab(folder: Path) -> str:
    """The address of the browser's only tab."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError, IndexError, StopIteration):
            port = (folder / "DevToolsActivePort").read_text().split()[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=5) as answer:
                tabs = json.load(answer)
            return next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
        time.sleep(0.1)
    raise RuntimeError(f"the browser did not start within {START_SECONDS} s")


def _ask(line: ClientConnection, method: str, **given: Any) -> dict[str, Any]:
    line.send(json.dumps({"id": 1, "method": method, "params": given}))
    while (answer := json.loads(line.recv(timeout=30))).get("id") != 1:
        pass  # something that it tells unasked
    return answer["result"]


def _evaluate(line: ClientConnection, expression: str) -> Any:
    return _ask(line, "Runtime.evaluate", expression=expression, returnByValue=True)["result"][
        "value"
    ]


def _of_playwright() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path

"""From a press on Open to the first picture of ResNet-50, and what the server needs for it."""

import statistics
import time

import psutil

from benchmarks.browser import chromium, page_at
from benchmarks.result import Result, is_quick
from benchmarks.server import serving

TARGET_S, TARGET_MB, MEGABYTE = 5.0, 250, 10**6
LINK = "/famous?network=ResNet-50&photo=A+flower&weights=random"


def measure() -> Result:
    """Seconds in a browser, the first time cold, and the most that the server took."""
    with serving() as server, chromium() as browser:
        process, taken, most = psutil.Process(server.pid), [], 0.0
        with page_at(browser, server.url) as page:
            page.wait_for_function("window.__layerscope?.frames > 0", timeout=60_000)
            before = process.memory_info().rss / MEGABYTE
            for _ in range(1 if is_quick() else 3):
                page.goto(server.url + LINK)
                button = page.get_by_role("button", name="Open it")
                button.wait_for(timeout=60_000)
                page.wait_for_load_state("networkidle")
                since = time.perf_counter()
                button.click()
                page.wait_for_url("**run=**", timeout=60_000)
                page.wait_for_function("window.__layerscope?.frames > 0", timeout=60_000)
                taken.append(time.perf_counter() - since)
                for _ in range(10):
                    most = max(most, process.memory_info().rss / MEGABYTE)
                    page.wait_for_timeout(200)
    return Result(
        compared="seconds from a press on Open to the strip of ResNet-50 (structure, parameters, "
        "shapes, activations of a photo) in the browser, the slowest of a few; and megabytes "
        "(10^6 bytes) resident in the server process, the most",
        target=f"≤ {TARGET_S:g} s, the server ≤ {TARGET_MB} MB",
        reached=max(taken) <= TARGET_S and most <= TARGET_MB,
        value=max(taken),
        raw={"seconds": taken, "median": statistics.median(taken), "server_mb": most}
        | {"server_before_mb": before},
    )

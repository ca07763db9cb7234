"""From a press on Open to the first picture of ResNet-50, and what the server needs for it.

The server has shown pages and asked a worker before it is measured: what it loads for its first
question of any kind is not ResNet-50's.
"""

import statistics
import time

import psutil

from benchmarks.browser import chromium, page_at
from benchmarks.result import Result, is_quick
from benchmarks.server import serving

TARGET_S, TARGET_GROWTH, MEGABYTE = 5.0, 1.1, 10**6
EARLIER = ("/layer?run=demo", "/weights?run=demo", "/activations?run=demo", "/step?run=demo")
LINK = "/famous?network=ResNet-50&photo=A+flower&weights=random"


def measure() -> Result:
    """Seconds in a browser, the first time cold, and the most that the server took, over before."""
    with serving() as server, chromium() as browser:
        process, taken, most = psutil.Process(server.pid), [], []
        with page_at(browser, server.url) as page:
            page.wait_for_function("window.__layerscope?.frames > 0", timeout=60_000)
            for earlier in EARLIER:
                page.goto(server.url + earlier)
                page.wait_for_load_state("networkidle")
                page.wait_for_timeout(3000)
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
                resident = []
                for _ in range(10):
                    resident.append(process.memory_info().rss / MEGABYTE)
                    page.wait_for_timeout(200)
                most.append(max(resident))
    return Result(
        compared="seconds from a press on Open to the strip of ResNet-50 (structure, parameters, "
        "shapes, activations of a photo) in the browser, the slowest of a few; and the memory "
        "resident in the server process, the most ÷ before",
        target=f"≤ {TARGET_S:g} s, the server ≤ {TARGET_GROWTH:g} times",
        reached=max(taken) <= TARGET_S and max(most) <= TARGET_GROWTH * before,
        value=max(taken),
        raw={"seconds": taken, "median": statistics.median(taken), "server_mb": most}
        | {"server_before_mb": before, "growth": max(most) / before},
    )

"""The memory of the server process, workers not counted, while one run is watched."""

from pathlib import Path

import psutil

from benchmarks.browser import chromium, page_at, press_train, stop, training_link
from benchmarks.result import Result, is_quick
from benchmarks.server import serving
from core.settings import settings_from

TARGET_MB, MEGABYTE = 250, 10**6


def measure() -> Result:
    """The most resident memory in some twenty seconds, and whether torch's library is mapped."""
    seconds = 10 if is_quick() else 20
    with serving() as server, chromium() as browser:
        process = psutil.Process(server.pid)
        at_start = process.memory_info().rss / MEGABYTE
        link = training_link(server.url, settings_from({"epochs": 300}))
        with page_at(browser, link) as page:
            run = press_train(page)
            seen = []
            for _ in range(seconds):
                page.wait_for_timeout(1000)
                seen.append(process.memory_info().rss / MEGABYTE)
            torch_is_mapped = "libtorch" in Path(f"/proc/{server.pid}/maps").read_text()
            stop(page, run)
    return Result(
        compared=f"megabytes (10^6 bytes) resident in the server process, the most in {seconds} s "
        "of a run of two_linear watched by one browser",
        target=f"≤ {TARGET_MB} MB, torch not imported",
        reached=max(seen) <= TARGET_MB and not torch_is_mapped,
        value=max(seen),
        raw={"torch_is_mapped": torch_is_mapped, "started_mb": at_start, "each_second_mb": seen},
    )

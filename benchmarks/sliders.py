"""Pictures a second while a parameter of an activation function, or a temperature, is moved."""

import statistics

from benchmarks.browser import chromium, page_at
from benchmarks.result import Result, is_quick
from benchmarks.server import serving

TARGET, SECONDS = 30, 3
PAGES = {
    "parameter": "functions?view=all+functions&functions=Softplus",
    "temperature": "functions?view=softmax&run=demo",
}


def measure() -> Result:
    """Both sliders, each moved one place in every picture of the screen; the slower one counts."""
    found = {}
    with serving() as server, chromium() as browser:
        for name, path in PAGES.items():
            with page_at(browser, f"{server.url}/{path}") as page:
                slider = page.locator(".layerscope-chart-sliders input")
                slider.wait_for()
                page.wait_for_timeout(1500)
                scrub = f"slider => window.__witness.scrub(slider, {1000 * SECONDS})"
                goes = [slider.evaluate(scrub) for _ in range(1 + (1 if is_quick() else 4))]
            found[name] = [go["drawn"] / go["seconds"] for go in goes[1:]]
    value = {name: statistics.median(speeds) for name, speeds in found.items()}
    return Result(
        compared="charts redrawn a second under a slider that is moved all the time",
        target=f"≥ {TARGET} pictures/s",
        reached=min(value.values()) >= TARGET,
        value=value,
        raw={"pictures_per_s": found},
    )

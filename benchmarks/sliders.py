"""Pictures a second while a slider is moved: of a function, a temperature, a lesson's layer."""

import statistics
from urllib.parse import urlencode

from benchmarks.browser import chromium, page_at
from benchmarks.result import Result, is_quick
from benchmarks.server import serving
from core.lessons import LESSONS

TARGET, SECONDS = 30, 3
CHART, LESSON = ".layerscope-chart-sliders input", ".lesson input[type=range]"
PAGES = {
    "parameter": ("functions?view=all+functions&functions=Softplus", CHART),
    "temperature of a run": ("functions?view=softmax&run=demo", LESSON),
} | {
    name: (f"gallery?{urlencode({'lesson': lesson.title})}", LESSON)
    for name, lesson in LESSONS.items()
    if any(not control.choices and not control.longest for control in lesson.controls)
}


def measure() -> Result:
    """The first slider of each, moved a place in every picture of the screen; the slowest one."""
    found = {}
    with serving() as server, chromium() as browser:
        for name, (path, sliders) in PAGES.items():
            with page_at(browser, f"{server.url}/{path}") as page:
                slider = page.locator(sliders).first
                slider.wait_for()
                page.wait_for_timeout(1500)
                scrub = f"slider => window.__witness.scrub(slider, {1000 * SECONDS})"
                goes = [slider.evaluate(scrub) for _ in range(1 + (1 if is_quick() else 4))]
            found[name] = [go["drawn"] / go["seconds"] for go in goes[1:]]
    value = {name: statistics.median(speeds) for name, speeds in found.items()}
    return Result(
        compared="pictures redrawn a second under a slider that is moved all the time",
        target=f"≥ {TARGET} pictures/s",
        reached=min(value.values()) >= TARGET,
        value=value,
        raw={"pictures_per_s": found},
    )

"""Pictures a second while the Weights page's slider moves over a run's recorded moments."""

import statistics

from benchmarks.browser import chromium, page_at
from benchmarks.child import answer
from benchmarks.result import Result, is_quick
from benchmarks.server import serving
from core.runs import find

TARGET, MOMENTS, SECONDS = 30, 100, 4


def measure() -> Result:
    """The median of several goes of a few seconds each, to and fro over every moment."""
    with serving() as server, chromium() as browser:
        run = find(answer("many_moments", moments=MOMENTS)["run"])
        recorded = len(run.steps())
        with page_at(browser, f"{server.url}/weights?run={run.id}&layer=linear1") as page:
            slider = page.locator("input.slider")
            slider.wait_for()
            page.wait_for_timeout(1500)
            scrub = f"slider => window.__witness.scrub(slider, {1000 * SECONDS})"
            goes = [slider.evaluate(scrub) for _ in range(1 + (2 if is_quick() else 5))]
            places = int(slider.get_attribute("max") or 0) + 1
    speeds = [go["drawn"] / go["seconds"] for go in goes[1:]]
    value = statistics.median(speeds)
    return Result(
        compared="pictures drawn a second while a slider over all recorded moments of two_linear's "
        "first layer (weights and gradients) is moved one place in every picture of the screen",
        target=f"≥ {TARGET} pictures/s over ≥ {MOMENTS} moments",
        reached=value >= TARGET and places >= MOMENTS,
        value=value,
        raw={
            "pictures_per_s": speeds,
            "slider_events_per_s": [go["turns"] / go["seconds"] for go in goes[1:]],
            "moments_under_the_slider": places,
            "moments_recorded": recorded,
            "note": f"a real training of one epoch with each of its first {MOMENTS} steps recorded",
        },
    )

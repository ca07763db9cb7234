"""Activation functions at work beside a training run: pictures a second, and what it costs."""

from benchmarks.browser import chromium
from benchmarks.result import Result
from benchmarks.server import serving
from benchmarks.speed_watched import compare

TARGET, PICTURES_TARGET = 0.85, 8


def measure() -> Result:
    """The default network, watched on the page of activation functions."""
    with serving() as server, chromium() as browser:
        found = compare(server, browser, "two_linear", "functions")
    return Result(
        compared="steps/s of two_linear while one headless Chromium shows its activation functions "
        "at work ÷ steps/s of a bare loop with no page open; pictures counted in the page, drawn",
        target=f"≥ {TARGET}, and ≥ {PICTURES_TARGET} pictures/s",
        reached=found["ratio"] >= TARGET and found["pictures_per_s"] >= PICTURES_TARGET,
        ratio=found["ratio"],
        raw=found,
    )

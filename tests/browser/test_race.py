"""A race from end to end with the mouse: planned, followed, judged, one of its points opened."""

import re

from playwright.sync_api import expect

from core.races.outcomes import FINISHED
from core.races.race import race_of
from tests.browser.dashboard import SLOW, chosen, drawn, follow, home_of, press
from tests.samples import until

PLAN = "data=Digits+8x8&seeds=2&budget=Epochs&Epochs=1"


def test_a_race_is_planned_run_and_judged(page, server, troubles):
    follow(page, f"{server.url}/race?{PLAN}", troubles)
    page.get_by_text("Plan a race").click()
    expect(page.get_by_text("12 runs,")).to_be_visible(timeout=SLOW)
    page.get_by_text("Measure the time").click()
    expect(page.get_by_text("Measured just now")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Start the race").dblclick()
    page.wait_for_url(re.compile(r"race=\w{26}"), timeout=SLOW)
    expect(page.get_by_text("12 runs ended.")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=SLOW)
    expect(page.get_by_text("too few seeds")).to_be_visible(timeout=SLOW)

    with home_of(server):
        outcomes = race_of(chosen(page, "race")).outcomes()
    assert {one.state for one in outcomes} == {FINISHED}
    known = {one.run for one in outcomes}
    page.get_by_role("radio", name="against parameters").click()
    chart = page.locator(".st-key-figure-race-parameters-2")
    chart.scroll_into_view_if_needed()
    points = chart.locator(".points path")
    expect(points).to_have_count(4, timeout=SLOW)
    at = points.first.bounding_box()
    assert at
    opened(page, chart, at["x"] + at["width"] / 2, at["y"] + at["height"] / 2, known)

    page.go_back()
    page.get_by_role("radio", name="over examples seen").click()
    chart = page.locator(".st-key-figure-race-examples-seen-2")
    chart.scroll_into_view_if_needed()
    thin = chart.locator('path.js-line[style*="stroke-width: 1px"]')
    expect(thin).to_have_count(4, timeout=SLOW)
    opened(page, chart, *thin.first.evaluate(END), known)


END = """line => {
    const { x, y } = line.getPointAtLength(line.getTotalLength());
    const at = new DOMPoint(x, y).matrixTransform(line.getScreenCTM());
    return [at.x, at.y];
}"""


def opened(page, chart, x, y, runs):
    """Press where a run is drawn: its own page opens."""
    page.mouse.move(x - 30, y + 30)
    page.mouse.move(x, y, steps=5)
    expect(chart.locator(".hoverlayer .hovertext")).to_have_count(1, timeout=SLOW)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url(re.compile(r"run=\w{26}"), timeout=SLOW)
    drawn(page)
    assert chosen(page, "run") in runs


def test_a_race_is_stopped_and_goes_on(page, server, troubles):
    follow(page, f"{server.url}/race?{PLAN.replace('Epochs=1', 'Epochs=400')}", troubles)
    before = chosen(page, "race")
    page.get_by_text("Plan a race").click()
    expect(page.get_by_text("12 runs,")).to_be_visible(timeout=SLOW)
    press(page, "Start the race")
    page.wait_for_url(re.compile(rf"race=(?!{before or 0})\w{{26}}"), timeout=SLOW)
    with home_of(server):
        race = race_of(chosen(page, "race"))
    press(page, "Pause")
    expect(page.get_by_role("button", name="Resume")).to_be_visible(timeout=SLOW)
    assert race.state() == "paused"
    follow(page, page.url, troubles)
    press(page, "Resume")
    expect(page.get_by_role("button", name="Pause")).to_be_visible(timeout=SLOW)
    press(page, "Stop")
    expect(page.get_by_role("button", name="Go on")).to_be_visible(timeout=SLOW)
    assert race.state() == "stopped"
    press(page, "Go on")
    expect(page.get_by_role("button", name="Pause")).to_be_visible(timeout=SLOW)
    press(page, "Stop")
    expect(page.get_by_role("button", name="Go on")).to_be_visible(timeout=SLOW)
    press(page, "Delete")
    press(page, "Delete it")
    until(lambda: not race.path.exists())


def test_an_endless_number_in_a_field_of_text_is_told_in_a_sentence(page, server, troubles):
    query = "data=Digits+8x8&varied=Learning+rate"
    follow(page, f"{server.url}/race?{query}", troubles)
    page.get_by_text("Plan a race").click()
    values = page.get_by_role("textbox", name="Values")
    values.fill("1e999")
    values.press("Enter")
    expect(page.get_by_text("finite number")).to_be_visible(timeout=SLOW)
    values.fill("0.1")
    values.press("Enter")
    expect(page.get_by_text("finite number")).to_have_count(0, timeout=SLOW)
    expect(page.get_by_role("button", name="Start the race")).to_be_enabled(timeout=SLOW)

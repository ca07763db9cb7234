"""Twins and single steps in a real browser: two runs from one button, a paused run's next step."""

import re

from playwright.sync_api import expect

from tests.browser.dashboard import (
    LONG,
    SLOW,
    controls,
    finished_run,
    follow,
    goes_beyond,
    press,
    start,
    state,
)


def test_twins_are_started_with_one_button_and_seen_side_by_side(page, server, troubles):
    run = finished_run(server)
    follow(page, f"{server.url}/twins?run={run.id}", troubles)
    page.get_by_text("Train twins", exact=True).click()
    expect(page.get_by_text("The other: activation Sigmoid instead of ReLU.")).to_be_visible(
        timeout=SLOW
    )
    both = page.get_by_role("button", name="Train both")
    expect(both).to_be_enabled()
    both.press("Enter")  # a mouse must hit it while its box still opens
    expect(page).to_have_url(re.compile(r"twin=\w{26}"), timeout=SLOW)
    expect(page.get_by_text("What differs: activation Sigmoid instead of ReLU.")).to_be_visible(
        timeout=SLOW
    )
    expect(page.locator(".card.work")).to_have_count(2, timeout=SLOW)
    expect(page.locator(".card.work .formula")).to_have_text(["ReLU", "Sigmoid"], timeout=SLOW)
    expect(page.get_by_text("More accurate:")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("One run each: with another seed")).to_be_visible(timeout=SLOW)


def test_twins_move_through_time_together(page, server, troubles):
    one, other = finished_run(server), finished_run(server)
    follow(page, f"{server.url}/twins?run={one.id}&twin={other.id}", troubles)
    expect(page.locator(".card.work")).to_have_count(2, timeout=SLOW)
    labels, sliders = page.locator(".transport .label"), page.locator(".transport .slider")
    expect(labels).to_have_text([re.compile("^step 24")] * 2)
    sliders.first.press("Home")
    expect(labels).to_have_text([re.compile("^step 0")] * 2)
    sliders.last.press("ArrowRight")
    expect(labels).to_have_text([re.compile("^step 1 ")] * 2)
    assert sliders.first.input_value() == sliders.last.input_value() == "1"
    page.locator(".probes").last.get_by_role("button").nth(3).click()
    chosen = page.locator('.probes button[aria-pressed="true"]')
    expect(chosen).to_have_count(2)
    assert len(set(chosen.evaluate_all("all => all.map((one) => one.innerText)"))) == 1


def test_the_next_step_of_a_paused_run_is_walked(page, server, troubles):
    run = start(page, server, LONG)
    goes_beyond(page, 0)
    press(controls(page), "Pause")
    expect(state(page)).to_contain_text("Paused", timeout=SLOW)
    follow(page, f"{server.url}/step?run={run}", troubles)
    expect(page.get_by_text("5 · The update")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Its loss is −ln p =")).to_be_visible()
    expect(page.get_by_text("products add up").first).to_be_visible(timeout=SLOW)
    follow(page, f"{server.url}/?run={run}", troubles)
    press(controls(page), "Stop")
    expect(controls(page)).to_have_count(0, timeout=SLOW)

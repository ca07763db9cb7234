"""Presentation mode in a real browser: larger, kept from page to page, and pointing still hits."""

import re

from playwright.sync_api import expect

from tests.browser.dashboard import SLOW, follow, press

ONLY_LOOKS = True


def type_size(page):
    return page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")


def test_the_mode_is_in_the_link_and_goes_along(page, server, troubles):
    follow(page, f"{server.url}/?run=demo", troubles)
    strip = page.locator(".scope .card").first
    expect(strip).to_be_visible(timeout=SLOW)
    small, narrow = type_size(page), strip.bounding_box()["width"]
    press(page, "Present")
    expect(page).to_have_url(re.compile(r"present=1"), timeout=SLOW)
    expect(page.get_by_test_id("stHeader")).to_be_hidden(timeout=SLOW)
    assert type_size(page) > 1.3 * small
    assert strip.bounding_box()["width"] > 1.2 * narrow
    page.get_by_role("link", name="Weights").click()
    expect(page).to_have_url(re.compile(r"/weights\?.*present=1"), timeout=SLOW)
    expect(page.locator(".scope .card").first).to_be_visible(timeout=SLOW)
    follow(page, page.url, troubles)  # as F5 does
    expect(page.get_by_test_id("stHeader")).to_be_hidden(timeout=SLOW)
    press(page, "Leave")
    expect(page).not_to_have_url(re.compile(r"present"), timeout=SLOW)
    expect(page.get_by_test_id("stHeader")).to_be_visible(timeout=SLOW)
    assert type_size(page) == small


def test_pointing_hits_what_is_seen(page, server, troubles):
    follow(page, f"{server.url}/gallery?present=1", troubles)
    output = page.locator("canvas.points")
    expect(output).to_be_visible(timeout=SLOW)
    box = output.bounding_box()
    cell = box["width"] / 14
    output.hover(position={"x": 10.5 * cell, "y": 3.5 * cell})
    expect(page.locator(".steps output")).to_have_text("row 3, column 10")


def test_what_is_pointed_at_in_the_scope_is_told_beside_it(page, server, troubles):
    follow(page, f"{server.url}/weights?run=demo&present=1", troubles)
    picture = page.locator("canvas.picture").first
    expect(picture).to_be_visible(timeout=SLOW)
    box = picture.bounding_box()
    x, y = 0.97 * box["width"], 0.02 * box["height"]
    picture.hover(position={"x": x, "y": y})
    tip = page.locator(".tip")
    expect(tip).to_contain_text(re.compile(r"^unit [23] · row \d, column 2[3-7]"))
    place, now = tip.bounding_box(), picture.bounding_box()
    assert abs(place["y"] - (now["y"] + y)) < 80
    assert place["x"] <= now["x"] + x + 40 and place["x"] + place["width"] > now["x"] + x - 200

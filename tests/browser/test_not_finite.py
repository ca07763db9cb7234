"""What is not a number, in a real browser: its colour, its stripes, its count and its tip."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.test_scope import address, pixels, show, tile

__all__ = ["address", "show"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_no_number_has_a_colour_of_its_own_and_is_counted(show, theme):
    page = show("frames=2&spoiled=1", dark=theme == "dark")
    image = tile(pixels(page, "linear1/weight"), 17).reshape(-1, 4)
    colours = {tuple(map(int, colour)) for colour in image[:42]}
    assert colours == {{"light": (224, 0, 122, 255), "dark": (255, 79, 168, 255)}[theme]}
    assert not colours & {tuple(map(int, colour)) for colour in image[42:]}
    card = page.locator('[data-card="linear1"]')
    expect(card.locator(".none:visible")).to_have_text("42 values are not numbers")
    expect(card.locator("canvas").first).to_have_attribute(
        "aria-label", re.compile("42 values are")
    )
    expect(page.locator('[data-card="relu1"] .none:visible')).to_have_count(0)
    page.get_by_role("button", name="Input 4:").click()
    expect(page.locator('[data-card="relu1"] .none:visible')).to_have_text(
        "1 value is not a number"
    )
    expect(page.locator(".card.prediction .verdict")).to_have_text("its outputs are not numbers")
    canvas = page.locator('canvas[data-plane="relu1/output"]')
    box = canvas.bounding_box()
    striped = pixels(page, "relu1/output").reshape(-1, 4)
    assert {tuple(map(int, colour)) for colour in striped} >= colours, "its ground"
    found = []
    for x in np.arange(2, box["width"], 3):
        canvas.hover(position={"x": float(x), "y": 4})
        found.append(page.locator(".tip").inner_text())
    assert any("unit 5" in text and "not a number" in text for text in found), found

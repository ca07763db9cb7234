"""A famous network opened with the mouse: its layers on the pages, on a photo of one's own too."""

import re

from playwright.sync_api import expect

from core.famous import photo
from tests.browser.dashboard import SLOW, drawn, follow, picture, press


def test_a_famous_network_is_opened_on_a_photo_and_walked_through(page, server, troubles):
    follow(page, f"{server.url}/famous?network=ResNet-18&weights=random", troubles)
    expect(page.get_by_role("img", name="A temple in China")).to_be_visible(timeout=SLOW)
    press(page, "Open it")
    page.wait_for_url(re.compile(r"[?&]run=\w{26}"), timeout=SLOW)
    drawn(page)
    expect(page.get_by_text("Looked at, not trained")).to_be_visible(timeout=SLOW)
    picture(page, "input/image")
    picture(page, "conv1/weight")
    page.get_by_role("button", name="layer1.0", exact=True).click()
    page.wait_for_url(re.compile("layer=layer1.0"), timeout=SLOW)
    picture(page, "layer1.0/output")


def test_a_photo_of_ones_own_is_looked_at(page, server, troubles):
    follow(page, f"{server.url}/famous?network=ResNet-18&weights=random", troubles)
    page.get_by_role("radio", name="A photo of yours").click()
    expect(page.get_by_text("Choose a photo of yours on the right")).to_be_visible(timeout=SLOW)
    page.locator("input[type=file]").set_input_files(
        {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": photo("flower.jpg")}
    )
    expect(page.get_by_text("a square in its middle")).to_be_visible(timeout=SLOW)
    press(page, "Open it")
    page.wait_for_url(re.compile(r"[?&]run=\w{26}"), timeout=SLOW)
    picture(drawn(page), "input/image")

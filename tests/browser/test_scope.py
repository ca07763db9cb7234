"""The scope in a real browser: what it draws, how it is steered, and how it stays alive."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from core.pictures import plane_of
from tests.browser.scope_page import live_message, packed
from tests.conftest import ROOT, serving

NEUTRAL = {"light": [243, 243, 241], "dark": [32, 36, 44]}
PIXELS = """canvas => Array.from(
  canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data)"""
SHOWN = "window.__layerscope"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    home = tmp_path_factory.mktemp("scope") / "home"
    with serving(home, app=ROOT / "tests/browser/scope_page.py") as server:
        yield server.url


@pytest.fixture
def show(open_page, address):
    def show(query="", **how):
        page = open_page(**how)
        page.goto(f"{address}/?{query}")
        return drawn(page)

    return show


def drawn(page, more_than=0):
    page.wait_for_function(f"{SHOWN}?.frames > {more_than}")
    return page


def pixels(page, plane):
    canvas = page.locator(f'canvas[data-plane="{plane}"]')
    height, width = canvas.evaluate("canvas => [canvas.height, canvas.width]")
    return np.array(canvas.evaluate(PIXELS), np.uint8).reshape(height, width, 4)


def tile(image, number, size=28, gap=1):
    across = (image.shape[1] + gap) // (size + gap)
    y, x = (size + gap) * (number // across), (size + gap) * (number % across)
    return image[y : y + size, x : x + size]


def test_a_formula_that_is_one_long_word_stays_in_its_card(show):
    page = show("frames=2")
    formula = page.locator(".formula").nth(1)
    formula.evaluate("node => { node.textContent = 'AdaptiveAveragePooling3d(output_size=1)'; }")
    assert formula.evaluate("node => node.scrollWidth <= node.clientWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_have_zero_in_the_middle_and_show_the_sign(show, theme):
    page = show("frames=2", dark=theme == "dark")
    image = pixels(page, "linear1/weight")
    assert (tile(image, 0) == [*NEUTRAL[theme], 255]).all()
    sent = plane_of(packed("two_linear", "strip", 2), "linear1/weight", 1)[0, 17]
    red, blue = (tile(image, 17)[..., channel].astype(int) for channel in (0, 2))
    neutral = NEUTRAL[theme][0] - NEUTRAL[theme][2]
    assert (red - blue > neutral)[sent > 132].all()
    assert (red - blue < neutral)[sent < 124].all()
    assert len({tuple(colour) for colour in tile(image, 17).reshape(-1, 4)}) > 50


def test_each_unit_of_a_vector_is_a_cell_of_its_own(show):
    page = show("frames=2")
    image = pixels(page, "relu1/output")
    sent = plane_of(packed("two_linear", "strip", 2), "relu1/output", 1)[0].ravel()
    box = page.locator('canvas[data-plane="relu1/output"]').bounding_box()
    assert box["width"] == image.shape[1]  # one pixel of the canvas is one of the screen
    pitch = (image.shape[1] + 1) // 8  # 8 units a row, a pixel between them
    cells = image[::pitch, ::pitch].reshape(-1, 4)
    silent = (cells == [*NEUTRAL["light"], 255]).all(axis=1)
    assert silent.tolist() == (sent == 128).tolist()


def test_the_slider_scrubs_in_the_browser_and_says_where_it_stopped(show):
    page = show("frames=100")
    before, frames = pixels(page, "linear1/weight"), page.evaluate(f"{SHOWN}.frames")
    slider = page.get_by_role("slider", name="Moment of the run")
    expect(page.locator(".label")).to_have_text(re.compile(r"step 500 · epoch 1\.07 · loss 0\.100"))
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    drawn(page, frames)
    expect(page.get_by_text("step=485")).to_be_visible()
    slider.fill("0")
    expect(page.locator(".label")).to_contain_text("step 0 · epoch 0.00")
    assert (pixels(page, "linear1/weight") != before).any()
    expect(page.get_by_text("step=0 ")).to_be_visible()
    assert page.evaluate(f"{SHOWN}.step") == 0


def test_every_moment_that_is_asked_for_is_drawn(show):
    page = show("frames=100")
    steps = page.evaluate(
        """async () => {
          const root = document.querySelector('[data-testid="stBidiComponentIsolated"]').shadowRoot;
          const slider = root.querySelector("input"), seen = [];
          for (let at = 0; at < 100; at++) {
            slider.value = at;
            slider.dispatchEvent(new Event("input"));
            await new Promise(requestAnimationFrame);
            await new Promise(requestAnimationFrame);
            seen.push(window.__layerscope.step);
          }
          return seen;
        }"""
    )
    assert steps == [round(500 * n / 99) for n in range(100)]


def test_playing_runs_through_the_moments_and_can_be_paused(show):
    page = show("frames=20")
    page.get_by_role("button", name="Play the moments").click()
    drawn(page, page.evaluate(f"{SHOWN}.frames") + 4)
    page.get_by_role("button", name="Pause").click()
    still = pixels(page, "linear1/weight")
    page.wait_for_timeout(600)
    assert (pixels(page, "linear1/weight") == still).all()


def test_autoplay_respects_who_wants_no_motion(show, open_page, address):
    drawn(show("frames=20&autoplay=1"), 5)
    page = open_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{address}/?frames=20&autoplay=1")
    drawn(page)
    expect(page.get_by_role("button", name="Play the moments")).to_be_visible()
    expect(page.locator(".label")).to_contain_text("step 0 ")


def test_a_probe_is_chosen_with_the_mouse_and_the_keys(show):
    page = show("frames=2")
    before = pixels(page, "relu1/output")
    page.get_by_role("button", name="Input 3: 2").click()
    expect(page.get_by_role("button", name="Input 3: 2")).to_have_attribute("aria-pressed", "true")
    after = pixels(page, "relu1/output")
    assert (before != after).any()
    expect(page.get_by_text("probe=2")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Input 4: 3")).to_be_focused()
    expect(page.get_by_text("probe=3")).to_be_visible()
    assert (pixels(page, "relu1/output") != after).any()
    expect(page.locator("li.true .class")).to_have_text("3")


def test_a_title_chooses_its_layer_and_a_rerun_keeps_every_node(show):
    page = show("frames=30")
    slider = page.get_by_role("slider", name="Moment of the run")
    slider.fill("10")
    page.locator('canvas[data-plane="linear1/weight"]').evaluate("canvas => { canvas.kept = 1 }")
    page.get_by_role("button", name="linear1").click()
    expect(page.get_by_text("step=172 probe=None layer=linear1")).to_be_visible()
    page.get_by_role("button", name="Again").click()
    page.wait_for_timeout(500)
    canvas = page.locator('canvas[data-plane="linear1/weight"]')
    assert canvas.evaluate("canvas => canvas.kept") == 1
    assert slider.input_value() == "10"


def test_a_pixel_tells_its_unit_and_its_value(show):
    page = show("frames=2")
    canvas = page.locator('canvas[data-plane="linear1/weight"]')
    canvas.hover(position={"x": 5, "y": 3})
    expect(page.locator(".tip")).to_have_text("unit 0 · row 3, column 5  ≈ 0")
    page.locator('canvas[data-plane="relu1/output"]').hover(position={"x": 16, "y": 2})
    expect(page.locator(".tip")).to_contain_text("unit 1  ≈ ")


def test_a_click_on_a_number_says_which_and_only_once(show):
    page = show()
    canvas = page.locator("[data-plane='linear2/output']")
    canvas.click(position={"x": 2, "y": 2})
    expect(page.get_by_text("clicked=1 ('linear2', (0, 0, 0))")).to_be_visible()
    page.get_by_role("button", name="Again").click()
    page.wait_for_timeout(500)
    expect(page.get_by_text("clicked=1 ('linear2', (0, 0, 0))")).to_be_visible()
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] - 2, "y": box["height"] - 2})
    expect(page.get_by_text("clicked=2 ('linear2', (9, 0, 0))")).to_be_visible()


def test_every_picture_says_what_it_is(show):
    page = show("frames=2")
    expect(page.locator('canvas[data-plane="linear1/weight"]')).to_have_attribute(
        "aria-label", re.compile("linear1: weights.*128 tiles of 28 by 28.*±0.15 at step 500")
    )
    nameless = page.locator('canvas[role="img"]:not([aria-label])')
    expect(nameless).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("query", ["name=two_linear", "name=lenet", "view=tiles", "view=matrix"])
def test_a_phone_scrolls_the_cards_and_not_the_page(show, query, dark):
    page = show(f"{query}&frames=3", narrow=True, dark=dark)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    root = page.locator(".scope")
    assert root.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert root.get_attribute("data-theme") == ("dark" if dark else "light")


def test_live_frames_are_drawn_and_the_newest_wins(open_page, address):
    page, sockets = open_page(), []
    page.route_web_socket(re.compile("/live/synthetic"), lambda socket: sockets.append(socket))
    page.goto(f"{address}/?live=1&frames=1")
    drawn(page)
    for step in (100, 200, 300):
        sockets[0].send(live_message("two_linear", step))
    expect(page.locator(".label")).to_contain_text("step 300")
    expect(page.locator(".badge")).to_have_text("live")
    page.get_by_role("button", name="Again").click()
    page.wait_for_timeout(500)
    assert len(sockets) == 1 == page.evaluate(f"{SHOWN}.sockets")
    expect(page.locator(".label")).to_contain_text("step 300")
    sockets[0].close(code=3001)
    page.wait_for_function(f"{SHOWN}.sockets === 0")
    page.wait_for_function(f"{SHOWN}.sockets === 1")
    sockets[1].send(live_message("two_linear", 400))
    expect(page.locator(".label")).to_contain_text("step 400")
    assert "socket=failed" not in page.content()


def test_live_planes_that_lie_otherwise_bring_their_cards(open_page, address):
    page, sockets = open_page(), []
    page.route_web_socket(re.compile("/live/synthetic"), lambda socket: sockets.append(socket))
    page.goto(f"{address}/?live=1&frames=1")
    drawn(page)
    sockets[0].send(live_message("lenet", 100))
    expect(page.locator('canvas[data-plane="conv1/weight"]')).to_be_visible()
    expect(page.locator("article.card")).to_have_count(14)


def test_a_socket_that_never_opens_is_reported(show, troubles):
    page = show("live=1&frames=1")
    expect(page.get_by_text("socket=failed")).to_be_visible()
    assert troubles and all("live/synthetic" in trouble for trouble in troubles)
    troubles.clear()
    page.close()


def test_a_scope_that_leaves_the_page_hangs_up(open_page, address):
    page, sockets = open_page(), []
    page.route_web_socket(re.compile("/live/synthetic"), lambda socket: sockets.append(socket))
    page.goto(f"{address}/?live=1&frames=1")
    drawn(page)
    assert page.evaluate(f"{SHOWN}.sockets") == 1
    page.get_by_text("Hide").click()
    page.wait_for_function(f"{SHOWN}.sockets === 0")

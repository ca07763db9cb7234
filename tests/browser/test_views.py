"""The pages about a run in a real browser: scrubbing, links, inputs, functions, names."""

import re

import pytest
from playwright.sync_api import expect

from pages.shared.plain import plain
from tests.browser.dashboard import (
    SLOW,
    changes,
    chosen,
    drawn,
    finished_run,
    follow,
    picture,
)
from tests.pages.conftest import PAYLOADS

ONLY_LOOKS = True

STREAM = "/_stcore/stream"


@pytest.fixture(scope="module")
def run(server):
    """A finished run in the server's home."""
    return finished_run(server)


def test_scrubbing_asks_the_server_nothing_until_the_slider_is_released(
    page, server, run, troubles
):
    sent = []

    def listen(line):
        if STREAM in line.url:
            line.on("framesent", lambda frame: sent.append(frame))

    page.on("websocket", listen)
    follow(page, f"{server.url}/weights?run={run.id}", troubles)
    drawn(page)
    slider = page.get_by_role("slider", name="Moment of the run")
    box = slider.bounding_box()
    before, asked = picture(page, "now/weight"), len(sent)
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 9, middle)
    page.mouse.down()
    seen = set()
    for tick in range(1, 21):
        page.mouse.move(box["x"] + box["width"] * (1 - tick / 30), middle)
        seen.add(page.locator(".label").inner_text())
    changes(page, "now/weight", before)
    page.wait_for_timeout(1000)
    assert len(seen) > 5
    assert len(sent) == asked, "the server was asked while the slider was held"
    page.mouse.up()
    page.wait_for_url(re.compile(r"[?&]step=\d+"))
    assert len(sent) > asked
    step, shown = chosen(page, "step"), picture(page, "now/weight")
    assert 0 < int(step) < run.steps()[-1]
    follow(page, page.url, troubles)
    expect(page.locator(".label")).to_contain_text(f"step {step} ", timeout=SLOW)
    assert picture(page, "now/weight") == shown


def test_why_the_last_moment_has_no_gradient_is_said_there_alone(page, server, run, troubles):
    slider = page.get_by_role("slider", name="Moment of the run")
    said = page.get_by_text("no step follows it")
    for address in ("weights?", "layer?layer=linear1&"):
        follow(page, f"{server.url}/{address}run={run.id}", troubles)
        drawn(page)
        expect(said).to_be_hidden()  # it opens at the last moment that has one
        slider.press("End")
        expect(said).to_be_visible()
        slider.press("ArrowLeft")
        expect(said).to_be_hidden()


def test_a_view_is_a_link(page, open_page, server, run, troubles):
    follow(page, f"{server.url}/weights?run={run.id}", troubles)
    drawn(page)
    for choice in ("linear2", "matrix"):
        before = picture(page, "now/weight")
        page.get_by_role("radio", name=choice).click()
        changes(page, "now/weight", before)
    page.wait_for_url(lambda url: "layer=linear2" in url and "view=matrix" in url)
    page.get_by_role("slider", name="Moment of the run").fill("3")
    page.wait_for_url(re.compile(r"[?&]step=3"))
    other = follow(open_page(), page.url, troubles)
    drawn(other)
    expect(other.get_by_role("radio", name="linear2")).to_be_checked()
    expect(other.get_by_role("radio", name="matrix")).to_be_checked()
    expect(other.locator(".label")).to_contain_text("step 3 ")
    assert picture(other, "now/weight") == picture(page, "now/weight")
    page.get_by_role("radio", name="distributions").click()
    expect(page.locator(".js-plotly-plot")).to_have_count(3, timeout=SLOW)
    page.get_by_role("radio", name="gradients").click()
    page.wait_for_url(re.compile("what=gradients"))


def test_another_input_changes_the_prediction(page, server, run, troubles):
    follow(page, f"{server.url}/activations?run={run.id}", troubles)
    expect(page.get_by_text("the image shows 0")).to_be_visible(timeout=SLOW)
    page.get_by_role("radio", name="7").click()
    expect(page.get_by_text("the image shows 7")).to_be_visible(timeout=SLOW)
    page.wait_for_url(re.compile("input=7"))
    page.get_by_role("radio", name="any image").click()
    number = page.get_by_role("spinbutton", name="Test image, 0 to 359")
    number.fill("50")
    number.press("Enter")
    expect(page.get_by_text("Computed by PyTorch")).to_be_visible(timeout=SLOW)
    page.wait_for_url(re.compile("image=50"))


def test_functions_are_seen_at_work_and_a_number_can_be_chosen(page, server, run, troubles):
    follow(page, f"{server.url}/functions?run={run.id}", troubles)
    plot = page.locator('canvas[data-plane="relu1/plot"]')
    expect(plot).to_be_visible(timeout=SLOW)
    expect(page.locator(".card.work .numbers")).to_contain_text("values in the dead zone")
    said = page.locator(".card.work .says")
    expect(said).to_contain_text("f′ is not 0 for")
    before, number = said.inner_text(), page.get_by_role("spinbutton", name="number")
    number.fill("3")
    expect(said).not_to_have_text(before, use_inner_text=True)
    page.locator('canvas[data-plane="relu1/given"]').click(position={"x": 2, "y": 2})
    expect(number).to_have_value("0")
    expect(said).to_have_text(before, use_inner_text=True)


def test_parameters_and_the_temperature_redraw_without_the_server(page, server, run, troubles):
    follow(page, f"{server.url}/functions?view=all+functions&functions=Leaky+ReLU", troubles)
    first = "document.querySelector('.js-plotly-plot')._fullData[0].y[0]"
    slider = page.get_by_role("slider", name="Negative slope")
    expect(slider).to_be_visible(timeout=SLOW)
    page.wait_for_function(f"Math.abs({first} + 0.06) < 1e-6")
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_function(f"Math.abs({first} + 6) < 1e-6")
    page.get_by_role("radio", name="softmax").click()
    expect(page.get_by_text("From the last layer's numbers")).to_be_visible(timeout=SLOW)
    heat = page.get_by_role("slider", name="Temperature")
    expect(heat).to_be_visible(timeout=SLOW)
    shares = page.get_by_role("img", name="÷ sum = p")
    before = shares.get_attribute("aria-label")
    heat.focus()
    page.keyboard.press("End")
    expect(shares).not_to_have_attribute("aria-label", before)
    assert 0.1 <= most(shares.get_attribute("aria-label")) < most(before)


def most(told):
    return max(float(number) for number in re.findall(r" (\d\.\d+)", told))


def test_names_are_text_and_nothing_else(page, server, troubles):
    page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
    armed = page.locator('img[src="x"], a[href*="canary"], a[href*="javascript"]')
    for name in PAYLOADS:
        run = finished_run(server, name)
        kept = run.notes()["name"]
        assert plain(kept) != kept
        follow(page, f"{server.url}/runs?run={run.id}", troubles)
        title = page.locator("h3").first
        expect(title).to_be_visible(timeout=SLOW)
        assert title.inner_text().replace("\u2060", "").strip() == kept
        assert title.locator("a, img, em, strong, code, .katex").count() == 0
        page.get_by_role("button", name="Delete").click()
        question = page.get_by_text("Delete “")
        assert question.inner_text().replace("\u2060", "") == f"Delete “{kept}”?"
        assert armed.count() == 0
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Train", exact=True).click()
    drawn(page)
    shown = page.get_by_role("combobox", name="Run")
    assert shown.input_value().startswith(kept)
    shown.click()
    for name in PAYLOADS[:-1]:
        expect(page.get_by_role("option", name=name)).to_be_visible()
    assert armed.count() == 0


def test_a_click_on_the_strip_opens_how_that_number_is_made(page, server, run, troubles):
    follow(page, f"{server.url}/?run={run.id}", troubles)
    drawn(page)
    page.locator("[data-plane='relu1/output']").click(position={"x": 3, "y": 3})
    page.wait_for_url(re.compile(r"/step\?.*layer=relu1"))
    expect(page.get_by_text("ReLU makes")).to_be_visible(timeout=SLOW)
    before = page.url
    page.get_by_role("button", name="Walk a training step instead").click()
    page.locator("[data-plane='linear2/slope']").click(position={"x": 3, "y": 3})
    page.wait_for_url(re.compile(r"/step\?.*layer=linear2"))
    assert "run=" in page.url and page.url != before
    expect(page.get_by_text("products add up, and the bias with them").first).to_be_visible()


def test_the_number_that_is_followed_at_work_opens_how_it_is_made(page, server, run, troubles):
    follow(page, f"{server.url}/functions?run={run.id}", troubles)
    drawn(page)
    page.get_by_role("spinbutton", name="number").fill("5")
    page.get_by_role("button", name="how it is made").press("Enter")
    page.wait_for_url(re.compile(r"/step\?.*unit=5"))
    expect(page.get_by_text("ReLU makes")).to_be_visible(timeout=SLOW)
    page.wait_for_url(re.compile(r"layer=relu1"))


def test_a_click_inside_a_layer_opens_how_that_number_is_made(page, server, run, troubles):
    follow(page, f"{server.url}/layer?run={run.id}&layer=linear2", troubles)
    drawn(page)
    page.locator("[data-plane='linear2/output']").click(position={"x": 3, "y": 3})
    page.wait_for_url(re.compile(r"/step\?.*unit=0"))
    expect(page.get_by_text("products add up, and the bias with them").first).to_be_visible(
        timeout=SLOW
    )
    page.wait_for_url(re.compile(r"layer=linear2"))


@pytest.mark.parametrize("view", ["", "layer"])
def test_the_number_in_the_tip_is_the_number_that_is_told(page, server, run, troubles, view):
    follow(page, f"{server.url}/{view}?run={run.id}&layer=linear2", troubles)
    drawn(page)
    page.locator(".probes button").nth(4).click()
    slider = page.get_by_role("slider", name="Moment of the run")
    slider.press("ArrowLeft")
    slider.press("ArrowLeft")
    plane = page.locator("[data-plane='linear2/output']")
    plane.hover(position={"x": 60, "y": 4})
    tip = page.locator(".tip").inner_text()
    label = page.locator(".transport .label").inner_text()
    seen = float(re.search(r"≈ (\S+)", tip)[1].replace("−", "-"))
    unit = re.search(r"unit (\d+)", tip)[1]
    plane.click(position={"x": 60, "y": 4})
    page.wait_for_url(re.compile(rf"/step\?.*unit={unit}"))
    step = re.search(r"step ([\d,]+)", label)[1]
    expect(page.get_by_text(f"Step {step}, the test input")).to_be_visible(timeout=SLOW)
    gave = page.get_by_text("PyTorch gave").first
    expect(gave).to_be_visible(timeout=SLOW)
    result, exact = (
        float(re.search(rf"{words} (-?[\d.e-]+)", gave.inner_text())[1].rstrip("."))
        for words in ("That is", "PyTorch gave")
    )
    assert exact == pytest.approx(seen, abs=0.02 * max(1, abs(seen)))  # a tip has 8 bits
    assert result == pytest.approx(exact, abs=5e-3 * max(1, abs(exact)))

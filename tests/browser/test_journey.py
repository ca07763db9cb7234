"""The main journey: the recorded run plays, Train makes it live, and it is steered to its end."""

import re
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.dashboard import (
    LONG,
    SHOWN,
    SLOW,
    changes,
    controls,
    drawn,
    frames,
    goes_beyond,
    is_live,
    picture,
    press,
    start,
    state,
    step_of,
)

CHART_RISES = """() => {
  const chart = document.querySelectorAll(".layerscope-chart")[1];
  const line = chart?._fullData?.find(({ name }) => name === "training")?.y;
  return line?.length > 5 && line[line.length - 1] > line[0] + 20;
}"""


def test_the_first_screen_plays_a_recorded_run_without_torch(page, server):
    page.goto(server.url)
    drawn(page, 1)
    label = page.locator(".label").inner_text()
    drawn(page, frames(page) + 3)
    expect(page.locator(".label")).not_to_have_text(label)
    expect(page.get_by_role("slider", name="Moment of the run")).to_be_visible()
    expect(page.locator(".layerscope-chart svg.main-svg").first).to_be_visible()
    if sys.platform == "linux":
        assert "libtorch" not in Path(f"/proc/{server.pid}/maps").read_text()


def test_a_run_is_trained_steered_watched_by_two_and_replayed(open_page, server):
    page = open_page()
    run_id = start(page, server, LONG)
    is_live(page)
    before = picture(page, "linear1/weight")
    drawn(page, frames(page) + 20)
    changes(page, "linear1/weight", before)
    goes_beyond(page, 0)
    goes_beyond(page, step_of(page))
    page.locator(".layerscope-chart").last.scroll_into_view_if_needed()
    page.wait_for_function(CHART_RISES, timeout=SLOW)
    assert page.evaluate(f"{SHOWN}.sockets") == 1, "pictures are pushed"

    press(controls(page), "Pause")
    expect(state(page)).to_contain_text("Paused", timeout=SLOW)
    step = step_of(page)
    page.wait_for_timeout(2500)  # more than two of the page's own looks
    assert step_of(page) == step
    press(controls(page), "One step")
    expect(state(page)).to_contain_text(f"step {step + 1:,} of", timeout=SLOW)
    expect(state(page)).to_contain_text("Paused")

    rate = controls(page).get_by_label("Learning rate")
    rate.fill("0.0125")
    rate.press("Enter")
    expect(state(page)).to_contain_text("learning rate 0.0125", timeout=SLOW)
    chart = page.locator(".layerscope-chart").first
    chart.scroll_into_view_if_needed()
    expect(chart).to_contain_text("learning rate 0.0125")

    page.reload()
    expect(state(page)).to_contain_text(f"step {step + 1:,} of", timeout=SLOW)
    assert run_id in page.url
    second = open_page(page.url)
    expect(state(second)).to_contain_text(f"step {step + 1:,} of", timeout=SLOW)
    press(controls(second), "Resume")
    expect(state(page)).to_contain_text("Training", timeout=SLOW)
    press(controls(page), "Pause")
    expect(state(second)).to_contain_text("Paused", timeout=SLOW)
    press(controls(second), "Resume")
    goes_beyond(second, step + 1)
    address, step = page.url, step_of(second)
    page.close()
    second.close()

    page = open_page(address)
    goes_beyond(page, step)
    press(controls(page), "Stop")
    expect(state(page)).to_contain_text("Stopped · ", timeout=SLOW)
    slider = page.get_by_role("slider", name="Moment of the run")
    expect(slider).to_be_visible(timeout=SLOW)
    last = picture(page, "linear1/weight")
    slider.fill("0")
    expect(page.locator(".label")).to_contain_text("step 0 ")
    changes(page, "linear1/weight", last)
    page.wait_for_url(re.compile(r"[?&]step=0"))
    expect(controls(page)).to_have_count(0)


def test_the_title_of_a_layer_leads_to_its_weights_and_back(page, server):
    page.goto(f"{server.url}/?run=demo")
    drawn(page)
    page.get_by_role("button", name="linear2").click()
    page.wait_for_url(re.compile(r"/weights\?.*layer=linear2"), timeout=SLOW)
    expect(page.get_by_role("radio", name="linear2")).to_be_checked(timeout=SLOW)
    page.get_by_role("link", name="Train").click()
    drawn(page, frames(page) + 2)
    assert "/weights" not in page.url


@pytest.mark.parametrize("dark", [False, True])
def test_a_form_that_does_not_fit_says_why(open_page, server, dark):
    page = open_page(dark=dark)
    page.goto(f"{server.url}/?architecture=Multilayer+perceptron&mlp_depth=12&mlp_width=1024")
    train = page.get_by_role("button", name="Train", exact=True)
    expect(train).to_be_disabled(timeout=SLOW)
    expect(page.get_by_test_id("stAlert").filter(has_text="smaller")).to_be_visible()
    page.get_by_text("What to train").click()
    units = page.get_by_role("spinbutton", name="Units in each")
    expect(units).to_have_value("1024")
    units.fill("64")
    units.press("Enter")
    expect(train).to_be_enabled(timeout=SLOW)
    page.wait_for_url(lambda url: "mlp_width=1024" not in url)

"""Every task from the form to its answer, and the gates of a layer through time."""

import re

import pytest
from playwright.sync_api import expect

from core import runs
from core.data import DATASETS
from core.runfile import Writer
from core.settings import settings_from
from tests.browser.dashboard import (
    LONG,
    SLOW,
    changes,
    chosen,
    controls,
    drawn,
    finished_run,
    follow,
    frames,
    home_of,
    is_live,
    picture,
    press,
    start,
    state,
)
from tests.core.small_runs import run as trained

TASKS = {
    "digits": ("architecture=LSTM&lstm_units=8&share=10", "right|wrong", "canvas"),
    "sunspots": (
        "architecture=GRU&gru_units=8&sunspots_epochs=2",
        "for the next step: it is",
        "svg",
    ),
    "letters": ("architecture=GRU&gru_units=8&share=1&epochs=1", "right|wrong", ""),
    "xor": ("architecture=Playground+net&share=20&xor_epochs=2", "right|wrong", "canvas"),
}
"""The form in the link, what the prediction's card says, and what the inputs are drawn on."""
SAYS = {
    "digits": "the image shows 0",
    "sunspots": "Prediction for the next step",
    "letters": "named right",
    "xor": "it is (right|wrong): the input is",
}


def form(name: str) -> str:
    given = TASKS[name][0]
    given += "" if "epochs" in given else "&epochs=1"
    return f"data={DATASETS[name].title.replace(' ', '+')}&{given}"


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_trained_watched_and_asked(page, server, troubles, name):
    before = finished_run(server)
    page.goto(f"{server.url}/?run={before.id}&{form(name)}")
    drawn(page)
    press(page, "Train")
    page.wait_for_url(lambda url: before.id not in url and "run=" in url, timeout=SLOW)
    run_id = chosen(page, "run")
    steps_before = f"of {before.settings().steps:,} "  # that one is finished, too
    expect(state(page).filter(has_text=steps_before)).to_have_count(0, timeout=SLOW)
    # a few steps may have taught it nothing, and then the page says that
    expect(page.get_by_test_id("stMain")).to_contain_text(
        re.compile(r"Finished( · |, but it learned)"), timeout=SLOW
    )
    slider = page.get_by_role("slider", name="Moment of the run")
    expect(slider).to_be_visible(timeout=SLOW)
    verdict = page.locator(".verdict")  # what is out of sight is not drawn
    verdict.scroll_into_view_if_needed()
    expect(verdict).to_have_text(re.compile(TASKS[name][1]), timeout=SLOW)
    probes = page.get_by_role("group", name="Input to follow").get_by_role("button")
    expect(probes).to_have_count(min(10, len(DATASETS[name].classes)) or 10)
    for tag in ("canvas", "svg"):
        expect(probes.nth(0).locator(tag)).to_have_count(int(TASKS[name][2] == tag))
    probes.nth(1).click()
    expect(probes.nth(1)).to_have_attribute("aria-pressed", "true")
    page.wait_for_url(re.compile(r"[?&]probe=1"))
    plane = page.locator('canvas.picture[data-plane$="/output"]').last.get_attribute("data-plane")
    page.locator(f'canvas.picture[data-plane="{plane}"]').scroll_into_view_if_needed()
    last = picture(page, plane)
    slider.fill("0")
    expect(page.locator(".label")).to_contain_text("step 0 ")
    changes(page, plane, last)
    if name == "xor":
        chart = page.locator(".layerscope-chart").nth(2)
        chart.scroll_into_view_if_needed()
        expect(chart.locator("svg.main-svg").first).to_be_visible(timeout=SLOW)
        expect(chart).to_contain_text("second")
        assert chosen(page, "run") == run_id
    follow(page, f"{server.url}/activations?run={run_id}", troubles)
    expect(page.get_by_text(re.compile(SAYS[name])).first).to_be_visible(timeout=SLOW)
    expect(page.locator(".js-plotly-plot svg.main-svg").first).to_be_visible(timeout=SLOW)


@pytest.fixture(scope="module")
def gated(server):
    """A finished run of an LSTM over the rows of the digits, in the server's home."""
    given = {"data": "digits", "architecture": "lstm", "options": {"units": 6}, "epochs": 1}
    settings = settings_from({**given, "share": 0.2, "learning_rate": 0.01})
    with home_of(server):
        run = runs.create(settings, "gates")
        writer = Writer(run.path)
        writer.append(trained(settings))
        writer.close()
    return run


def test_the_gates_are_scrubbed_through_the_run(page, open_page, server, gated, troubles):
    follow(page, f"{server.url}/layer?run={gated.id}&layer=lstm1", troubles)
    drawn(page)
    names = ("input gate", "forget gate", "output gate", "cell", "hidden")
    before = {name: picture(page, name) for name in names}
    assert len(set(before.values())) == len(names)
    page.get_by_role("slider", name="Moment of the run").fill("0")
    expect(page.locator(".label")).to_contain_text("step 0 ")
    for name, shown in before.items():
        changes(page, name, shown)
    first = picture(page, "hidden")
    page.get_by_role("group", name="Input to follow").get_by_role("button").nth(3).click()
    changes(page, "hidden", first)
    page.wait_for_url(lambda url: "step=0" in url and "probe=3" in url)
    other = follow(open_page(), page.url, troubles)
    drawn(other)
    expect(other.locator(".label")).to_contain_text("step 0 ")
    assert picture(other, "hidden") == picture(page, "hidden")


def test_the_gates_move_while_the_network_trains(page, server, troubles):
    run_id = start(page, server, f"{LONG}&architecture=LSTM&lstm_units=8")
    follow(page, f"{server.url}/layer?run={run_id}&layer=lstm1", troubles)
    is_live(page)
    drawn(page)
    shown = {name: picture(page, name) for name in ("forget gate", "hidden")}
    for name, before in shown.items():
        changes(page, name, before)
    drawn(page, frames(page) + 20)  # without a recorded moment between most of them
    page.get_by_role("slider", name="Moment of the run").fill("0")
    expect(page.locator(".label")).to_contain_text("step 0 ")
    page.get_by_role("button", name="to live").click()
    is_live(page)
    page.goto(f"{server.url}/?run={run_id}")
    expect(controls(page)).to_be_visible(timeout=SLOW)
    press(page, "Stop")
    expect(state(page)).to_contain_text("Stopped", timeout=SLOW)


def test_a_recurrent_cards_title_leads_inside_and_the_diagram_further(
    page, server, gated, troubles
):
    follow(page, f"{server.url}/?run={gated.id}", troubles)
    drawn(page)
    page.get_by_role("button", name="lstm1", exact=True).click()
    page.wait_for_url(re.compile(r"/layer\?.*run="), timeout=SLOW)
    expect(page.get_by_role("heading", name="lstm1")).to_be_visible(timeout=SLOW)
    picture(page, "cell")
    diagram = page.get_by_test_id("stGraphVizChart")
    expect(diagram.locator("svg")).to_be_visible(timeout=SLOW)
    page.get_by_role("slider", name="Moment of the run").fill("2")
    page.wait_for_url(re.compile("step=2"), timeout=SLOW)
    node = diagram.locator("g.node").filter(has_text="linear1").locator("text").first
    node.click()
    expect(page.get_by_role("heading", name="linear1")).to_be_visible(timeout=SLOW)
    expect(page.locator(".label")).to_contain_text("step 2 ", timeout=SLOW)
    troubles[:] = [one for one in troubles if "status of 404" not in one]  # as in `follow`
    page.get_by_role("radio", name="lstm1").click()
    expect(page.get_by_role("heading", name="lstm1")).to_be_visible(timeout=SLOW)
    page.get_by_role("radio", name="linear1").click()
    expect(page.get_by_role("heading", name="linear1")).to_be_visible(timeout=SLOW)
    shown = picture(page, "linear1/weight")
    page.get_by_role("slider", name="Moment of the run").fill("0")
    changes(page, "linear1/weight", shown)
    picture(page, "linear1/weight_gradient")

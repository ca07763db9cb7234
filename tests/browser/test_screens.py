"""Every page at a desk and on a phone, in light and in dark: it fits, and nothing goes wrong."""

import pytest
from playwright.sync_api import expect

from tests.browser.dashboard import PAGES, SLOW, drawn, finished_run

ONLY_LOOKS = True

FITS = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return [document.documentElement, main].every((node) => node.scrollWidth <= node.clientWidth);
}"""
DRAWN = {
    "train": ".layerscope-chart svg.main-svg",
    "weights": 'canvas[data-plane="now/weight"]',
    "activations": ".js-plotly-plot svg.main-svg",
    "layer": ".js-plotly-plot svg.main-svg",
    "functions": "canvas.plot",
    "step": "[data-testid=stAlert], [data-testid=stDataFrame] canvas",
    "builder": "[data-testid=stGraphVizChart] svg",
    "famous": "[data-testid=stImage] img",
    "twins": "[data-testid=stSelectbox]",
    "race": ".layerscope-chart svg.main-svg",
    "gallery": ".lesson canvas",
    "comparisons": ".js-plotly-plot svg.main-svg",
    "data": "[data-testid=stFileUploader]",
    "runs": "[data-testid=stDataFrame] canvas",
}


@pytest.fixture(scope="module")
def run(server):
    """A run with convolutions that learned: pictures, feature maps, many layers."""
    name = "the longest name there can be " + "x" * 50
    return finished_run(server, name, "lenet", epochs=4, learning_rate=0.02)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_every_page_fits_the_screen(open_page, server, run, narrow, dark):
    page = open_page(f"{server.url}/?run={run.id}", narrow=narrow, dark=dark)
    drawn(page)
    for path, title in PAGES.items():
        page.get_by_role("link", name=title, exact=True).click()
        expect(page.locator(DRAWN[path]).first).to_be_visible(timeout=SLOW)
        page.wait_for_load_state("networkidle")
        assert page.evaluate(FITS), f"{path} is wider than the screen"
        wrong = page.locator("[data-testid=stException], [data-testid=stAlert]")
        expect(wrong).to_have_count(0)
        if path == "weights":
            page.get_by_role("radio", name="distributions").click()
            expect(page.locator(".js-plotly-plot")).to_have_count(3, timeout=SLOW)
            assert page.evaluate(FITS)
        if path == "functions":
            page.get_by_role("radio", name="softmax").click()
            expect(page.get_by_text("From the last layer's numbers")).to_be_visible(timeout=SLOW)
            assert page.evaluate(FITS)
    page.goto(f"{server.url}/?architecture=Multilayer+perceptron&run=demo")
    drawn(page)
    page.get_by_text("What to train").click()
    expect(page.get_by_role("spinbutton", name="Units in each")).to_be_visible()
    assert page.evaluate(FITS)

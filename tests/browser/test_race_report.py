"""The report of a race in a real browser: opened from a file, without the network."""

import pytest
from playwright.sync_api import expect

import core.engine
from pages.shared.race_report import report_page
from tests.browser.dashboard import SLOW, follow, home_of
from tests.core.races.races import a_plan
from tests.pages.test_race_report import HOSTILE, ended, three


class Worker:
    """Judges in this process what the page asks a worker for."""

    def ask(self, task, *given):
        """What the task gives."""
        return task(*given)


@pytest.fixture
def opened(home, tmp_path, open_page, monkeypatch):
    """Open the report of a race in a tab without the network; with all that the tab asks for."""

    def opened(plan, **how):
        monkeypatch.setattr(core.engine, "_engine", Worker())
        path = tmp_path / "report.html"
        path.write_text(report_page(ended(plan)), "utf-8")
        page, asked = open_page(**how), []
        page.context.set_offline(True)
        page.on("request", lambda one: asked.append(one.url) if one.url != path.as_uri() else None)
        page.goto(path.as_uri())
        return page, asked

    return opened


def drawn(page):
    """Wait until all five figures are drawn."""
    charts = page.locator(".plotly-graph-div .main-svg .cartesianlayer")
    expect(charts).to_have_count(5)
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        assert chart.bounding_box()["width"] > 200


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("dark", [False, True])
def test_figures_are_drawn_and_the_page_scrolls_down_only(opened, narrow, dark):
    plan = three("MLP", HOSTILE, "A name without a space " + "w" * 50, name="W" * 80)
    page, asked = opened(plan, narrow=narrow, dark=dark)
    drawn(page)
    across = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(across) <= 0
    assert page.locator("img").count() == 0
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(14, 17, 23)" if dark else "rgb(255, 255, 255)")
    assert asked == []


def test_it_is_printed_as_wide_as_paper_and_as_wide_as_before_afterwards(opened):
    page, _ = opened(a_plan())
    drawn(page)
    wide = page.locator(".main-svg").first.bounding_box()["width"]
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".main-svg").first).to_have_attribute("width", "640")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".main-svg").first).to_have_attribute("width", f"{wide:g}")
    assert page.pdf().startswith(b"%PDF")


def test_a_race_is_downloaded_as_a_report(page, open_page, server, troubles, tmp_path):
    with home_of(server):
        race = ended(three("MLP", "Two layers", HOSTILE))
    follow(page, f"{server.url}/race?race={race.id}", troubles)
    with page.expect_download(timeout=SLOW) as download:
        page.get_by_role("button", name="Report").click(timeout=SLOW)
    assert download.value.suggested_filename == "race-report.html"
    download.value.save_as(tmp_path / "report.html")
    alone = open_page((tmp_path / "report.html").as_uri())
    drawn(alone)
    expect(alone.get_by_text("MLP is ahead of Two layers by 5.0 points").first).to_be_visible()

"""When something breaks: a killed worker, a route that is closed, a server without the route."""

import re
from pathlib import Path

import psutil
from playwright.sync_api import expect

from tests.browser.dashboard import (
    DIGITS,
    LONG,
    SHOWN,
    SLOW,
    changes,
    controls,
    drawn,
    follow,
    frames,
    goes_beyond,
    is_live,
    picture,
    press,
    start,
    state,
)
from tests.conftest import ROOT


def workers(server):
    """The processes that train: what Dask started under this server."""
    below = psutil.Process(server.pid).children(recursive=True)
    return [one for one in below if "spawn_main" in " ".join(one.cmdline())]


def stop(page):
    press(controls(page), "Stop")
    expect(state(page)).to_contain_text("Stopped · ", timeout=SLOW)


def test_a_killed_worker_is_told_and_the_run_goes_on_to_its_end(page, server):
    start(page, server, f"{DIGITS}&epochs=300")
    goes_beyond(page, 0)
    (worker,) = workers(server)
    worker.kill()
    told = page.get_by_test_id("stAlert")
    expect(told).to_contain_text(re.compile(r"Interrupted at step \d+"), timeout=SLOW)
    press(page, "Resume from the last checkpoint")
    expect(state(page)).to_contain_text("Training", timeout=SLOW)
    is_live(page)
    expect(state(page)).to_contain_text("Finished · ", timeout=SLOW)
    expect(state(page)).to_contain_text("step 13,500 of 13,500")
    expect(told).to_have_count(0)


def test_a_run_that_is_deleted_elsewhere_is_missed_in_a_sentence(open_page, server, troubles):
    page = open_page()
    start(page, server, LONG)
    goes_beyond(page, 0)
    other = follow(open_page(), page.url.replace("/?", "/runs?"), troubles)
    press(other, "Delete")
    press(other, "Delete it")
    expect(other.get_by_role("button", name="Bring the deleted run back")).to_be_visible(
        timeout=SLOW
    )
    expect(page.get_by_test_id("stAlert")).to_contain_text("not on this machine", timeout=SLOW)
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()


def test_where_the_line_is_blocked_pictures_are_asked_for(page, server):
    page.route_web_socket(re.compile(r"/live/"), lambda socket: socket.close(code=1011))
    start(page, server, LONG)
    goes_beyond(page, 0)
    page.wait_for_function(f"{SHOWN}.sockets === 0", timeout=SLOW)
    before = picture(page, "linear1/weight")
    drawn(page, frames(page) + 3)
    changes(page, "linear1/weight", before)
    expect(page.locator(".badge:visible")).to_have_count(0)
    stop(page)
    expect(page.get_by_role("slider", name="Moment of the run")).to_be_visible(timeout=SLOW)


def test_the_pages_alone_are_the_whole_dashboard(start_server, page):
    server = start_server(app=ROOT / "pages" / "navigation.py")
    page.goto(server.url)
    drawn(page, 2)
    start(page, server, LONG)
    goes_beyond(page, 0)
    before = picture(page, "linear1/weight")
    drawn(page, frames(page) + 3)
    changes(page, "linear1/weight", before)
    assert page.evaluate(f"{SHOWN}.sockets") == 0
    press(controls(page), "Pause")
    expect(state(page)).to_contain_text("Paused", timeout=SLOW)
    page.reload()
    expect(state(page)).to_contain_text("Paused", timeout=SLOW)
    page.get_by_role("link", name="Weights").click()
    expect(page.locator('canvas[data-plane="now/weight"]')).to_be_visible(timeout=SLOW)
    assert "libtorch" not in Path(f"/proc/{server.pid}/maps").read_text()

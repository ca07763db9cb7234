"""The charts in a real browser: live ones change in place, and all read in light and in dark."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from core.figures import FIGURES
from pages.shared.chart import NAME, publish_plotly

ROOT = Path(__file__).parents[2]
CHART = ".layerscope-chart.js-plotly-plot"


@pytest.fixture(scope="module")
def serve(tmp_path_factory):
    """Start the harness page, by itself or from an `st.App`, and give its address."""
    servers = {}

    def serve(static=True, base="", launcher=False):
        wanted = (static, base, launcher)
        if wanted in servers:
            return servers[wanted][1]
        pages = tmp_path_factory.mktemp("app") / "pages"
        pages.mkdir()
        shutil.copy(ROOT / "tests/browser/chart_page.py", pages)
        if static:
            assert publish_plotly(pages / "static")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        script = pages / "chart_page.py"
        if launcher:
            script = pages.parent / "app.py"
            script.write_text('import streamlit as st\n\napp = st.App("pages/chart_page.py")\n')
        command = [sys.executable, "-m", "streamlit", "run", str(script)]
        options = {
            "server.port": port,
            "server.address": "127.0.0.1",
            "server.headless": "true",
            "server.enableStaticServing": str(static).lower(),
            "server.baseUrlPath": base,
            "server.fileWatcherType": "none",
            "browser.gatherUsageStats": "false",
        }
        server = subprocess.Popen(
            [*command, *(f"--{name}={value}" for name, value in options.items() if value != "")],
            cwd=pages.parent,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        address = f"http://127.0.0.1:{port}/{base}".rstrip("/")
        servers[wanted] = (server, address)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                return address
            except OSError:
                assert server.poll() is None, "the server ended"
                time.sleep(0.1)
        raise AssertionError("the server did not come up")

    yield serve
    for server, _ in servers.values():
        server.terminate()
        server.wait(20)


def zoom_in(page):
    """Drag a box over the middle of the chart; gives the x range that it leaves."""
    box = page.locator(f"{CHART} .nsewdrag").bounding_box()
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 3
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + box["width"] / 3, y + box["height"] / 3, steps=5)
    page.mouse.up()
    page.wait_for_function(f"document.querySelector('{CHART}').layout.xaxis.autorange === false")
    return page.evaluate(f"document.querySelector('{CHART}')._fullLayout.xaxis.range.slice()")


def test_a_live_chart_changes_twenty_times_on_one_node_and_keeps_its_zoom(serve, open_page):
    page = open_page(f"{serve()}/?kind=updating")
    page.wait_for_selector(f"{CHART} .nsewdrag")
    page.evaluate(f"""() => {{
        window.node = document.querySelector('{CHART}');
        window.plot = window.node.querySelector('.main-svg');
        window.draws = 0;
        window.heights = new Set();
        window.node.on('plotly_afterplot', () => {{
            window.draws += 1;
            window.heights.add(window.node.getBoundingClientRect().height);
        }});
    }}""")
    zoomed = zoom_in(page)
    before = page.evaluate("[window.draws, window.node._fullData[0].x.length]")
    page.wait_for_function("n => window.draws >= n + 20", arg=before[0])
    same, inside, points, shown, heights = page.evaluate(f"""() => [
        window.node === document.querySelector('{CHART}') && window.node.isConnected,
        window.plot === window.node.querySelector('.main-svg'),
        window.node._fullData[0].x.length,
        window.node._fullLayout.xaxis.range.slice(),
        window.heights.size,
    ]""")
    assert same and inside
    assert points > before[1]
    assert shown == zoomed
    assert heights == 1


def test_the_room_for_a_chart_is_kept_before_its_library_arrives(serve, open_page):
    page = open_page()
    held = []
    page.route(f"**/{NAME}", lambda route: held.append(route))
    page.goto(f"{serve()}/?kind=one")
    page.wait_for_selector("text=The chart is on its way")
    before = page.get_by_text("below the chart").bounding_box()["y"]
    held[0].continue_()
    page.wait_for_selector(f"{CHART} .main-svg")
    assert page.get_by_text("The chart is on its way").count() == 0
    assert page.get_by_text("below the chart").bounding_box()["y"] == before


def test_the_library_is_asked_for_once_whatever_the_number_of_charts(serve, open_page):
    asked = []
    page = open_page()
    page.on("request", lambda request: asked.append(request.url) if NAME in request.url else None)
    page.goto(f"{serve()}/?kind=live")
    page.wait_for_function(f"document.querySelectorAll('{CHART}').length === {len(FIGURES)}")
    assert asked == [f"{serve()}/app/static/{NAME}"]


def test_a_chart_out_of_sight_rests_until_it_is_seen_again(serve, open_page):
    page = open_page(f"{serve()}/?kind=updating")
    points = f"document.querySelector('{CHART}')._fullData[0].x.length"
    page.wait_for_function(f"document.querySelector('{CHART}')?._fullData && {points} > 12")
    page.evaluate(f"document.querySelector('{CHART}').style.marginTop = '4000px'")
    page.wait_for_timeout(700)
    tick, drawn = int(page.get_by_text("tick").inner_text().split()[1]), page.evaluate(points)
    page.wait_for_function(
        "tick => [...document.querySelectorAll('[data-testid=stText]')].some("
        "text => Number(text.innerText.split(' ')[1]) > tick + 5)",
        arg=tick,
    )
    assert page.evaluate(points) == drawn
    page.evaluate(f"document.querySelector('{CHART}').style.marginTop = 0")
    page.wait_for_function(f"{points} > {drawn + 5}")


@pytest.mark.parametrize("launcher", [False, True], ids=["script", "st.App"])
def test_a_chart_finds_its_library_under_a_base_path(serve, open_page, launcher):
    page = open_page(f"{serve(base='lab/one', launcher=launcher)}/?kind=one")
    page.wait_for_selector(f"{CHART} .main-svg")


def test_a_library_that_does_not_load_is_said_in_words(serve, open_page, troubles):
    page = open_page(f"{serve(static=False)}/?kind=one")
    words = page.locator(".layerscope-chart-words")
    words.filter(has_text="did not load").wait_for()
    assert "enableStaticServing" in words.inner_text()
    troubles.clear()  # the browser says of the answer that it is no script


def test_a_chart_is_as_wide_as_its_page_after_the_page_changed(serve, open_page):
    page = open_page(f"{serve()}/?kind=one")
    page.wait_for_selector(f"{CHART} .main-svg")
    for width in (390, 1000):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(
            f"""() => {{
                const node = document.querySelector('{CHART}');
                return node._fullLayout.width === node.clientWidth && node.clientWidth < {width};
            }}"""
        )


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("narrow", [False, True], ids=["narrow", "wide"][::-1])
@pytest.mark.parametrize("kind", ["live", "still"])
def test_every_figure_is_drawn_in_both_kinds_and_no_text_is_cut(
    serve, open_page, kind, narrow, dark
):
    page = open_page(f"{serve()}/?kind={kind}", narrow=narrow, dark=dark)
    page.wait_for_function(
        f"document.querySelectorAll('.js-plotly-plot .main-svg').length >= {2 * len(FIGURES)}"
    )
    page.wait_for_function(
        f"document.querySelectorAll('.js-plotly-plot').length === {len(FIGURES)}"
    )
    page.wait_for_timeout(500)
    cut = page.evaluate("""() => {
        const found = [];
        for (const plot of document.querySelectorAll('.js-plotly-plot')) {
            const frame = plot.getBoundingClientRect();
            for (const text of plot.querySelectorAll('.main-svg text')) {
                const box = text.getBoundingClientRect();
                const out = box.left < frame.left - 1 || box.right > frame.right + 1 ||
                    box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
                if (box.width && out) found.push(text.textContent);
            }
        }
        return found;
    }""")
    shots = os.environ.get("LAYERSCOPE_SHOTS")
    if shots:
        height = page.evaluate(
            "document.querySelector('[data-testid=\"stMainBlockContainer\"]').scrollHeight"
        )
        page.set_viewport_size({"width": 390 if narrow else 1440, "height": height + 100})
        page.wait_for_timeout(700)
        name = f"{kind}-{'390' if narrow else '1440'}-{'dark' if dark else 'light'}.png"
        page.screenshot(path=Path(shots) / name)
    assert not cut

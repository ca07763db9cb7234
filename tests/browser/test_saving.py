"""Figures saved in a real browser: the files are downloaded, opened and compared with the page."""

import io
import json
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.dashboard import SLOW, drawn, finished_run, follow

ONLY_LOOKS = True

GROUND = {False: (255, 255, 255), True: (20, 23, 28)}
SVG = "{http://www.w3.org/2000/svg}"


def downloaded(page, button):
    """The name and the bytes of what a button gives, pressed by keyboard."""
    button.focus()
    with page.expect_download(timeout=SLOW) as found:
        page.keyboard.press("Enter")
    return found.value.suggested_filename, found.value.path().read_bytes()


def saving(place, format, what="picture"):
    return place.get_by_role("button", name=f"Save the {what} as {format}")


def picture(data, dark=False):
    """A saved picture's size, once it is known to be one on the theme's ground."""
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "PNG"
        points = np.asarray(image.convert("RGBA"))
    assert (points[..., 3] == 255).all()
    assert tuple(points[1, 1, :3]) == GROUND[dark]
    assert len(np.unique(points.reshape(-1, 4), axis=0)) > 20, "it is blank"
    return points.shape[1], points.shape[0]


def texts(data):
    root = ET.fromstring(data)
    assert root.tag == f"{SVG}svg"
    return root, ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


def frame(page, key):
    found = page.locator(f'[class*="st-key-figure-{key}"]').first
    expect(found.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=SLOW)
    return found


def table_of(page, place):
    place.get_by_test_id("stPopover").locator("button").first.click()
    button = page.get_by_test_id("stPopoverBody").get_by_role("button", name="CSV").first
    expect(button).to_be_visible(timeout=SLOW)
    name, data = downloaded(page, button)
    page.keyboard.press("Escape")
    return name, pd.read_csv(io.BytesIO(data))


def numbers_of(place):
    """What Plotly has drawn: the numbers of each trace."""
    plain = """node => JSON.stringify(node._fullData.map(({type, name, x, y, z}) => ({
        type, name, x: Array.from(x ?? []), y: Array.from(y ?? []),
        z: Array.from(z ?? [], row => Array.from(row)),
    })))"""
    return json.loads(place.locator(".js-plotly-plot").evaluate(plain))


@pytest.mark.parametrize("dark, narrow", [(False, False), (True, True)], ids=["desk", "phone"])
def test_a_live_chart_is_saved_with_its_axes_and_its_numbers(
    open_page, server, troubles, dark, narrow
):
    run = finished_run(server, f"=1+{1 + dark}")
    page = follow(open_page(dark=dark, narrow=narrow), f"{server.url}/?run={run.id}", troubles)
    place = frame(page, "loss")
    name, data = downloaded(page, saving(place, "PNG"))
    assert name == f"layerscope-train-{run.id}-loss.png"
    shown = place.locator(".js-plotly-plot").bounding_box()
    assert np.allclose(picture(data, dark), (2 * shown["width"], 2 * shown["height"]), atol=3)
    name, data = downloaded(page, saving(place, "SVG"))
    assert name.endswith(".svg")
    root, words = texts(data)
    assert {"loss", "step", "training", "held-out"} <= set(words)
    assert f"rgb{GROUND[dark]}".replace(" ", "") in data.decode().replace(" ", "")
    name, table = table_of(page, place)
    assert name == f"layerscope-train-{run.id}-loss-points.csv"
    assert list(table) == ["series", "step", "loss"]
    for trace in numbers_of(place):
        own = table[table["series"] == trace["name"]]
        assert own["step"].tolist() == trace["x"]
        np.testing.assert_allclose(own["loss"], trace["y"], rtol=1e-15)


def test_a_still_picture_of_numbers_is_saved_whole(page, server, troubles):
    run = finished_run(server)
    link = f"{server.url}/weights?run={run.id}&view=distributions&layer=linear2"
    place = frame(follow(page, link, troubles), "over-time")
    name, data = downloaded(page, saving(place, "PNG"))
    assert name == f"layerscope-weights-{run.id}-linear2-distributions-over-time.png"
    picture(data)
    _, data = downloaded(page, saving(place, "SVG"))
    assert {"step (recorded moments)", "weight"} <= set(texts(data)[1])
    _, table = table_of(page, place)
    (trace,) = [one for one in numbers_of(place) if one["type"] == "heatmap"]
    np.testing.assert_allclose(table.iloc[:, 1:], trace["z"], rtol=1e-6)
    edges = trace["y"][: len(table)]  # a row begins at its lower edge
    np.testing.assert_allclose(table.iloc[:, 0], edges, rtol=1e-6)


@pytest.mark.parametrize("dark, narrow", [(False, False), (True, True)], ids=["desk", "phone"])
def test_the_whole_strip_is_saved_whatever_is_out_of_sight(
    open_page, server, troubles, dark, narrow
):
    run = finished_run(server, network="lenet")
    page = open_page(dark=dark, narrow=narrow)
    page = drawn(follow(page, f"{server.url}/?run={run.id}&step=3&probe=2", troubles))
    row = page.locator(".scope .cards")
    wide = row.evaluate("row => row.scrollWidth")
    row.evaluate("row => row.scrollTo(200, 0)")
    place = page.locator(".scope")
    name, data = downloaded(page, saving(place, "PNG"))
    assert name == f"layerscope-train-{run.id}-strip-step-3-input-2.png"
    width, height = picture(data, dark)
    assert width / 2 > wide and height > 400
    assert row.evaluate("row => row.scrollLeft") == 200
    _, data = downloaded(page, saving(place, "SVG"))
    root, words = texts(data)
    assert {"input", "conv1", "linear3", "prediction", "weights"} <= set(words)
    assert any(word.startswith("step 3 ·") for word in words)
    planes = [node.get("href") for node in root.iter(f"{SVG}image")]
    assert len(planes) == page.locator(".scope canvas:visible").count()
    assert all(plane.startswith("data:image/png;base64,") for plane in planes)
    assert not root.findall(f".//{SVG}script")


@pytest.mark.parametrize("dark, narrow", [(False, False), (True, True)], ids=["desk", "phone"])
def test_a_lesson_is_saved_as_it_is_drawn_with_the_numbers_of_its_pictures(
    open_page, server, troubles, dark, narrow
):
    page = open_page(dark=dark, narrow=narrow)
    follow(page, f"{server.url}/gallery?lesson=RNN", troubles)
    place = page.locator(".lesson")
    expect(place).to_be_visible(timeout=SLOW)
    name, data = downloaded(page, saving(place, "PNG"))
    assert name == "layerscope-gallery-rnn.png"
    picture(data, dark)
    _, data = downloaded(page, saving(place, "SVG"))
    root, words = texts(data)
    assert {"State h after each letter", "Recurrent strength r", "0.80", "alexander"} <= set(words)
    assert "Start again" not in words
    place.get_by_text("Numbers", exact=True).click()
    name, data = downloaded(page, saving(place, "CSV", "numbers"))
    assert name == "layerscope-gallery-rnn-numbers.csv"
    shown = place.locator(".numbers tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    lines = [line.split(",") for line in data.decode().splitlines() if line]
    titles = place.locator(".numbers caption").all_inner_texts()
    assert [line[0] for line in lines if line[0] in titles] == titles
    rows = [line for line in lines if line[0] not in titles]
    assert [row[0] for row in rows] == [row[0] for row in shown]
    seen = [[float(cell.replace("−", "-")) for cell in row[1:]] for row in shown]
    exact = [[float(cell) for cell in row[1:]] for row in rows]
    for one, other in zip(exact, seen, strict=True):
        np.testing.assert_allclose(one, other, atol=6e-4)
    assert max(len(cell) for row in rows for cell in row) > 8, "all digits"


def test_a_diagram_is_saved_with_the_names_of_its_layers(page, server, troubles):
    run = finished_run(server)
    follow(page, f"{server.url}/layer?run={run.id}&layer=relu1", troubles)
    place = page.locator('[class*="st-key-figure-network"]')
    expect(place.locator("svg").first).to_be_visible(timeout=SLOW)
    _, data = downloaded(page, saving(place, "SVG"))
    assert {"input", "linear1", "relu1", "linear2"} <= set(texts(data)[1])
    assert "href" not in data.decode() and run.id not in data.decode()
    picture(downloaded(page, saving(place, "PNG"))[1])


def test_recorded_numbers_are_saved_with_all_their_digits(page, server, troubles):
    run = finished_run(server)
    follow(page, f"{server.url}/weights?run={run.id}&layer=linear2&step=24", troubles)
    name, table = table_of(page, page.locator(".stMain"))
    assert name == f"layerscope-weights-{run.id}-linear2-weight-step-24.csv"
    (moment,) = run.moments([24], layer="linear2")
    weights = moment.arrays["linear2", "weight"].numbers()
    np.testing.assert_allclose(table.iloc[:, 1:], weights, rtol=1e-6)

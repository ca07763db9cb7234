"""The layer gallery in a real browser: its mathematics is PyTorch's, and it needs no server."""

import itertools
import re

import numpy as np
import pytest
import torch
from playwright.sync_api import expect
from torch.nn import functional

from core.lessons import LESSONS
from core.lessons.linear import prices_and_sales
from tests.browser.dashboard import SLOW, chosen, follow

ONLY_LOOKS = True

SIZES = [(1, 1), (1, 7), (5, 5), (6, 9), (14, 14)]


def close(found, wanted):
    assert found["height"] == wanted.shape[-2] and found["width"] == wanted.shape[-1]
    values = np.array(found["values"], np.float32).reshape(wanted.shape)
    np.testing.assert_allclose(values, wanted, rtol=1e-5, atol=2e-6)


def volume(random, channels, size):
    return random.normal(0, 1, (channels, *size)).astype(np.float32)


def plain(array):
    return {
        "values": array.ravel().tolist(),
        **dict(zip(("channels", "height", "width"), array.shape, strict=True)),
    }


def test_convolutions_are_those_of_torch(compute):
    random, cases, wanted = np.random.default_rng(1), [], []
    options = itertools.product((1, 2, 3, 4, 5), (1, 2, 3, 4), (0, 1, 2, 4), (1, 2, 3), (1, 2, 3))
    for at, (kernel, stride, padding, dilation, channels) in enumerate(options):
        size = SIZES[at % len(SIZES)]
        reach = dilation * (kernel - 1) + 1
        if min(size) + 2 * padding < reach:
            continue
        x, bias = volume(random, channels, size), float(np.float32(random.normal()))
        w = volume(random, channels, (kernel, kernel))
        how = {"stride": stride, "padding": padding, "dilation": dilation}
        cases.append([plain(x), w.ravel().tolist(), kernel, {**how, "bias": bias}])
        given = torch.from_numpy(x)[None], torch.from_numpy(w)[None], torch.tensor([bias])
        wanted.append(functional.conv2d(*given, **how)[0, 0].numpy())
    assert len(cases) > 300
    found = compute(
        """([volume, weights, kernel, settings]) => {
          const typed = {...volume, values: Float32Array.from(volume.values)};
          const out = conv2d(typed, Float32Array.from(weights), kernel, settings);
          const [i, j] = [out.height - 1, out.width >> 1];
          const {terms, sum} = windowProducts(typed, weights, kernel, settings, i, j);
          const added = terms.reduce((all, {product}) => all + product, settings.bias);
          return {...out, values: [...out.values], sum, added, at: i * out.width + j};
        }""",
        cases,
    )
    for one, expected in zip(found, wanted, strict=True):
        close(one, expected)
        assert one["sum"] == pytest.approx(float(expected.ravel()[one["at"]]), rel=1e-5, abs=2e-6)
        assert one["added"] == pytest.approx(one["sum"], rel=1e-9, abs=1e-9)


def test_a_kernel_that_does_not_fit_gives_nothing(compute):
    [count] = compute(
        """([volume, kernel, settings]) =>
          conv2d(volume, new Float32Array(kernel * kernel), kernel, settings).values.length""",
        [
            [
                plain(np.zeros((1, 4, 4))),
                5,
                {"stride": 1, "padding": 0, "dilation": 1, "bias": 0},
            ]
        ],
    )
    assert count == 0


def test_pooling_is_that_of_torch_and_says_where_from(compute):
    random, cases, wanted = np.random.default_rng(2), [], []
    for size, kernel, stride in itertools.product(SIZES, range(1, 7), range(1, 7)):
        if min(size) < kernel:
            continue
        x = volume(random, 1, size).round(1)  # ties, too
        given = torch.from_numpy(x)[None]
        most, places = functional.max_pool2d(given, kernel, stride, return_indices=True)
        mean = functional.avg_pool2d(given, kernel, stride)
        cases += [[plain(x), kind, kernel, stride] for kind in ("Max", "Average")]
        wanted += [(most[0, 0].numpy(), places[0, 0].numpy()), (mean[0, 0].numpy(), None)]
    found = compute(
        """([volume, kind, kernel, stride]) => {
          const out = pool2d(
            {...volume, values: Float32Array.from(volume.values)}, kind, kernel, stride);
          return {...out, values: [...out.values], from: [...out.from]};
        }""",
        cases,
    )
    for one, (values, places) in zip(found, wanted, strict=True):
        close(one, values)
        if places is not None:
            assert one["from"] == places.ravel().tolist()


def test_a_lines_error_and_gradient_are_those_of_autograd_and_the_best_line_is_numpys(compute):
    data = {name: array.tolist() for name, array in prices_and_sales().items()}
    x, y = (torch.tensor(data[name], dtype=torch.float64) for name in "xy")
    lines = [(-4.0, 0.0), (-1.25, 7.5), (0.0, 0.0), (1.0, 4.0), (4.0, 14.0)]
    found = compute(
        "([x, y, w, b]) => ({...lineError(x, y, w, b), best: bestLine(x, y)})",
        [[data["x"], data["y"], *line] for line in lines],
    )
    slope, height = np.polyfit(data["x"], data["y"], 1)
    for one, (w, b) in zip(found, lines, strict=True):
        weight, bias = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (w, b))
        error = functional.mse_loss(weight * x + bias, y)
        error.backward()
        assert one["error"] == pytest.approx(error.item(), rel=1e-9)
        assert one["byWeight"] == pytest.approx(weight.grad.item(), rel=1e-9, abs=1e-9)
        assert one["byBias"] == pytest.approx(bias.grad.item(), rel=1e-9, abs=1e-9)
        assert one["best"] == pytest.approx({"weight": slope, "bias": height})


def sends(page):
    """What this page sends to its server, as it grows."""
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    return sent


def test_a_slider_moved_by_keyboard_changes_the_numbers_and_asks_no_server(
    open_page, server, troubles
):
    page = open_page()
    sent = sends(page)
    follow(page, f"{server.url}/gallery", troubles)
    words, output = page.locator(".words"), page.locator("canvas.points")
    expect(words).to_contain_text("+ 1 = 14", timeout=SLOW)
    page.wait_for_load_state("networkidle")
    before, asked, picture = len(sent), [], output.evaluate("node => node.toDataURL()")
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("slider", name="Stride s").press("ArrowRight")
    expect(words).to_contain_text("⌊(14 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 7")
    expect(output).to_have_attribute("aria-label", re_size(7))
    assert output.evaluate("node => node.toDataURL()") != picture
    page.get_by_label("Weight, channel 0, row 1, column 1").fill("2")
    expect(page.get_by_role("combobox", name="Kernel", exact=True)).to_have_value("Own")
    page.get_by_role("combobox", name="Input channels").select_option(index=1)
    expect(page.get_by_label("Weight, channel 1, row 2, column 2")).to_be_visible()
    expect(page.get_by_label("Weight, channel 0, row 1, column 1")).to_have_value("2")
    output.press("ArrowUp")
    assert (len(sent), asked) == (before, [])


def re_size(side):
    return re.compile(rf"^Output, {side} by {side}; at row \d+, column \d+: ")


def test_a_large_kernel_and_a_second_channel_are_summed_and_taken_back(open_page, server, troubles):
    page = follow(open_page(), f"{server.url}/gallery", troubles)
    for label in ("Kernel size k", "Dilation d"):
        page.get_by_role("slider", name=label).press("End")
    page.get_by_role("slider", name="Padding p").press("Home")
    expect(page.locator(".words")).to_contain_text("= 2", timeout=SLOW)
    page.get_by_role("combobox", name="Input channels").select_option(index=1)
    expect(page.locator(".words")).to_contain_text("sum of 50 products")
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".words")).to_contain_text("sum of 9 products")


def table(page, title):
    """A lesson's table of numbers, as it stands on the page."""
    rows = page.get_by_role("region", name=title, exact=True).locator("tbody tr").all()
    cells = [row.locator("td").all_inner_texts() for row in rows]
    return np.array([[float(cell.replace("−", "-")) for cell in row] for row in cells])


def test_the_numbers_under_a_lesson_are_those_of_torch_and_follow_its_sliders(
    open_page, server, troubles
):
    page = follow(open_page(), f"{server.url}/gallery", troubles)
    page.get_by_text("Numbers", exact=True).click(timeout=SLOW)
    digit = torch.from_numpy(LESSONS["convolution"].numbers()["image"]).float()[None, None] / 255
    np.testing.assert_allclose(table(page, "Input")[1:-1, 1:-1], digit[0, 0], atol=6e-4)
    kernel = page.locator(".kernels input")
    weights = torch.tensor([float(field.input_value()) for field in kernel.all()])
    for stride in (1, 2):
        expect(page.locator(".numbers .table").last.locator("tbody tr")).to_have_count(14 // stride)
        wanted = functional.conv2d(digit, weights.view(1, 1, 3, 3), stride=stride, padding=1)
        np.testing.assert_allclose(table(page, "Output"), wanted[0, 0], atol=6e-4)
        page.get_by_role("slider", name="Stride s").press("ArrowRight")


def test_a_gradient_that_all_but_vanished_is_no_zero_in_the_table_and_a_place_in_it_stays(
    open_page, server, troubles
):
    page = follow(open_page(narrow=True), f"{server.url}/gallery?lesson=Residual", troubles)
    page.get_by_role("combobox", name="Skip").select_option("Without", timeout=SLOW)
    page.get_by_role("slider", name="Layers").press("End")
    page.get_by_text("Numbers", exact=True).click()
    expect(page.locator(".numbers thead").last.locator("th").last).to_have_text("30")
    sizes = table(page, "Size of the gradient before each layer")[0]
    assert (sizes > 0).all() and sizes[0] < 1e-4 < sizes[-1]
    last = page.locator(".numbers .table").last
    last.evaluate("node => node.scrollTo(250, 0)")
    before = last.locator("td").last.element_handle()
    page.get_by_role("slider", name="Weights times a").press("ArrowRight")
    page.wait_for_function("node => !node.isConnected", arg=before)
    assert last.evaluate("node => node.scrollLeft") == 250


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_every_lesson_fits_the_screen_and_tells_its_pictures(open_page, server, troubles, narrow):
    page = follow(open_page(narrow=narrow, dark=narrow), f"{server.url}/gallery", troubles)
    for lesson in LESSONS.values():
        page.get_by_role("radio", name=lesson.title, exact=True).click()
        expect(page.get_by_text(lesson.try_this)).to_be_visible(timeout=SLOW)
        canvases = page.locator(".panel:not([hidden]) canvas")
        expect(canvases.first).to_have_attribute("aria-label", text(), timeout=SLOW)
        for canvas in canvases.all():
            expect(canvas).to_have_attribute("role", "img")
            expect(canvas).to_have_attribute("aria-label", text())
        page.get_by_text("Numbers", exact=True).click()
        titles = page.locator(".panel:not([hidden]):has(canvas) figcaption").all_inner_texts()
        expect(page.locator(".numbers caption")).to_have_text(titles)
        assert page.locator(".numbers td").count() > 4
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert chosen(page, "lesson") == lesson.title


def text():
    return re.compile(r"\d")

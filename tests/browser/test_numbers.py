"""The numbers of charts as tables, in a real browser: opened by keyboard, closed again."""

from playwright.sync_api import expect

from tests.browser.dashboard import SLOW, chosen, finished_run, follow

ONLY_LOOKS = True


def numbers(page, at):
    return page.get_by_test_id("stPopover").filter(has_text="Numbers").nth(at).locator("button")


def test_a_charts_numbers_are_a_table_behind_a_button(page, server, troubles):
    run = finished_run(server)
    follow(page, f"{server.url}/?run={run.id}", troubles)
    button = numbers(page, 1)
    expect(button).to_be_visible(timeout=SLOW)
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stDataFrame")).to_have_count(1, timeout=SLOW)
    expect(page.get_by_text("Points", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0, timeout=SLOW)


def test_the_strips_numbers_are_those_recorded_at_its_moment(page, server, troubles):
    run = finished_run(server)
    follow(page, f"{server.url}/?run={run.id}&step=0&probe=2", troubles)
    numbers(page, 0).click(timeout=SLOW)
    expect(page.get_by_test_id("stDataFrame")).to_have_count(1, timeout=SLOW)
    page.get_by_role("combobox", name="Numbers of").click()
    page.get_by_role("option", name="relu1 · output").click()
    expect(page.get_by_text("Step 0, for input 2: 16, recorded")).to_be_visible(timeout=SLOW)


def test_a_pictures_numbers_are_its_rows(page, server, troubles):
    run = finished_run(server)
    follow(page, f"{server.url}/activations?run={run.id}", troubles)
    button = numbers(page, 0)
    expect(button).to_be_visible(timeout=SLOW)
    button.click()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible(timeout=SLOW)


def test_a_pressed_bar_and_a_button_by_keyboard_lead_to_how_a_number_is_made(
    page, server, troubles
):
    run = finished_run(server)
    link = f"{server.url}/activations?run={run.id}"
    follow(page, link, troubles)
    chart = page.get_by_test_id("stPlotlyChart").filter(has=page.locator(".barlayer .point"))
    bars = chart.nth(1).locator(".barlayer .point path")  # the first chart is the prediction
    expect(bars.nth(3)).to_be_attached(timeout=SLOW)
    chart.nth(1).scroll_into_view_if_needed()
    tall = max(range(bars.count()), key=lambda n: bars.nth(n).bounding_box()["height"])
    x, y, width, height = (bars.nth(tall).bounding_box()[k] for k in ("x", "y", "width", "height"))
    page.mouse.move(x + width / 2, y + height / 2)
    page.mouse.click(x + width / 2, y + height / 2)
    page.wait_for_url(lambda url: "/step?" in url, timeout=SLOW)
    expect(page.get_by_label("Unit, 0 to 15")).to_have_value(str(tall), timeout=SLOW)
    expect(page.get_by_role("radio", name="linear1", exact=True)).to_be_checked()
    assert chosen(page, "unit") == str(tall)

    follow(page, link, troubles)
    page.get_by_role("button", name="How a number here is made").last.press("Enter")
    page.wait_for_url(lambda url: "/step?" in url, timeout=SLOW)
    expect(page.get_by_label("Unit, 0 to 9")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("radio", name="linear2", exact=True)).to_be_checked()

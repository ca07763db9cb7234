"""The numbers of charts as tables, in a real browser: opened by keyboard, closed again."""

from playwright.sync_api import expect

from tests.browser.dashboard import SLOW, finished_run, follow


def numbers(page, at):
    return page.get_by_test_id("stPopover").filter(has_text="Numbers").nth(at).locator("button")


def test_a_charts_numbers_are_a_table_behind_a_button(page, server, troubles):
    run = finished_run(server)
    follow(page, f"{server.url}/?run={run.id}", troubles)
    button = numbers(page, 0)
    expect(button).to_be_visible(timeout=SLOW)
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stDataFrame")).to_have_count(1, timeout=SLOW)
    expect(page.get_by_text("Points", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0, timeout=SLOW)


def test_a_pictures_numbers_are_its_rows(page, server, troubles):
    run = finished_run(server)
    follow(page, f"{server.url}/activations?run={run.id}", troubles)
    button = numbers(page, 0)
    expect(button).to_be_visible(timeout=SLOW)
    button.click()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible(timeout=SLOW)

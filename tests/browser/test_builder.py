"""The Builder in a real browser: a network built by mouse and by keyboard, undone, and trained."""

import re

from playwright.sync_api import expect

from core import stacks
from tests.browser.dashboard import SLOW, chosen, drawn, follow, press, state

ADDRESS = "builder?data=Digits+8x8&begin=Two+linear+layers"


def kinds(page):
    return [brick["kind"] for brick in stacks.from_link(chosen(page, "stack"))]


def row(page, told):
    return page.get_by_text(re.compile(rf"^{re.escape(told)} · "))


def add(page, told, kind):
    page.get_by_role("combobox", name=f"Add a layer as {told}", exact=True).click()
    page.keyboard.type(kind)  # the menu is longer than what it shows
    page.get_by_role("option", name=kind, exact=True).click()


def test_a_network_is_built_by_mouse_undone_and_trained(page, server, troubles):
    follow(page, f"{server.url}/{ADDRESS}", troubles)
    expect(row(page, "4")).to_be_visible(timeout=SLOW)
    add(page, "5", "Residual")
    expect(row(page, "5.1")).to_be_visible(timeout=SLOW)
    assert kinds(page) == ["flatten", "linear", "activation", "linear", "residual"]
    add(page, "5.2", "LayerNorm")
    expect(row(page, "5.2")).to_be_visible(timeout=SLOW)
    page.go_back()
    expect(row(page, "5.2")).to_have_count(0, timeout=SLOW)
    expect(row(page, "5.1")).to_be_visible()
    page.get_by_test_id("stPopoverButton").first.click()
    units = page.get_by_role("spinbutton", name="Units")
    units.fill("20")
    units.press("Enter")
    expect(page.get_by_text("64 → 20")).to_be_visible(timeout=SLOW)
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Name").fill("by hand")
    press(page, "Train it")
    page.wait_for_url(re.compile(r"/\?(.*&)?run=\w{26}"), timeout=SLOW)
    expect(state(page)).to_contain_text("of the", timeout=SLOW)
    drawn(page)
    expect(page.get_by_role("button", name="residual1", exact=True)).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("combobox", name="Run")).to_have_value(re.compile("by hand"))


def test_a_network_is_built_by_keyboard_and_its_link_is_the_network(
    page, open_page, server, troubles
):
    follow(page, f"{server.url}/{ADDRESS}", troubles)
    menu = page.get_by_role("combobox", name="Add a layer as 5")
    expect(menu).to_be_visible(timeout=SLOW)
    menu.focus()
    page.keyboard.type("Conv2d")
    page.keyboard.press("Enter")
    wrong = page.get_by_test_id("stAlert")
    expect(wrong).to_contain_text("ayer 5: Conv2d", timeout=SLOW)
    expect(page.get_by_role("button", name="Train it")).to_be_disabled()
    page.get_by_role("button", name="Remove").last.press("Enter")
    expect(wrong).to_have_count(0, timeout=SLOW)
    expect(row(page, "5")).to_have_count(0, timeout=SLOW)
    page.get_by_role("button", name="Up").last.press("Enter")
    expect(row(page, "3")).to_contain_text("Linear", timeout=SLOW)
    assert kinds(page) == ["flatten", "linear", "linear", "activation"]
    other = follow(open_page(), page.url, troubles)
    expect(row(other, "3")).to_contain_text("Linear", timeout=SLOW)
    expect(row(other, "4")).to_contain_text("Activation")


def test_a_network_is_saved_and_opened_by_another_visitor(page, open_page, server, troubles):
    follow(page, f"{server.url}/{ADDRESS}", troubles)
    add(page, "5", "Dropout")
    expect(row(page, "5")).to_be_visible(timeout=SLOW)
    page.get_by_role("textbox", name="Name", exact=True).fill("for all")
    press(page, "Save")
    expect(page.get_by_text("Saved stacks (1)")).to_be_visible(timeout=SLOW)
    other = follow(open_page(narrow=True), f"{server.url}/builder", troubles)
    other.get_by_text("Saved stacks (1)").click(timeout=SLOW)
    press(other, "Open")
    expect(row(other, "5")).to_be_visible(timeout=SLOW)
    expect(other.get_by_text("1×8×8 → 64")).to_be_visible(timeout=SLOW)
    assert kinds(other)[-1] == "dropout"
    press(other, "Delete")
    press(other, "Delete it")
    expect(other.get_by_text("Saved stacks (0)")).to_be_visible(timeout=SLOW)
    press(other, "Bring the deleted stack back")
    expect(other.get_by_text("Saved stacks (1)")).to_be_visible(timeout=SLOW)
    other.get_by_role("link", name="Choose settings and train").click()
    expect(other.get_by_text("Own network on Digits 8x8")).to_be_visible(timeout=SLOW)

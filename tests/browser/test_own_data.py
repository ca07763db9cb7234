"""Your own data in the browser: brought, looked at, trained on, kept and deleted."""

import re

import pytest
from playwright.sync_api import expect

from core.data.own.examples import example_pictures, example_table
from tests.browser.dashboard import SLOW, chosen, drawn, follow, press, state

FILES = {
    "table": ("flowers.csv", "text/csv", example_table),
    "pictures": ("shapes.zip", "application/zip", example_pictures),
}
FEW = "&epochs=1&share=20"


def bring(page, name: str, kind: str, content: bytes) -> None:
    file = {"name": name, "mimeType": kind, "buffer": content}
    page.locator('input[type="file"]').set_input_files([file])


@pytest.mark.parametrize("what", FILES)
def test_what_is_brought_is_trained_on_like_every_other(page, server, troubles, what):
    name, kind, make = FILES[what]
    follow(page, f"{server.url}/data", troubles)
    expect(page.get_by_text("Bring a table")).to_be_visible(timeout=SLOW)
    bring(page, name, kind, make())
    press_when_there(page, "Train on it")
    page.wait_for_url(re.compile(r"\d/\?.*own="), timeout=SLOW)
    own = chosen(page, "own")
    follow(page, f"{page.url}{FEW}", troubles)  # F5, and few steps
    expect(page.get_by_text(re.compile(r"Trains .* on "))).to_be_visible(timeout=SLOW)
    drawn(page)
    press(page, "Train")
    page.wait_for_url(re.compile(r"[?&]run=\w{26}"), timeout=SLOW)
    expect(state(page)).to_contain_text("of the", timeout=SLOW)
    run_id = chosen(page, "run")
    expect(page.get_by_role("slider", name="Moment of the run")).to_be_visible(timeout=SLOW)
    follow(page, f"{server.url}/activations?run={run_id}", troubles)
    expect(page.get_by_text(re.compile("it is (right|wrong)"))).to_be_visible(timeout=SLOW)
    assert own.startswith("own-")


def press_when_there(page, label: str) -> None:
    button = page.get_by_role("button", name=label)
    expect(button).to_be_visible(timeout=SLOW)
    button.click()


def test_what_is_kept_can_be_deleted_again(page, server, troubles):
    follow(page, f"{server.url}/data", troubles)
    bring(page, *FILES["table"][:2], example_table())
    press_when_there(page, "Keep this data")
    expect(page.get_by_text(re.compile("· kept"))).to_be_visible(timeout=SLOW)
    follow(page, page.url, troubles)
    expect(page.get_by_text(re.compile("· kept"))).to_be_visible(timeout=SLOW)
    page.locator("button").filter(has_text="Delete").first.click()
    press_when_there(page, "Delete it")
    expect(page.get_by_text(re.compile("· kept"))).to_have_count(0, timeout=SLOW)


def test_a_file_that_is_neither_says_what_would_be_right(page, server, troubles):
    follow(page, f"{server.url}/data", troubles)
    bring(page, "broken.zip", "application/zip", b"PK\x03\x04 but no more")
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible(timeout=SLOW)
    expect(alert).to_contain_text("zip")
    bring(page, "empty.csv", "text/csv", b"\n")
    expect(alert).not_to_contain_text("zip", timeout=SLOW)
    assert page.get_by_text("Traceback").count() == 0


GERMAN = "qm;miete;lage\n" + "32;1.954;rot\n58;678;blau\n49;2.972;rot\n11;580;blau\n" * 15


def test_a_number_that_can_be_read_in_two_ways_is_asked_and_the_answer_counts(
    page, server, troubles
):
    follow(page, f"{server.url}/data", troubles)
    bring(page, "flats.csv", "text/csv", GERMAN.encode())
    expect(page.get_by_text("can be read in two ways")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Read with: comma before decimals")).to_be_visible(timeout=SLOW)
    page.get_by_text("1.954; 2.972 (decimals after “.”)").click()
    expect(page.get_by_text("Read with: comma before decimals")).to_have_count(0, timeout=SLOW)
    page.get_by_text("How the file and its columns are read").click()
    expect(page.get_by_text("Cells apart by", exact=True)).to_be_visible(timeout=SLOW)
    press_when_there(page, "Train on it")
    page.wait_for_url(re.compile(r"\d/\?.*own="), timeout=SLOW)

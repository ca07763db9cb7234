"""The Runs page in a real browser: rename, pin, delete and undo, download and bring in again."""

import re
import subprocess
import sys

import pytest
import torch
from playwright.sync_api import expect
from safetensors.numpy import load_file, save

from core import runs
from core.checkpoints import State
from core.exchange import exported
from core.onnx_file import answers
from tests.browser.dashboard import (
    SLOW,
    changes,
    chosen,
    drawn,
    finished_run,
    follow,
    home_of,
    picture,
    press,
)

UPLOAD = "input[type=file]"


@pytest.fixture
def run(server):
    """A finished run in the server's home."""
    return finished_run(server, "before")


@pytest.fixture
def opened(page, server, run, troubles):
    """The Runs page with that run chosen."""
    follow(page, f"{server.url}/runs?run={run.id}", troubles)
    expect(page.locator("h3").first).to_have_text("before", timeout=SLOW)
    return page


def bring_in(page, name, data):
    page.locator(UPLOAD).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )
    expect(page.get_by_role("button", name=f"Remove {name}")).to_be_visible(timeout=SLOW)
    press(page, "Open the file")


def test_a_run_is_renamed_and_pinned(opened, run, troubles):
    field = opened.get_by_role("textbox", name="Name")
    field.fill("after")
    field.press("Enter")
    expect(opened.locator("h3").first).to_have_text("after", timeout=SLOW)
    opened.get_by_text("Pinned", exact=True).last.click()
    expect(opened.get_by_role("switch", name="Pinned")).to_be_checked()
    follow(opened, opened.url, troubles)
    expect(opened.locator("h3").first).to_have_text("after", timeout=SLOW)
    expect(opened.get_by_role("switch", name="Pinned")).to_be_checked()
    assert run.summary().pinned and run.summary().name == "after"


def test_a_deleted_run_can_be_brought_back(opened, run, server):
    press(opened, "Delete")
    press(opened, "Delete it")
    undo = opened.get_by_role("button", name="Bring the deleted run back")
    expect(undo).to_be_visible(timeout=SLOW)
    assert not run.path.exists()
    undo.click()
    expect(undo).to_have_count(0, timeout=SLOW)
    assert run.path.exists()
    assert chosen(opened, "run") == run.id


def test_a_download_is_opened_again_under_a_new_id(opened, run, server, tmp_path):
    with opened.expect_download(timeout=SLOW) as download:
        press(opened, "Download")
    path = tmp_path / "run.layerscope"
    download.value.save_as(path)
    assert download.value.suggested_filename == f"{run.id}.layerscope"
    bring_in(opened, "run.layerscope", path.read_bytes())
    opened.wait_for_url(lambda url: "run=" in url and run.id not in url, timeout=SLOW)
    with home_of(server):
        again = runs.find(chosen(opened, "run"))
    assert again.steps() == run.steps()
    assert again.summary().name == "before"
    press(opened, "Open")
    opened.wait_for_url(re.compile(rf"/\?run={again.id}"), timeout=SLOW)
    expect(opened.get_by_test_id("stProgress")).to_contain_text("Finished", timeout=SLOW)


def test_what_is_brought_in_is_shown_wherever_the_chosen_run_stood(opened, run, server, troubles):
    finished_run(server, "a newer one")
    with home_of(server):
        known = {*runs.ids(), "demo"}
    follow(opened, opened.url, troubles)
    expect(opened.locator("h3").first).to_have_text("before", timeout=SLOW)
    bring_in(opened, "run.layerscope", exported(run))
    opened.wait_for_url(lambda url: run.id not in url, timeout=SLOW)
    opened.wait_for_load_state("networkidle")
    assert chosen(opened, "run") not in known


def test_a_run_is_taken_away_as_a_page_that_plays_without_a_server(opened, open_page, tmp_path):
    press(opened, "Take it away")
    with opened.expect_download(timeout=SLOW) as download:
        opened.get_by_role("button", name="Replay as a page").click()
    download.value.save_as(tmp_path / "replay.html")
    alone = open_page((tmp_path / "replay.html").as_uri())
    drawn(alone)
    expect(alone.get_by_role("heading", name="before")).to_be_visible()
    expect(alone.locator("svg.main-svg").first).to_be_visible(timeout=SLOW)
    last = picture(alone, "linear1/weight")
    slider = alone.get_by_role("slider", name="Moment of the run")
    slider.first.fill("0")
    changes(alone, "linear1/weight", last)
    first = picture(alone, "relu1/output")
    alone.get_by_role("group", name="Input to follow").first.get_by_role("button").nth(4).click()
    changes(alone, "relu1/output", first)
    plot = alone.locator("canvas.plot").first
    plot.scroll_into_view_if_needed()
    expect(plot).to_have_attribute("aria-label", re.compile("the pre-activations of step"))
    expect(alone.get_by_role("button", name="how it is made")).to_have_count(0)


def test_a_network_is_taken_away_and_runs_with_torch_alone(opened, run, tmp_path):
    press(opened, "Take it away")
    for label, name in (("Network as code", "network.py"), ("Weights", "weights.safetensors")):
        with opened.expect_download(timeout=SLOW) as download:
            opened.get_by_test_id("stPopoverBody").get_by_role("button", name=label).click()
        assert download.value.suggested_filename == name
        download.value.save_as(tmp_path / name)
    asked = "from network import *; print(load('weights.safetensors')(torch.ones(1, 1, 8, 8)))"
    told = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, cwd=tmp_path, check=True
    ).stdout
    last = run.checkpoint(run.steps(exact=True)[-1])
    network = State(run.settings(), last).network.eval()
    assert told.strip() == str(network(torch.ones(1, 1, 8, 8))).strip()


def test_a_network_is_taken_away_as_a_file_that_onnx_runtime_runs(opened, run, tmp_path):
    press(opened, "Take it away")
    opened.get_by_role("button", name="Write the ONNX file").click()
    expect(opened.get_by_text("outputs differ from PyTorch's by at most")).to_be_visible(
        timeout=SLOW
    )
    with opened.expect_download(timeout=SLOW) as download:
        opened.get_by_role("button", name="ONNX file", exact=True).click()
    assert download.value.suggested_filename == "network.onnx"
    download.value.save_as(tmp_path / "network.onnx")
    inputs = torch.rand(3, 1, 8, 8)
    network = State(run.settings(), run.last_checkpoint()).network.eval()
    found = answers(tmp_path / "network.onnx", inputs.numpy())
    torch.testing.assert_close(torch.from_numpy(found), network(inputs).detach(), rtol=0, atol=1e-4)


def test_weights_that_were_changed_elsewhere_become_a_run(opened, run, server, tmp_path):
    press(opened, "Take it away")
    with opened.expect_download(timeout=SLOW) as download:
        opened.get_by_test_id("stPopoverBody").get_by_role("button", name="Weights").click()
    download.value.save_as(tmp_path / "weights.safetensors")
    tensors = load_file(tmp_path / "weights.safetensors")
    tensors["linear2.bias"][7] = 1000.0  # whatever it sees, it says 7
    opened.keyboard.press("Escape")
    press(opened, "Bring weights")
    popover = opened.get_by_test_id("stPopoverBody")
    for place, sent in enumerate((save(tensors)[:-1], save(tensors))):
        name = f"{place}.safetensors"
        popover.locator(UPLOAD).set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": sent}
        )
        expect(popover.get_by_role("button", name=f"Remove {name}")).to_be_visible(timeout=SLOW)
        press(popover, "Begin a run with them")
        if place == 0:
            expect(popover.get_by_test_id("stAlert")).to_contain_text("not a whole one")
    opened.wait_for_url(lambda url: run.id not in url, timeout=SLOW)
    expect(opened.get_by_text("Begun with weights from a file")).to_be_visible(timeout=SLOW)
    expect(popover).to_have_count(0)
    press(opened, "Open")
    expect(opened.get_by_text("Resume from the last checkpoint")).to_be_visible(timeout=SLOW)
    drawn(opened)
    expect(opened.get_by_text("says 7").first).to_be_visible(timeout=SLOW)


def test_what_is_no_run_file_is_refused_with_a_sentence(opened, run, server):
    whole = run.path.read_bytes()
    for name, data, words in (
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(5000), "This is no run file"),
        ("half.layerscope", whole[: len(whole) // 2], "damaged"),
        ("nothing.layerscope", b"", "This is no run file"),
    ):
        bring_in(opened, name, data)
        expect(opened.get_by_test_id("stAlert")).to_contain_text(words, timeout=SLOW)
    with home_of(server):
        listed = runs.ids()
    assert run.id in listed
    assert not list((server.home / "runs").glob("*.tmp"))

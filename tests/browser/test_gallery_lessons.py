"""Lessons of the layer gallery in a real browser: what is typed, held, picked and drawn anew."""

import re
from urllib.parse import quote_plus

import numpy as np
import pytest
from playwright.sync_api import expect

from core.lessons.letters import vectors
from tests.browser.dashboard import SLOW, follow

ONLY_LOOKS = True


@pytest.fixture
def lesson(page, server, troubles):
    """Open a lesson by its title; gives its part of the page."""

    def lesson(title):
        follow(page, f"{server.url}/gallery?lesson={quote_plus(title)}", troubles)
        shown = page.locator(".lesson")
        expect(shown.locator(".words p").first).not_to_be_empty(timeout=SLOW)
        return shown

    return lesson


def first_line(shown):
    return shown.locator(".words p").first


def test_a_typed_word_is_looked_up_letter_by_letter(lesson):
    shown = lesson("Embedding")
    shown.get_by_role("textbox", name="A word").fill("Él!3x")
    expect(shown.locator(".words")).to_contain_text("3 letters × 4 numbers")  # e, l, x
    rows = shown.locator("canvas.points")
    rows.press("ArrowDown")
    numbers = ", ".join(f"{n:.2f}".replace("-", "−") for n in vectors()[ord("l") - ord("a")])
    expect(first_line(shown)).to_have_text(
        f"“l” is letter 12 of 26, so its output is row 12 of the table: {numbers}"
    )
    shown.get_by_role("textbox", name="A word").fill("")
    expect(shown.locator(".words")).to_contain_text("4 letters")  # anna again


def test_a_gate_held_open_keeps_what_was_read(lesson):
    shown = lesson("LSTM")
    shown.get_by_role("textbox", name="Numbers it reads").fill("3, 0 0 nonsense 99")
    expect(shown.locator(".words")).to_contain_text("It reads 4 numbers")
    for gate in ("Input gate i", "Forget gate f"):
        shown.get_by_role("combobox", name=gate).select_option("Held open (1)")
    expect(shown.get_by_text("Forget gate f, held open")).to_be_visible()
    g = np.tanh(3.0)
    expect(first_line(shown)).to_have_text(
        f"step 1: c = f·c + i·g = 1.00 · {g:.2f} + 1.00 · 0.00 = {g:.3f}"
    )
    shown.get_by_role("combobox", name="Forget gate f").select_option("Held shut (0)")
    expect(first_line(shown)).to_contain_text("= 0.00 · 1.00 + 1.00 · 0.00 = 0.000")


def test_no_letter_looks_at_later_ones_where_it_must_not(lesson):
    shown = lesson("Attention")
    shown.get_by_role("combobox", name="Looks at").select_option("Earlier ones")
    shares = shown.get_by_role("img", name="looks at:")
    shares.press("ArrowUp")
    expect(first_line(shown)).to_have_text(
        "letter 0 “b” looks at letter 0 “b” with 100.0 % of its shares"
    )
    shares.press("ArrowRight")
    expect(first_line(shown)).to_contain_text("letter 1 “a” with 0.0 %")
    expect(shown.locator(".words")).to_contain_text("this letter comes later")


def test_masks_are_drawn_anew_and_their_mean_nears_the_input(lesson):
    shown = lesson("Dropout")
    mean = shown.get_by_role("img", name="Mean over")
    first = mean.get_attribute("aria-label")
    shown.get_by_role("button", name="Draw 100 times").click()
    expect(mean).to_have_attribute("aria-label", re.compile(r"^Mean over 101 masks: "))
    far, near = (float(text.split(": ")[1].split()[0]) for text in (first, label(mean)))
    assert 0 < near < far / 3
    shown.get_by_role("combobox", name="When").select_option("Once trained")
    expect(first_line(shown)).to_have_text("Nothing is dropped and nothing is scaled")
    expect(mean).to_have_attribute("aria-label", re.compile(r"^Mean over 1 mask: 0\.000 "))


def test_a_bar_pointed_at_is_the_layer_that_is_shown(lesson):
    shown = lesson("Residual")
    shown.get_by_role("combobox", name="Skip connection").select_option("Without")
    bars = shown.get_by_role("img", name="Bars").first
    bars.press("ArrowRight")
    expect(shown.get_by_text("Layer 2: 8 numbers in, 8 out")).to_be_visible()
    shown.get_by_role("slider", name="Weights times a").press("Home")
    expect(first_line(shown)).to_have_text(re.compile(r"has become 0$"))


def test_a_norm_does_not_notice_a_shifted_batch(lesson):
    shown = lesson("BatchNorm and LayerNorm")
    output = shown.get_by_role("img", name="Output;")
    before = label(output)
    shown.get_by_role("slider", name="Input plus").press("Home")
    expect(first_line(shown)).to_contain_text("(−62.0 − (−75.6))")
    assert label(output) == before


def test_padding_is_counted_in_the_window(lesson):
    shown = lesson("Padding")
    expect(first_line(shown)).to_contain_text("16 of them are padding")
    shown.get_by_role("slider", name="Padding p").press("Home")
    expect(shown.locator(".words")).to_contain_text("= 14 + 2·0 − (5 − 1) = 10")
    expect(first_line(shown)).to_contain_text("0 of them are padding")


def test_a_narrow_layer_first_saves_weights(lesson):
    shown = lesson("Inception branches")
    expect(shown.locator(".words")).to_contain_text("528 + 6,936 + 6,408 + 264 = 14,136")
    shown.get_by_role("combobox", name="Before 3×3 and 5×5").select_option("1×1 to 8 first")
    expect(shown.locator(".words")).to_contain_text("528 + 2,016 + 1,872 + 264 = 4,680")


def label(picture):
    return picture.get_attribute("aria-label")


def test_softmax_does_not_notice_what_is_added_to_all_and_is_flatter_when_hot(lesson):
    shown = lesson("Softmax and cross-entropy")
    shares = shown.get_by_role("img", name="÷ sum = p")
    before, said = label(shares), first_line(shown).inner_text()
    shown.get_by_role("slider", name="All logits plus").press("End")
    expect(first_line(shown)).not_to_have_text(said)
    assert label(shares) == before
    sure = float(re.search(r"7 (\d\.\d+)", before)[1])
    shown.get_by_role("slider", name="Temperature").press("End")
    expect(shares).not_to_have_attribute("aria-label", before)
    assert float(re.search(r"7 (\d\.\d+)", label(shares))[1]) < sure
    shares.press("ArrowLeft")
    expect(first_line(shown)).to_have_text(re.compile("^6: exp"))

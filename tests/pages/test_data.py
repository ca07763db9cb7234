"""Your data: what is brought becomes a data set like every other, and goes when nobody needs it."""

import pytest

from core.data.own import kept
from core.data.own.examples import example_pictures, example_table
from pages.shared.plain import plain
from tests.core.data.own.files import a_picture, a_table, a_zip
from tests.pages.conftest import said, sound


def upload(tab, data, name="flowers.csv"):
    tab.file_uploader[0].set_value((name, data, "text/csv"))
    return sound(tab.run())


def press(tab, label):
    next(button for button in tab.button if button.label == label).click()
    return sound(tab.run())


def box(tab, label):
    return next(box for box in tab.selectbox if box.label == label)


def test_the_empty_page_says_what_to_bring(open_page):
    tab = open_page("data.py")
    assert "a CSV file with a row of names" in said(tab)
    assert [one.label for one in tab.get("download_button")] == [
        "A table to try",
        "Pictures to try",
    ]
    assert not tab.subheader and not kept.taken()


@pytest.mark.parametrize(
    ("data", "name", "label"),
    [
        (example_table(), "flowers.csv", "flowers, grows on (own data)"),
        (example_pictures(), "shapes.zip", "shapes (own data)"),
    ],
)
def test_an_example_becomes_a_data_set_that_is_chosen_in_the_form(
    open_page, listener, data, name, label
):
    tab = upload(open_page("data.py"), data, name)
    assert plain("Cut at random, of each class alike") in said(tab)
    assert not kept.taken()
    tab = press(tab, "Train on it")
    assert box(tab, "Data set").options[-1] == label
    assert "Your own data" in said(tab)
    press(tab.switch_page("train.py"), "Train")
    ((_, settings),) = [told for told in listener.told if told[0] == "train"]
    assert settings.data == "own" and settings.dataset.title == label.removesuffix(" (own data)")
    assert kept.is_here(settings.own.id) and not kept.is_kept(settings.own.id)
    settings.dataset.load()

"""Your data: what is brought becomes a data set like every other, and goes when nobody needs it."""

import time

import pytest
import streamlit as st

from core.data.own import kept
from core.data.own.examples import example_pictures, example_table
from pages.shared import visit
from pages.shared.plain import plain
from tests.core.data.own.files import a_picture, a_table, a_zip, brought
from tests.pages.conftest import PAGES, PAYLOADS, said, sound

TABLE_LABEL = "people, price (own data)"


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    """Nobody holds data."""
    monkeypatch.setattr(kept, "_users", {})


def upload(tab, data, name="people.csv"):
    tab.file_uploader[0].set_value((name, data, "application/octet-stream"))
    return sound(tab.run())


def press(tab, label):
    next(button for button in tab.button if button.label == label).click()
    return sound(tab.run())


def box(tab, label):
    return next(box for box in tab.selectbox if box.label == label)


def control(tab, label):
    return next(one for one in tab.get("button_group") if one.label == label)


def trained(tab, listener):
    press(tab.switch_page("train.py"), "Train")
    return [settings for word, settings in listener.told if word == "train"][-1]


def soon(is_so):
    """Whether it becomes so: a visit ends in a thread of its own."""
    for _ in range(200):
        if is_so():
            return True
        time.sleep(0.05)
    return False


def test_the_empty_page_says_what_to_bring(open_page):
    tab = open_page("data.py")
    assert "a CSV file with a row of names" in said(tab)
    offered = [one.label for one in tab.get("download_button")]
    assert offered == ["A table to try", "Pictures to try"]
    assert not tab.subheader and not tab.error and not kept.taken()


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
    settings = trained(tab, listener)
    assert settings.data == "own" and settings.dataset.title == label.removesuffix(" (own data)")
    assert kept.is_here(settings.own.id) and not kept.is_kept(settings.own.id)
    settings.dataset.load()


def test_the_page_says_what_is_made_of_every_column(open_page):
    tab = upload(open_page("data.py"), a_table())
    head, columns = (one.value for one in tab.dataframe)
    assert head.columns.tolist() == ["height", "weight", "colour", "day", "kind", "price"]
    assert columns["column"].tolist() == ["height", "weight", "colour", "day", "kind"]
    assert columns["holds"].tolist() == ["number", "number", "words", "date", "words"]
    assert columns["what a network is fed"][2] == "one-hot, 3 features"
    assert "each with a number" in said(tab)


def test_another_column_another_question_and_fewer_columns(open_page, listener):
    tab = upload(open_page("data.py"), a_table())
    tab = sound(box(tab, "Column to predict").select("kind").run())
    assert "each with one of 2 classes" in said(tab)
    tab.multiselect[0].select("price").select("height")
    tab = sound(tab.run())
    own = trained(press(tab, "Train on it"), listener).own
    assert own.classes == ("small", "tall")
    assert own.features[0] == "weight" and "price" not in own.features


def test_a_question_that_does_not_fit_is_answered_with_a_sentence_and_can_be_changed(open_page):
    tab = upload(open_page("data.py"), a_table())
    tab = sound(box(tab, "Column to predict").select("kind").run())
    tab = sound(control(tab, "What is asked").set_value("regress").run())
    assert plain("holds words, not numbers") in tab.error[0].value
    assert "Train on it" not in {button.label for button in tab.button}
    tab = sound(control(tab, "What is asked").set_value("classify").run())
    assert not tab.error


def test_pixels_and_colour_can_be_chosen(open_page, listener):
    tab = upload(open_page("data.py"), a_zip(), "shades.zip")
    assert not tab.toggle[0].value
    tab = sound(control(tab, "Pixels a side").set_value(32).run())
    tab = sound(tab.toggle[0].set_value(True).run())
    assert trained(press(tab, "Train on it"), listener).dataset.shape == (3, 32, 32)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "at least two columns"),
        (b"\x00\x01\x02", "Not a text"),
        (b"PK\x03\x04 nonsense", "no zip file"),
        (b"PK nonsense", "at least two columns"),
        (a_picture(), "Not a text"),
        (a_zip({"a/1.txt": b"x"}), "holds no picture"),
        (b"a,b\n1,2\n3\n", "Line 3 has 1 cell"),
    ],
)
def test_a_bad_file_is_one_sentence_and_another_can_follow(open_page, data, sentence):
    tab = upload(open_page("data.py"), data)
    (error,) = tab.error
    assert plain(sentence) in error.value and not kept.taken()
    assert not upload(tab, a_table()).error


def test_what_is_brought_goes_when_the_visit_ends(open_page):
    press(upload(open_page("data.py"), a_table()), "Train on it")
    assert kept.taken()
    assert "until you leave" in said(open_page("data.py"))
    st.cache_resource.clear()  # as Streamlit does when a connection breaks
    assert soon(lambda: not kept.taken())
    tab = open_page()
    assert TABLE_LABEL not in box(tab, "Data set").options


def test_who_comes_back_in_time_finds_what_they_brought(open_page, monkeypatch):
    monkeypatch.setattr(visit, "GRACE", 0.5)
    tab = press(upload(open_page("data.py"), a_table()), "Train on it")
    st.cache_resource.clear()
    sound(tab.switch_page("weights.py").run())  # a page without the form
    time.sleep(1.0)
    assert (
        kept.taken() and TABLE_LABEL in box(tab.switch_page("train.py").run(), "Data set").options
    )


def test_a_link_holds_what_another_visit_brought(open_page):
    own = brought("regress").store("another visit")
    assert TABLE_LABEL not in box(open_page(), "Data set").options
    tab = open_page(data=TABLE_LABEL, own=own.id)
    assert box(tab, "Data set").value == own.id
    kept.let_go("another visit")
    assert kept.is_here(own.id)


def test_what_is_kept_stays_for_everybody_until_it_is_deleted(open_page):
    tab = press(upload(open_page("data.py"), a_table()), "Keep this data")
    assert "· kept" in said(tab)
    st.cache_resource.clear()
    (own_id,) = kept.descriptions()
    tab = open_page("data.py")
    assert "· kept" in said(tab) and TABLE_LABEL in box(open_page(), "Data set").options
    tab = press(tab, "Delete it")
    assert not kept.is_here(own_id) and not tab.subheader


def test_what_was_brought_can_be_kept_later(open_page):
    tab = open_page("data.py", own=brought("classify").store("another visit").id)
    tab = press(tab, "Keep")
    assert "· kept" in said(tab) and len(kept.descriptions()) == 1
    assert box(press(tab, "Train"), "Data set").value == next(iter(kept.descriptions()))


def test_training_on_it_wins_over_what_the_form_had(open_page):
    tab = open_page()
    tab = sound(box(tab, "Data set").select("xor").run())
    tab = upload(tab.switch_page("data.py").run(), a_table())
    tab = press(tab, "Train on it")
    assert box(tab, "Data set").format_func(box(tab, "Data set").value) == TABLE_LABEL


def test_two_of_one_title_are_told_apart(open_page):
    ids = [brought("regress", seed).store("another").id for seed in (0, 1)]
    for one in ids:
        kept.keep(one)
    options = box(open_page(), "Data set").options[-2:]
    assert options[0] == TABLE_LABEL and options[1].startswith(f"{TABLE_LABEL} ")


def test_a_full_folder_is_told_in_a_sentence(open_page, monkeypatch):
    monkeypatch.setattr(kept, "BUDGET", 100)
    tab = press(upload(open_page("data.py"), a_table()), "Train on it")
    assert "are full" in tab.error[0].value and not kept.taken()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_names_in_a_file_are_only_text(open_page, make_run, payload):
    head = ",".join(f'"{payload} {n}"' for n in range(2)) + ",y\n"
    rows = "".join(f"{n * 7 % 11},{n * 5 % 13},{payload} {'ab'[n % 2]}\n" for n in range(60))
    tab = upload(open_page("data.py"), (head + rows).encode(), f"{payload}.csv")
    assert payload not in said(tab) and not tab.error
    tab = press(tab, "Train on it")
    assert payload not in said(tab)
    assert all(payload not in option for option in box(tab, "Data set").options)


def test_two_columns_and_a_number_are_no_plane_of_classes(open_page, make_run, listener):
    rows = "".join(f"{n * 7 % 11},{n * 5 % 13},{n * 3.5}\n" for n in range(60))
    tab = press(upload(open_page("data.py"), ("a,b,y\n" + rows).encode()), "Train on it")
    settings = trained(tab, listener)
    assert settings.dataset.shape == (2,) and settings.dataset.task == "regress"
    run = make_run(settings=settings)
    for page in PAGES:
        assert not open_page(page, run=run.id).error

"""Your data, a zip of pictures: what is unclear about its folders is asked on the page."""

from pages.shared.plain import plain
from tests.core.data.own.files import a_picture, a_zip
from tests.core.data.own.test_zip_names import zip_raw
from tests.pages.conftest import said, sound
from tests.pages.test_data import box, press, trained, upload


def test_the_level_of_folders_and_spellings_of_one_name_can_be_chosen(open_page):
    files = {
        f"pets/{name}/{where}/{n}.png": a_picture(n)
        for name in ("Cat", "cat", "dog")
        for where in ("in", "out")
        for n in range(10)
    }
    tab = upload(open_page("data.py"), a_zip(files), "pets.zip")
    assert "with one of 2 classes" in said(tab)
    assert plain("“Cat”, “cat” are taken as one class.") in said(tab)
    assert tab.toggle[1].label == plain("“Cat” and “cat” are one class") and tab.toggle[1].value
    assert "with one of 3 classes" in said(sound(tab.toggle[1].set_value(False).run()))
    (levels,) = tab.radio
    assert levels.options == [plain("“Cat”, “cat”, “dog”"), plain("“in”, “out”")]
    tab = sound(levels.set_value(2).run())
    assert plain("at level 3 of the path, as in “pets / Cat / in”: “in”, “out”.") in said(tab)
    assert len(tab.toggle) == 1


def test_how_names_are_written_is_asked_where_a_zip_does_not_say_it(open_page, listener):
    data = zip_raw(*(name.encode("cp932") for name in ("いぬ", "ねこ")))
    tab = upload(open_page("data.py"), data, "pets.zip")
    asked = box(tab, "How the folders are called")
    assert asked.options[0] == "いぬ, ねこ (Japanese, cp932)" and len(asked.options) > 2
    own = trained(press(tab, "Train on it"), listener).own
    assert own.classes == ("いぬ", "ねこ")


def test_how_names_are_written_is_not_asked_where_it_is_plain(open_page):
    assert not upload(open_page("data.py"), a_zip(), "shades.zip").selectbox

"""Choices about a table: what is asked, what is overruled, and what is said of it."""

import pytest

from core.data.own import kept
from pages.shared.plain import plain
from tests.pages.conftest import said, sound
from tests.pages.test_data import box, press, trained, upload


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    """Nobody holds data."""
    monkeypatch.setattr(kept, "_users", {})


def radio(tab, words):
    return next(one for one in tab.radio if plain(words) in one.label)


def many(tab, label):
    return next(one for one in tab.multiselect if one.label == label)


OPEN_MARK = "qm;rent;place\n" + "32;1.954;red\n58;678;blue\n49;2.972;red\n11;580;blue\n" * 15


def test_two_readings_of_numbers_are_asked_with_both_previews(open_page, listener):
    tab = upload(open_page("data.py"), OPEN_MARK.encode(), "flats.csv")
    asked = radio(tab, "“1.954; 2.972” in “rent” can be read in two ways")
    assert asked.options == [
        plain("1954; 2972 (decimals after “,”)"),
        plain("1.954; 2.972 (decimals after “.”)"),
    ]
    assert "“1.954” is 1954" in tab.dataframe[1].value["what a network is fed"][1]
    tab = sound(asked.set_value(".").run())
    assert "is 1954" not in tab.dataframe[1].value["what a network is fed"][1]
    settings = trained(press(tab, "Train on it"), listener)
    assert settings.own.choices == () and "Read with" not in settings.dataset.description
    tab = upload(open_page("data.py"), OPEN_MARK.encode(), "flats.csv")
    settings = trained(press(tab, "Train on it"), listener)
    assert settings.own.choices == ("comma before decimals",)


def test_the_order_of_day_and_month_is_asked(open_page):
    rows = "".join(f"01/{n % 12 + 1:02d}/{2016 + n // 12},{n},{'ab'[n % 2]}\n" for n in range(60))
    tab = upload(open_page("data.py"), f"when,v,kind\n{rows}".encode())
    assert "2016-01-01 to 2020-12-01" in tab.dataframe[1].value["what a network is fed"][0]
    tab = sound(radio(tab, "“01/02/2016” in “when”").set_value("month").run())
    assert "2016-01-01 to 2020-01-12" in tab.dataframe[1].value["what a network is fed"][0]
    assert "month before day" in said(tab)


def test_a_class_that_is_called_none_is_asked(open_page, listener):
    rows = "".join(f"{n},{n * 7 % 11},{('None', 'Mild', 'Severe')[n % 3]}\n" for n in range(60))
    tab = upload(open_page("data.py"), f"a,b,disease\n{rows}".encode())
    asked = radio(tab, "“None” in “disease” (20 rows)")
    assert asked.value is False
    tab = sound(asked.set_value(True).run())
    assert plain("20 rows without “disease”") in said(tab) and "None is missing" in said(tab)
    assert trained(press(tab, "Train on it"), listener).own.classes == ("Mild", "Severe")


def test_a_column_is_read_as_a_person_chose(open_page, listener):
    rows = "".join(f"{n},{n * 7 % 11},{'ab'[n % 2]}\n" for n in range(1, 61))
    tab = upload(open_page("data.py"), f"nr,b,kind\n{rows}".encode())
    assert tab.dataframe[1].value["holds"].tolist() == ["identifier", "number"]
    tab = sound(many(tab, "Read as numbers").select("nr").run())
    tab = sound(many(tab, "Read as words").select("b").run())
    assert tab.dataframe[1].value["holds"].tolist() == ["number", "words"]
    assert plain("nr read as numbers; b read as words") in plain(said(tab))
    settings = trained(press(tab, "Train on it"), listener)
    assert len(settings.own.features) == 12
    tab = upload(open_page("data.py"), f"nr,b,kind\n{rows}".encode())
    tab = sound(many(tab, "Read as dates").select("b").run())
    assert plain("“b” holds no date") in tab.error[0].value
    tab = sound(many(tab, "Read as words").select("b").run())
    assert plain("“b” is to be read in two ways") in tab.error[0].value


def test_encoding_and_delimiter_can_be_chosen(open_page):
    rows = "".join(f"{n},{n * 7 % 11},{('Москва', 'Тверь')[n % 2]}\n" for n in range(60))
    tab = upload(open_page("data.py"), f"a,b,city\n{rows}".encode("cp1251"))
    assert "Москва" not in tab.dataframe[0].value["city"].tolist()
    tab = sound(box(tab, "Encoding").select("cp1251").run())
    assert "Москва" in tab.dataframe[0].value["city"].tolist()
    tab = sound(box(tab, "Cells apart by").select(";").run())
    assert plain("at least two columns") in tab.error[0].value


def test_what_makes_a_score_too_good_is_a_warning(open_page):
    rows = "".join(f"{n},{n * 7 % 11},{'ab'[n % 2]}\n" for n in range(60))
    tab = upload(open_page("data.py"), f"a,b,kind\n{rows + rows}".encode())
    assert "test rows are also in the training part" in tab.warning[0].value


def test_spellings_are_one_unless_a_person_keeps_them_apart(open_page):
    rows = "".join(f"{n},{n * 7 % 11},{('yes', 'Yes', 'no')[n % 3]}\n" for n in range(60))
    tab = upload(open_page("data.py"), f"a,b,kind\n{rows}".encode())
    assert "one of 2 classes" in said(tab) and plain("“yes” = “Yes”") in said(tab)
    tab = sound(tab.toggle[0].set_value(False).run())
    assert "one of 3 classes" in said(tab)

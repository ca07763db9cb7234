"""A run that learned nothing looks like none that finished well, and has one thing to try."""

import sqlite3
from contextlib import closing

import pytest

from core import runs
from core.records import Event
from core.settings import settings_from
from pages.shared.replay import replay_page
from pages.shared.retrying import learned_nothing_words
from pages.shared.shelf import row
from tests.core.small_runs import small
from tests.pages.conftest import said, sound
from tests.samples import append


@pytest.fixture
def failed(make_run):
    """A run of the digits that ended no better than guessing, with all that it recorded."""
    run = make_run(settings=small(learning_rate=1000.0))
    append(run, Event(run.steps()[-1], "finished", "97.00% of the test inputs", 0.1))
    return run


def test_train_says_so_in_its_own_colour_and_offers_one_thing_to_try(open_page, failed, listener):
    tab = open_page("train.py", run=failed.id)
    assert "learned nothing" in tab.warning[0].value and "10.00%" in tab.warning[0].value
    assert not any("Finished" in bar.proto.text for bar in tab.get("progress"))
    again = next(button for button in tab.button if "learning rate 0.001" in button.label)
    sound(again.click().run())
    ((settings),) = [told for word, told in listener.told if word == "train"]
    assert settings == settings_from(
        {**failed.settings().model_dump(mode="json"), "learning_rate": 0.001}
    )


def test_menus_and_the_table_of_runs_say_so(open_page, failed):
    tab = open_page("runs.py", run=failed.id)
    table = tab.dataframe[0].value.set_index("Name")
    assert table.loc[failed.summary().name, "State"] == "learned nothing"
    assert "97.00" not in said(tab)
    box = open_page("weights.py", run=failed.id).selectbox[0]
    assert any("learned nothing · 10.0% (guessing" in option for option in box.options)


def test_the_replay_says_so(failed):
    page = replay_page(failed, failed.settings())
    assert "learned nothing" in page and "97.00" not in page


def test_a_table_of_old_says_no_senseless_number(open_page):
    run = runs.create(settings_from({"data": "carseats", "architecture": "tabular"}))
    text = (
        "-424366846390229689958400.00% of what 100 test targets differ from the mean is explained."
    )
    append(run, Event(0, "started"), Event(5, "finished", text, -4.2e21))
    for page in ("train.py", "runs.py", "weights.py"):
        assert "4243668" not in said(open_page(page, run=run.id))
    table = open_page("runs.py", run=run.id).dataframe[0].value
    assert table["Test R²"][0] == -1 and table["State"][0] == "learned nothing"


def test_a_run_from_before_r_squared_says_the_share_explained():
    run = runs.create(settings_from({"data": "carseats"}))
    with closing(sqlite3.connect(run.path)) as connection, connection:
        connection.execute("DELETE FROM about WHERE key = 'score'")
    append(run, Event(0, "started"), Event(5, "finished", "51.00% … is explained.", 0.51))
    summary = run.summary()
    assert summary.earlier and summary.label("x") == "x · finished · share explained 0.510"
    assert summary.message.startswith("Share explained 0.5100 on ") and "R²" not in summary.message
    assert row(summary)["Share explained"] == 0.51 and row(summary)["Test R²"] is None
    append(run, Event(6, "finished", "0.00% … is explained.", 0.0))
    nothing = learned_nothing_words(run.summary())
    assert "Share explained 0 on" in nothing and "the mean has share explained 0." in nothing

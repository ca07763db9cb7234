"""The Runs page: the list, and what can be done with a run: rename, pin, delete, download, open."""

import base64
import re
import zlib

import pytest

from core import exchange, pictures, runs
from core.runfile import VERSION
from pages.shared.replay import replay_page
from pages.shared.shelf import COLUMNS
from tests.conftest import ROOT
from tests.pages.conftest import said, sound


def button(tab, label):
    return next(one for one in tab.button if one.label == label)


def names(tab):
    return tab.dataframe[0].value["Name"].tolist()


def upload(tab, data):
    uploader = next(one for one in tab.get("file_uploader") if one.label.startswith("A run file"))
    uploader.set_value(("run.layerscope", data, "application/octet-stream"))
    return sound(button(tab, "Open the file").click().run())


def test_every_run_is_listed_with_its_settings_and_result(open_page, make_run):
    make_run("finished", "one")
    make_run("running", "two", network="lenet")
    table = open_page("runs.py").dataframe[0].value
    assert table["Name"].tolist() == ["two", "one", "A recorded run"]
    assert table["State"].tolist() == ["running", "finished", "finished"]
    assert table["Network"].tolist() == ["LeNet", "Two linear layers", "Two linear layers"]
    assert table["Steps"].tolist() == [6, 12, 9375]
    assert table["Test accuracy"][1] == pytest.approx(100 * runs.summaries()[1].accuracy)


def test_a_run_is_renamed_and_keeps_its_file(open_page, make_run):
    run = make_run(name="old")
    tab = open_page("runs.py", run=run.id)
    tab.text_input[0].set_value("  new\n name ").run()
    assert sound(tab).subheader[0].value == "new name"
    assert names(tab)[0] == "new name"
    assert runs.ids() == [run.id]


def test_a_name_of_nothing_is_refused_with_a_sentence(open_page, make_run):
    tab = open_page("runs.py", run=make_run(name="old").id)
    tab.text_input[0].set_value("\u202e \t").run()
    assert "at least one letter" in sound(tab).toast[0].value
    assert names(tab)[0] == "old"


def test_a_run_is_pinned(open_page, make_run):
    run = make_run()
    tab = open_page("runs.py", run=run.id)
    tab.toggle[0].set_value(True).run()
    assert run.summary().pinned
    sound(tab).toggle[0].set_value(False).run()
    assert not run.summary().pinned


def test_a_run_that_went_meanwhile_is_no_exception(open_page, make_run):
    run = make_run()
    tab = open_page("runs.py", run=run.id)
    runs.delete(run)
    tab.toggle[0].set_value(True).run()
    assert "not on this machine any more" in sound(tab).toast[0].value


def test_a_deleted_run_comes_back(open_page, make_run, listener):
    make_run(name="other")
    run = make_run(name="gone")
    tab = open_page("runs.py", run=run.id)
    sound(button(tab, "Delete it").click().run())
    assert listener.told == [("remove", run.id)]
    assert names(tab) == ["other", "A recorded run"]
    assert tab.query_params["deleted"] == run.id
    sound(button(tab, "Bring the deleted run back").click().run())
    assert names(tab)[0] == "gone"
    assert tab.query_params["run"] == run.id
    assert "deleted" not in tab.query_params


def test_the_recorded_run_is_neither_renamed_nor_deleted(open_page):
    tab = open_page("runs.py", run="demo")
    assert not tab.text_input
    assert [one.label for one in tab.button] == [
        *("Present", "Open", "Begin a run with them", "Open the file")
    ]


def test_a_damaged_run_can_only_be_deleted(open_page, make_run):
    tab = open_page("runs.py", run=make_run("damaged").id)
    assert not tab.text_input and not tab.get("download_button")
    assert button(tab, "Open").disabled
    assert list(tab.dataframe[0].value.columns) == list(COLUMNS)
    sound(button(tab, "Delete it").click().run())
    assert runs.ids() == []


def test_a_downloaded_run_is_opened_under_a_new_id(open_page, make_run):
    run = make_run(name="travels")
    tab = upload(open_page("runs.py"), exchange.exported(run))
    assert names(tab) == ["travels", "travels", "A recorded run"]
    (new,) = set(runs.ids()) - {run.id}
    assert tab.query_params["run"] == new
    assert runs.find(new).steps() == run.steps()


def test_what_is_no_run_file_is_refused_with_a_sentence(open_page, make_run):
    run = make_run()
    whole = exchange.exported(run)
    newer = whole[:60] + (VERSION + 8).to_bytes(4, "big") + whole[64:]  # user_version
    for data, words in (
        (b"not a run \x00\xff", "This is no run file"),
        (b"", "This is no run file"),
        (whole[:5000], "damaged"),
        (whole[:-1], "damaged"),
        (newer, "newer version"),
    ):
        tab = upload(open_page("runs.py"), data)
        assert words in tab.error[0].value
        assert runs.ids() == [run.id]


def test_pressed_without_a_file_it_asks_for_one(open_page):
    tab = open_page("runs.py")
    assert "Choose a file first" in said(sound(button(tab, "Open the file").click().run()))


def test_a_click_in_the_table_chooses_the_run(open_page, make_run):
    first, second = make_run(name="first"), make_run(name="second")
    tab = open_page("runs.py", run=first.id)
    assert tab.subheader[0].value == "first"
    tab = open_page("runs.py")
    assert tab.subheader[0].value == "second"
    assert tab.query_params["run"] == second.id


CODE, REPLAY, WEIGHTS = "Network as code", "Replay as a page", "Weights"


@pytest.mark.parametrize("state, offered", [
    ("finished", [REPLAY, CODE, WEIGHTS]), ("running", [REPLAY, CODE]), ("waiting", [CODE]),
])  # fmt: skip
def test_a_run_is_taken_away_as_far_as_it_is_there(open_page, make_run, state, offered):
    tab = open_page("runs.py", run=make_run(state).id)
    assert [one.proto.label for one in tab.get("download_button")] == ["Download", *offered]
    assert ("No exact weights were kept" in said(tab)) == (WEIGHTS not in offered)


def test_the_page_that_replays_a_run_holds_its_pictures_and_its_names_as_text(make_run):
    run = make_run(name="</script><img src=x onerror=alert(1)>")
    page = replay_page(run, run.settings())
    assert "<img" not in page and "&lt;img src=x" in page
    strip, work = re.findall(r'data-packed="([^"]+)"', page)
    for packed, view in ((strip, "strip"), (work, "work")):
        header, _ = pictures.unpack(zlib.decompress(base64.b64decode(packed)))
        assert header["view"] == view and header["url"] is None
        assert [frame["step"] for frame in header["frames"]] == run.steps()
    assert "default-src 'none'" in page[: page.index("<style>")]


def test_it_tells_how_a_script_of_ones_own_is_watched(open_page):
    tab = open_page("runs.py")
    (code,) = [one.value for one in tab.code if "layerscope.watch" in one.value]
    compile(code, "script", "exec")
    assert "seen.step(loss)" in code and f"PYTHONPATH={ROOT}" in said(tab)

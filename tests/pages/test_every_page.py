"""Every page in every state of a run: no exception, and the sentence that a person needs."""

import contextlib
import sqlite3

import pytest
from streamlit.testing.v1 import AppTest

from core import runs
from core.records import Event
from core.runfile import Writer
from core.settings import settings_from
from pages.shared.plain import plain
from tests.conftest import ROOT
from tests.pages.conftest import (
    ABOUT_RUNS,
    BROKEN,
    NOBODY,
    PAGES,
    PAYLOADS,
    STATES,
    run_box,
    said,
    sound,
)

SCOPES = ("layer.py", "functions.py")
ABOUT_A_RUN = ("weights.py", "activations.py", "layer.py", "functions.py")
ON_TRAIN = {
    "waiting": "Starting …",
    "begun": "measuring the speed",
    "running": "**Training · ",
    "paused": "**Paused** · step 6 of 12",
    "finished": "test inputs are named right",
    "stopped": "**Stopped** · step 6 of 12",
    "diverged": "A smaller learning rate would help",
    "interrupted": "Interrupted at step 6",
}
ON_OTHERS = {
    "waiting": "Waiting for the first step of this run.",
    "begun": "Waiting for the first step of this run.",
    "running": "This run is still training; the page follows it.",
    "paused": "This run is paused; the page follows it.",
}
IN_THE_LIST = {"begun": "running"}
BUTTONS = {
    "waiting": {"Pause", "One step", "One epoch", "Stop"},
    "begun": {"Pause", "One step", "One epoch", "Stop"},
    "running": {"Pause", "One step", "One epoch", "Stop"},
    "paused": {"Resume", "One step", "One epoch", "Stop"},
    "stopped": {"Resume from the last checkpoint"},
    "interrupted": {"Resume from the last checkpoint"},
    "diverged": {"Train again with learning rate 0.001"},
}


def labels(tab):
    return {button.label for button in tab.button}


def test_every_page_is_on_the_map(open_page):
    links = {link.proto.page for link in open_page().get("page_link")}
    files = {path.stem for path in (ROOT / "pages").glob("*.py")} - {"navigation"}
    assert {link or "train" for link in links} == files == {page[:-3] for page in PAGES}


@pytest.mark.parametrize("page", ABOUT_RUNS)
def test_a_page_opened_without_the_frame_stands_alone(home, listener, page):
    tab = AppTest.from_file(str(ROOT / "pages" / page), default_timeout=60).run()
    shown = tab.subheader[0] if page == "runs.py" else run_box(tab)
    assert sound(tab) and shown.value in ("demo", "A recorded run")


@pytest.mark.parametrize("page", ABOUT_RUNS)
def test_without_any_run_the_recorded_one_is_shown(open_page, page):
    tab = open_page(page)
    assert not tab.error and not tab.warning
    if page == "runs.py":
        assert "No run of your own yet" in said(tab)
        assert tab.dataframe[0].value["Name"].tolist() == ["A recorded run"]
    else:
        assert run_box(tab).value == "demo"
        assert "run" not in tab.query_params


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("page", ABOUT_RUNS)
def test_a_page_says_what_its_run_does(open_page, make_run, page, state):
    tab = open_page(page, run=make_run(state).id)
    if page == "train.py":
        assert ON_TRAIN[state] in said(tab)
        assert labels(tab) - {"Train", "Present"} == BUTTONS.get(state, set())
        assert bool(tab.error) == (state == "diverged")
    elif page == "runs.py":
        assert tab.dataframe[0].value["State"].tolist() == [
            IN_THE_LIST.get(state, state),
            "finished",
        ]
    else:
        assert ON_OTHERS.get(state, "") in said(tab)
        assert ("the page follows it" in said(tab)) == (state in ON_OTHERS)
        empty = state in ("waiting", "begun")
        drawn = tab.get("bidi_component" if page in SCOPES else "plotly_chart")
        assert bool(drawn) != empty


@pytest.mark.parametrize("network", ["lenet", "mlp"])
@pytest.mark.parametrize("page", PAGES)
def test_no_page_assumes_two_linear_layers(open_page, make_run, page, network):
    assert not open_page(page, run=make_run(network=network).id).error


@pytest.mark.parametrize("state", [*BROKEN, "gone"])
@pytest.mark.parametrize("page", ABOUT_RUNS)
def test_a_run_that_cannot_be_shown_is_told_in_a_sentence(open_page, make_run, page, state):
    told = {"damaged": "damaged", "newer": "newer version", "gone": "not on this machine"}[state]
    other = make_run()
    run_id = "0" * 26 if state == "gone" else make_run(state).id
    tab = open_page(page, run=run_id)
    assert told in said(tab)
    if page != "runs.py":
        run_box(tab).select(other.id).run()
        assert told not in said(sound(tab))
        assert tab.query_params["run"] == other.id
    if page == "train.py":
        assert "Train" in labels(tab)


def test_a_broken_newest_run_does_not_take_the_pages_with_it(open_page, make_run):
    whole = make_run()
    make_run("damaged")
    for page in ABOUT_RUNS[:-1]:
        tab = open_page(page)
        assert run_box(tab).value == whole.id
        assert not tab.error
    assert open_page("runs.py").dataframe[0].value["State"].tolist() == [
        "damaged",
        "finished",
        "finished",
    ]


@pytest.mark.parametrize("page", ["train.py", "weights.py", "activations.py"])
def test_damage_in_the_middle_is_told_with_its_step(open_page, make_run, page):
    run = make_run()
    with contextlib.closing(sqlite3.connect(run.path)) as file, file:
        file.execute("UPDATE arrays SET crc = crc + 1 WHERE exact = 0")
    assert "damaged at step" in said(open_page(page, run=run.id))


@pytest.mark.parametrize("page", ABOUT_RUNS)
def test_a_run_that_was_stopped_before_its_first_step_is_drawn(open_page, make_run, page):
    run = make_run("unstarted")
    assert not open_page(page, run=run.id, view="distributions", what="gradients").error


@pytest.mark.parametrize("page", ABOUT_RUNS[:-1])
def test_names_are_only_text(open_page, make_run, page):
    for name in PAYLOADS:
        make_run("interrupted", name)
    tab = open_page(page)
    for kept in (summary.name for summary in runs.summaries()):
        assert kept not in said(tab)
        assert any(kept in option for option in run_box(tab).options)


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_name_is_only_text_in_the_list(open_page, make_run, name):
    make_run("interrupted", name)
    (kept,) = (summary.name for summary in runs.summaries())
    tab = open_page("runs.py")
    assert kept not in said(tab)
    assert tab.subheader[0].value == plain(kept)
    assert f"Delete “{plain(kept)}”?" in said(tab)
    assert tab.dataframe[0].value["Name"][0] == kept
    assert tab.text_input[0].value == kept


@pytest.mark.parametrize("page", PAGES)
def test_words_in_a_file_from_elsewhere_are_only_text(home, listener, open_page, page):
    evil = PAYLOADS[0]
    bricks = settings_from({"data": "digits"}).model_dump()["bricks"]
    strange = settings_from({"data": "digits", "architecture": evil, "bricks": bricks})
    run = runs.create(strange)
    writer = Writer(run.path)
    writer.append([Event(0, "interrupted", f"{evil}\n# {evil}")])
    writer.note(owner=NOBODY, name=evil)
    writer.close()
    tab = open_page(page, run=run.id)
    assert evil not in said(tab)
    if page in ("train.py", "runs.py"):
        assert plain(f"{evil} # {evil}") in said(tab)


def test_the_frame_keeps_the_chosen_run(open_page, make_run):
    run = make_run()
    make_run()
    links = open_page("weights.py", run=run.id).get("page_link")
    assert {link.proto.query_string for link in links[:5]} == {f"run={run.id}"}

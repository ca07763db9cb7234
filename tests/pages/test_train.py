"""The Train page: the form and its run, the controls, and the two ways in which pictures come."""

import re

import pytest

from core import runs
from core.budget import Full
from core.records import Event
from core.runfile import Writer
from core.settings import Settings, settings_from
from pages.shared import choose
from tests.pages.conftest import PAYLOADS, run_box, said, sound

FORM = {
    "data": "Digits 8x8",
    "architecture": "Multilayer perceptron",
    "mlp_activation": "Tanh",
    "mlp_depth": "2",
    "mlp_width": "12",
    "mlp_batch_norm": "true",
    "mlp_dropout": "0.3",
    "optimizer": "RMSprop",
    "learning_rate": "0.01",
    "batch_size": "64",
    "epochs": "3",
    "seed": "7",
    "share": "50",
}
OPTIONS = {"depth": 2, "width": 12, "batch_norm": True, "dropout": 0.3, "activation": "tanh"}
CHOSEN = settings_from(
    {
        **{"data": "digits", "share": 0.5, "architecture": "mlp", "options": OPTIONS},
        **{"optimizer": "rmsprop", "learning_rate": 0.01, "batch_size": 64},
        **{"epochs": 3, "seed": 7},
    }
)


def button(tab, label):
    return next(one for one in tab.button if one.label == label)


def told(listener, word="train"):
    return [value for kind, value in listener.told if kind == word]


def test_train_starts_a_run_with_the_settings_of_the_form(open_page, listener):
    started = sound(button(open_page(**FORM), "Train").click().run())
    assert told(listener) == [CHOSEN]
    assert started.query_params["run"] == runs.ids()[0]
    assert "Starting …" in said(started)


@pytest.mark.parametrize("within, runs_started", [(60.0, 1), (0.0, 2)])
def test_a_double_press_starts_one_run(open_page, listener, monkeypatch, within, runs_started):
    monkeypatch.setattr(choose, "DOUBLE_SECONDS", within)
    tab = button(open_page(**FORM), "Train").click().run()
    sound(button(tab, "Train").click().run())
    assert len(told(listener)) == runs_started


def test_the_line_under_the_button_describes_what_is_chosen(open_page):
    text = said(open_page(**FORM))
    assert "Trains **Multilayer perceptron on Digits 8x8**" in text
    assert f"{sum(layer.parameters for layer in CHOSEN.layers):,} learned numbers" in text
    assert f"{CHOSEN.images:,} inputs, 3 × {CHOSEN.steps_per_epoch:,} steps" in text


def test_settings_that_do_not_fit_say_why_and_cannot_be_trained(open_page, listener):
    wide = {"mlp_depth": "12", "mlp_width": "1024", "mlp_dropout": "0.5", "batch_size": "4096"}
    tab = open_page(**{**FORM, **wide, "data": "MNIST"})
    assert button(tab, "Train").disabled
    assert re.search("Layer .* make .* smaller", tab.error[0].value)
    assert tab.get("bidi_component"), "the run is still shown"


@pytest.mark.parametrize("key", ["epochs", "batch_size", "learning_rate", "seed", "mlp_depth"])
@pytest.mark.parametrize("text", ["-1", "1e9999", "1e13", "x", ""])
def test_what_no_run_can_have_falls_back_to_the_default(open_page, listener, key, text):
    button(open_page(**{**FORM, key: text}), "Train").click().run()
    (settings,) = told(listener)
    if key == "mlp_depth":
        assert settings.options["depth"] == settings_from({"architecture": "mlp"}).options["depth"]
    else:
        assert getattr(settings, key) == Settings.model_fields[key].default


def test_a_full_disk_is_told_and_no_run_is_made(open_page, listener):
    tab = open_page()
    listener.fault = Full("The disk has 3 MB left; a run needs up to 200 MB.")
    tab = sound(button(tab, "Train").click().run())
    assert "The disk has 3 MB left" in tab.error[0].value
    assert runs.ids() == []


def test_who_must_make_room_is_named_before(open_page, make_run, monkeypatch):
    make_run(name=PAYLOADS[0])
    monkeypatch.setattr("core.budget.RUN_BUDGET", 10**12)
    (warning,) = open_page().warning
    assert "the next run removes" in warning.value
    assert PAYLOADS[0] not in warning.value


@pytest.mark.parametrize(
    ("state", "label", "word"),
    [
        ("running", "Pause", "pause"),
        ("paused", "Resume", "resume"),
        ("running", "One step", "step"),
        ("paused", "One epoch", "epoch"),
        ("running", "Stop", "stop"),
        ("waiting", "Stop", "stop"),
    ],
)
def test_each_button_says_its_command(open_page, make_run, listener, state, label, word):
    tab = open_page(run=make_run(state).id)
    sound(button(tab, label).click().run())
    assert listener.told == [(word, None)]


def test_a_waiting_run_takes_no_other_command(open_page, make_run, listener):
    run = make_run("waiting")
    listener.waiting = ["another", run.id]
    tab = open_page(run=run.id)
    assert "Waiting for a free worker, 2. in line." in said(tab)
    assert all(button(tab, label).disabled for label in ("Pause", "One step", "One epoch"))


def test_the_learning_rate_goes_to_the_run(open_page, make_run, listener):
    run = make_run("running")
    tab = open_page(run=run.id)
    sound(tab.number_input(f"rate-{run.id}").set_value(0.25).run())
    assert listener.told == [("learning_rate", 0.25)]


def test_the_learning_rate_that_holds_is_shown(open_page, make_run):
    run = make_run("paused")
    writer = Writer(run.path)
    writer.append([Event(6, "learning_rate", value=5e6)])
    writer.close()
    tab = open_page(run=run.id)
    assert "learning rate 5e+06" in said(tab)
    assert tab.number_input(f"rate-{run.id}").value == 5e6


def test_the_field_follows_what_was_set_elsewhere_and_sends_nothing_back(
    open_page, make_run, listener
):
    run = make_run("running")
    tab = open_page(run=run.id)
    tab.number_input(f"rate-{run.id}").set_value(0.25).run()
    sound(tab.run())
    assert listener.told == [("learning_rate", 0.25)], "told once, however often it is drawn"
    assert tab.number_input(f"rate-{run.id}").value == 0.25
    writer = Writer(run.path)
    writer.append([Event(6, "learning_rate", value=0.125)])
    writer.close()
    sound(tab.run())
    assert tab.number_input(f"rate-{run.id}").value == 0.125
    assert len(listener.told) == 1


def test_a_run_of_another_server_can_only_be_watched(open_page, make_run, listener):
    run = make_run("running")
    listener.jobs.clear()
    tab = open_page(run=run.id)
    assert "Another server trains this run" in said(tab)
    assert [one.label for one in tab.button] == ["Present", "Train"]


@pytest.mark.parametrize("state", ["interrupted", "stopped"])
def test_an_ended_run_is_resumed(open_page, make_run, listener, state):
    run = make_run(state)
    sound(button(open_page(run=run.id), "Resume from the last checkpoint").click().run())
    assert listener.told == [("resume", run.id)]


def test_a_run_that_failed_before_its_first_step_is_tried_again(open_page, make_run, listener):
    run = make_run("waiting")
    listener.jobs.clear()
    writer = Writer(run.path)
    writer.append([Event(0, "failed", "CIFAR-10 could not be downloaded.")])
    writer.close()
    tab = open_page(run=run.id)
    assert "could not be downloaded" in tab.warning[0].value
    assert "Nothing was recorded in this run." in said(tab)
    assert not tab.get("bidi_component"), "no empty curves"
    sound(button(tab, "Try again").click().run())
    assert listener.told == [("resume", run.id)]


def test_trouble_with_the_disk_stands_on_top(open_page, make_run, listener):
    run = make_run("paused")
    listener.troubles[run.id] = "Disk full: recorded up to step 6 (0 MB free, 1 MB needed)."
    assert "Disk full" in open_page(run=run.id).error[0].value


def test_a_browser_that_lags_behind_keeps_the_run_that_was_started(
    open_page, make_run, monkeypatch
):
    before, other = make_run("finished").id, make_run("finished").id
    tab = button(open_page(**FORM, run=before), "Train").click().run()
    started = runs.ids()[0]
    assert run_box(tab).value == started != before
    tab.query_params["run"] = before  # as a timer sends it that had not heard of the new run yet
    assert sound(tab.run()).query_params["run"] == started == run_box(tab).value
    run_box(tab).select(before).run()  # as a menu sends it that had not heard either
    assert sound(tab).query_params["run"] == started == run_box(tab).value
    run_box(tab).select(other).run()  # what a person chooses
    assert sound(tab).query_params["run"] == other == run_box(tab).value
    monkeypatch.setattr(choose, "LAG_SECONDS", 0)
    tab.query_params["run"] = started  # the way back in the browser
    assert sound(tab.run()).query_params["run"] == started == run_box(tab).value
    run_box(tab).select(before).run()
    assert sound(tab).query_params["run"] == before == run_box(tab).value


def test_two_runs_of_one_name_are_told_apart(open_page, make_run):
    first, second = make_run(name="twice").id, make_run(name="twice").id
    tab = open_page(run=first)
    told = [label for label in run_box(tab).options if label.startswith("twice")]
    assert [label.split(" · ")[0] for label in told] == [
        f"twice ({one[-4:]})" for one in (second, first)
    ]
    run_box(tab).select(second).run()
    assert sound(tab).query_params["run"] == second

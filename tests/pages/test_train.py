"""The Train page: the form and its run, the controls, and the two ways in which pictures come."""

import re
from dataclasses import replace

import pytest
import streamlit as st

from core import live, pictures, runs
from core.budget import Full
from core.records import Event, Moment
from core.runfile import Writer
from core.settings import Settings, settings_from
from pages.shared.watching import ASKED_SECONDS, PUSHED_SECONDS
from tests.pages.conftest import PAYLOADS, records_of, said, sound

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


def shown(tab):
    """The header of the pictures that the page hands to the browser."""
    component = next(c for c in tab.get("bidi_component") if "scope" in c.proto.component_name)
    return pictures.unpack(component.proto.bytes)[0]


@pytest.fixture
def timers(monkeypatch):
    """After how many seconds each fragment of the page asks again by itself."""
    found, real = [], st.fragment

    def fragment(function, *, run_every=None):
        found.append(run_every)
        return real(function, run_every=run_every)

    monkeypatch.setattr(st, "fragment", fragment)
    return found


def publish(run, step=3):
    """Make a live picture of a run the newest, as the engine does."""
    settings, records = records_of("two_linear")
    moment = next(r for r in records if isinstance(r, Moment) and r.step == step)
    channel = live.channels.setdefault(run.id, live.Channel())
    picture = pictures.live_frame(settings.drawn_layers, replace(moment, step=99, live=True))
    channel.publish(picture)


def test_train_starts_a_run_with_the_settings_of_the_form(open_page, listener):
    started = sound(button(open_page(**FORM), "Train").click().run())
    assert told(listener) == [CHOSEN]
    assert started.query_params["run"] == runs.ids()[0]
    assert "Starting …" in said(started)


def test_another_run_opens_at_its_own_last_moment(open_page, make_run):
    first, second = make_run(), make_run(network="lenet")
    tab = open_page(run=first.id, step="2", probe="3")
    tab.selectbox[0].select(second.id).run()
    header = shown(sound(tab))
    assert (header["run"], header["step"]) == (second.id, second.steps()[-1])
    assert "step" not in tab.query_params
    assert shown(open_page(step="2"))["step"] == 2, "a link without a run keeps its moment"


def test_the_line_under_the_button_describes_what_is_chosen(open_page):
    text = said(open_page(**FORM))
    assert "Trains **Multilayer perceptron on Digits 8x8**" in text
    assert f"{sum(layer.parameters for layer in CHOSEN.layers):,} learned numbers" in text
    assert f"{CHOSEN.images:,} images, 3 × {CHOSEN.steps_per_epoch:,} steps" in text


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


def test_a_command_that_comes_too_late_says_so(open_page, make_run, listener):
    run = make_run("running")
    tab = open_page(run=run.id)
    listener.steered.clear()
    tab = sound(button(tab, "Pause").click().run())
    assert "has ended" in tab.toast[0].value


@pytest.mark.parametrize("state", ["interrupted", "stopped"])
def test_an_ended_run_is_resumed(open_page, make_run, listener, state):
    run = make_run(state)
    sound(button(open_page(run=run.id), "Resume from the last checkpoint").click().run())
    assert listener.told == [("resume", run.id)]


def test_trouble_with_the_disk_stands_on_top(open_page, make_run, listener):
    run = make_run("paused")
    listener.troubles[run.id] = "Disk full: recorded up to step 6 (0 MB free, 1 MB needed)."
    assert "Disk full" in open_page(run=run.id).error[0].value


def test_pictures_are_pushed_where_the_route_is_open(open_page, make_run, timers):
    run = make_run("running")
    header = shown(open_page(run=run.id))
    assert (header["url"], header["live"]) == (f"/live/{run.id}", True)
    assert timers == [PUSHED_SECONDS]


def test_pictures_are_asked_for_where_there_is_no_route(open_page, make_run, timers, monkeypatch):
    monkeypatch.setattr(live, "route_is_open", False)
    run = make_run("running")
    before = shown(open_page(run=run.id))
    publish(run)
    assert live.channels[run.id].watched() is False
    after = shown(open_page(run=run.id))
    assert live.channels[run.id].watched(), "asking counts as watching"
    assert timers == [ASKED_SECONDS, ASKED_SECONDS]
    assert (before["url"], after["url"]) == (None, None)
    assert [frame["step"] for frame in after["frames"]] == [99]
    assert after["cards"] == before["cards"], "the browser keeps its canvases"
    assert after["probes"] == before["probes"]


def test_pictures_are_asked_for_after_the_socket_failed(open_page, make_run, timers):
    run = make_run("running")
    tab = open_page(run=run.id)
    tab.session_state[f"scope-{run.id}"] = {"socket": "failed"}
    assert shown(sound(tab.run()))["url"] is None
    assert timers == [PUSHED_SECONDS, ASKED_SECONDS]


@pytest.mark.parametrize("state", ["finished", "interrupted", "diverged"])
def test_a_run_that_has_ended_is_replayed_from_where_the_link_says(
    open_page, make_run, timers, state
):
    run = make_run(state)
    header = shown(open_page(run=run.id, step="2", probe="4"))
    steps = [frame["step"] for frame in header["frames"]]
    assert steps == run.steps()
    assert (header["step"], header["probe"], header["live"]) == (2, 4, False)
    assert timers == [None]


def test_only_the_recorded_run_plays_by_itself(open_page, make_run):
    assert shown(open_page())["autoplay"] is True
    assert shown(open_page(run=make_run().id))["autoplay"] is False

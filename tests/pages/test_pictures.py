"""How the Train page shows a run: pictures pushed or asked for, or the replay of one that ended."""

from dataclasses import replace

import pytest
import streamlit as st

from core import live, pictures
from core.records import Moment
from pages.shared.watching import ASKED_SECONDS, PUSHED_SECONDS
from tests.pages.conftest import records_of, sound


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
    dataset, layers = settings.dataset, settings.drawn_layers
    picture = pictures.live_frame(dataset, layers, replace(moment, step=99, live=True))
    channel.publish(picture)


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


def test_another_run_opens_at_its_own_last_moment(open_page, make_run):
    first, second = make_run(), make_run(network="lenet")
    tab = open_page(run=first.id, step="2", probe="3")
    tab.selectbox[0].select(second.id).run()
    header = shown(sound(tab))
    assert (header["run"], header["step"]) == (second.id, second.steps()[-1])
    assert "step" not in tab.query_params
    assert shown(open_page(step="2"))["step"] == 2, "a link without a run keeps its moment"

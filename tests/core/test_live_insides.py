"""Live pictures of a layer's inside: to those who watch it, and to nobody else."""

import asyncio
import time
from pathlib import Path

import pytest

from core import jobs, live, runs
from core.data import DATASETS
from core.jobs import Job
from core.live import OVER, Channel
from core.pictures import AT_WORK, live_inside, probes_of, unpack
from core.settings import settings_from
from tests.core.small_runs import run as trained
from tests.core.test_live import PATIENCE, Watcher, played


def test_a_layer_watched_from_inside_has_pictures_of_its_own():
    channel = live.channels["run"] = Channel(["lstm1"])

    async def play():
        strip, inside, wrong = Watcher("run"), Watcher("run/lstm1"), Watcher("run/conv9")
        watching = [asyncio.create_task(one.watch()) for one in (strip, inside, wrong)]
        await asyncio.wait_for(watching.pop(), PATIENCE)
        assert wrong.code == OVER and not wrong.got
        while not (channel.bells and channel.insides["lstm1"].bells):
            await asyncio.sleep(0)
        assert channel.joined.is_set() and channel.watched() and channel.watched(alone=True)
        channel.publish(b"strip")
        channel.insides["lstm1"].publish(b"gates")
        while not (strip.got and inside.got):
            await asyncio.sleep(0)
        strip.went.set()
        await watching[0]
        assert not channel.watched(alone=True) and channel.watched()
        channel.publish(None)
        await watching[1]
        assert (strip.got, inside.got, inside.code) == ([b"strip"], [b"gates"], OVER)

    try:
        played(play)
    finally:
        live.channels.clear()
    assert not channel.watched()


def test_who_watches_a_layer_from_inside_is_sent_that_and_nobody_else_anything(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(jobs, "INSIDE_SECONDS", 60.0)  # however slow this machine is
    settings = settings_from(
        {"data": "digits", "architecture": "lstm", "options": {"units": 5}, "epochs": 1}
        | {"share": 0.1}
    )
    job = Job(runs.create(settings), settings, fresh=True)
    try:
        inside = job.channel.insides["lstm1"]
        layers = [layer.name for layer in settings.drawn_layers]
        assert list(job.channel.insides) == [AT_WORK, *layers]
        (picture,) = [r for r in trained(settings, pictures=True) if getattr(r, "live", False)][-1:]
        job.show(picture)  # the strip, for whoever comes first
        assert job.channel.number == 1 and not inside.number
        inside.asked = time.monotonic()
        job.show(picture)
        assert job.channel.number == 1 and inside.number == 1
        job.show(picture)  # too soon
        assert inside.number == 1
        header, _ = unpack(inside.newest)
        layer = next(layer for layer in settings.layers if layer.name == "lstm1")
        probes = probes_of(DATASETS["digits"])
        assert inside.newest == live_inside(layer, settings.layers, probes, picture)
        assert {one["id"] for one in header["layer_cards"]} > {"lstm1/weight_hh_l0", "lstm1/output"}
        job.close()
        assert not inside.open
    finally:
        job.close()
        live.channels.clear()

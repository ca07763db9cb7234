"""Runs of a race in one worker: one trains, the next stands by; and news is heard at once."""

import asyncio

from core.commands import Command
from core.records import Record
from core.worker import UNHEARD_SECONDS, Trainer
from tests.core.small_runs import events, small
from tests.core.test_worker import collect, has, taken


def paused(**how: bool) -> Trainer:
    """A trainer whose run rests at its first step."""
    trainer = Trainer()
    trainer.send(Command("pause"))
    trainer.start(small(), None, **how)
    collect(trainer, has(0, "paused"))
    return trainer


def test_of_two_runs_of_a_race_the_second_begins_when_the_first_has_ended():
    first, second = paused(patient=True), Trainer()
    second.start(small(), None, patient=True)
    single = Trainer()
    single.start(small(), None)
    assert events(collect(single))[-1] == (24, "finished")  # it waits for nobody
    assert taken(second, False) == ([], False)
    third = Trainer()
    third.start(small(), None, patient=True)
    third.send(Command("stop"))  # which does not wait for a turn
    assert events(collect(third))[-1] == (0, "stopped")
    first.send(Command("stop"))
    assert events(collect(first)) == [(0, "stopped")]
    assert events(collect(second)) == [(0, "started"), (24, "finished")]


def test_a_paused_run_that_nobody_hears_any_more_lets_the_next_one_train():
    lost, after = paused(patient=True), Trainer()
    after.start(small(), None, patient=True)
    lost._taken -= UNHEARD_SECONDS  # its server went away
    assert events(collect(after)) == [(0, "started"), (24, "finished")]
    assert taken(lost, False)[1]


def test_who_waits_without_a_picture_hears_of_an_event_at_once():
    trainer = paused()

    async def told() -> list[Record]:
        waiting = asyncio.create_task(trainer.take(False, patience=3600.0))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        trainer.send(Command("stop"))
        return (await waiting)[0]

    found = asyncio.run(asyncio.wait_for(told(), 60))
    assert events(found) == [(0, "stopped")]
    assert not any(getattr(record, "live", False) for record in found)

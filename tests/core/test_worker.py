"""The worker: the actor that trains a run in its own thread, and answers to single questions."""

import asyncio
import time
from collections.abc import Callable

import numpy as np
import pytest
import torch

from core.answers import outputs
from core.checkpoints import State
from core.commands import Command
from core.data import DATASETS, DataError
from core.records import Array, Event, Moment, Record
from core.training import tensors
from core.worker import Trainer, warm_up
from tests.core.small_runs import (
    NETWORKS,
    assert_identical,
    checkpoints,
    events,
    last_state,
    moments,
    run,
    small,
)

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def steady(monkeypatch):
    """No checkpoint comes only because the machine is slow."""
    monkeypatch.setattr("core.training.CHECKPOINT_SECONDS", 1e9)


def taken(trainer: Trainer, picture: bool) -> tuple[list[Record], bool]:
    return asyncio.run(trainer.take(picture))


def collect(
    trainer: Trainer, until: Callable[[list[Record]], bool] | None = None, picture: bool = False
) -> list[Record]:
    """What a trainer announces until it is over, or until `until`; taken as an engine does."""
    found: list[Record] = []
    for _ in range(20_000):
        records, over = taken(trainer, picture)
        found += records
        if over or (until and until(found)):
            return found
        time.sleep(0.002)
    raise AssertionError(f"it did not come to its end: {events(found)}")


def has(step: int, kind: str) -> Callable[[list[Record]], bool]:
    return lambda found: (step, kind) in events(found)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_trainer_announces_what_training_does_to_its_end(network):
    trainer = Trainer()
    trainer.start(small(network), None)
    found, expected = collect(trainer), run(small(network))
    assert [type(record) for record in found] == [type(record) for record in expected]
    assert [record.step for record in found] == [record.step for record in expected]
    assert events(found) == [(0, "started"), (24, "finished")]
    assert_identical(last_state(found), last_state(expected))
    assert taken(trainer, False) == ([], True)


def test_a_trainer_goes_on_from_a_checkpoint():
    trainer, whole = Trainer(), run(small())
    stopped = run(small(), lambda record: [Command("stop")] * (record.step == 9))
    trainer.start(small(), checkpoints(stopped)[-1])
    found = collect(trainer)
    assert events(found) == [(9, "resumed"), (24, "finished")]
    assert_identical(last_state(found), last_state(whole))


def test_commands_reach_the_run():
    trainer = Trainer()
    trainer.send(Command("pause"))
    trainer.start(small(), None)
    collect(trainer, has(0, "paused"))
    trainer.send(Command("step"))
    found = collect(trainer, has(1, "paused"))
    assert [moment.step for moment in moments(found)] == [0]
    trainer.send(Command("stop"))
    assert events(collect(trainer)) == [(1, "stopped")]


def test_a_live_picture_comes_when_it_is_asked_for_once_and_last():
    trainer = Trainer()
    trainer.send(Command("pause"))
    trainer.start(small(), None)
    collect(trainer, has(0, "paused"))

    def live(found: list[Record]) -> bool:
        return any(isinstance(record, Moment) and record.live for record in found)

    asked = collect(trainer, live, picture=True)
    assert isinstance(asked[-1], Moment) and asked[-1].live and asked[-1].step == 0
    trainer.send(Command("resume"))
    rest = collect(trainer, picture=True)
    assert events(rest)[-1] == (24, "finished")
    assert len({id(record) for record in rest}) == len(rest)
    assert_identical(last_state(rest), last_state(run(small())))


def test_who_waits_for_a_picture_keeps_nobody_else_waiting(monkeypatch):
    monkeypatch.setattr("core.training.PAUSED_SECONDS", 1e9)
    resting, other = Trainer(), Trainer()
    for trainer in (resting, other):
        trainer.send(Command("pause"))
        trainer.start(small(), None)
        collect(trainer, has(0, "paused"))
    taken(resting, True)  # the one picture of its step
    monkeypatch.setattr("core.worker.PICTURE_WAIT", 3600.0)

    async def both() -> None:
        waiting = asyncio.create_task(resting.take(True))
        records, _ = await other.take(True)
        assert len(records) == 1 and not waiting.done()
        resting.send(Command("stop"))
        assert events((await waiting)[0]) == [(0, "stopped")]  # an event does not wait

    asyncio.run(asyncio.wait_for(both(), 60))
    other.send(Command("stop"))
    collect(other)
    assert taken(other, True) == ([], True)


def test_an_actor_made_anew_says_that_its_run_is_lost():
    with pytest.raises(RuntimeError, match="the worker that trained this run was lost"):
        taken(Trainer(), False)


def failing(fault: Exception, at: int) -> Callable:
    def train(settings, inbox, start, record=True, few=False):
        yield Event(at, "resumed" if start else "started")
        raise fault

    return train


def test_data_that_cannot_be_had_ends_the_run_with_its_sentence(monkeypatch):
    def missing(name: str) -> None:
        raise DataError("The data file is missing: put it back and retry.")

    monkeypatch.setattr("core.training.tensors", missing)
    trainer = Trainer()
    trainer.start(small(), None)
    (event,) = collect(trainer)
    assert event == Event(0, "failed", "The data file is missing: put it back and retry.")


@pytest.mark.parametrize(
    "fault, text",
    [
        (RuntimeError("boom"), "Training failed at step 3: RuntimeError: boom"),
        (MemoryError(), "Training failed at step 3: MemoryError: "),
        (ValueError("x" * 9999), "Training failed at step 3: ValueError: xxx"),
    ],
)
def test_anything_unexpected_ends_the_run_with_its_step(monkeypatch, fault, text):
    monkeypatch.setattr("core.training.train", failing(fault, 3))
    trainer = Trainer()
    trainer.start(small(), None)
    started, failed = collect(trainer)
    assert isinstance(failed, Event) and failed.kind == "failed"
    assert failed.text.startswith(text) and len(failed.text) <= 500
    assert taken(trainer, False) == ([], True)


def test_a_run_whose_records_nobody_takes_ends_by_itself(monkeypatch):
    monkeypatch.setattr("core.worker.UNHEARD_SECONDS", -1.0)
    trainer = Trainer()
    trainer.start(small(epochs=1000), None)
    assert events(collect(trainer)) == [(0, "started")]


def test_two_runs_in_one_process_end_as_each_does_alone():
    trainers = [Trainer(), Trainer()]
    for trainer, network in zip(trainers, ("mlp", "lenet"), strict=True):
        trainer.start(small(network), None)
    for trainer, network in zip(trainers, ("mlp", "lenet"), strict=True):
        assert_identical(last_state(collect(trainer)), last_state(run(small(network))))


def test_a_worker_is_warm_when_its_data_is_in_memory():
    assert warm_up("digits") == 1437


# --- answers to single questions ---


@pytest.mark.parametrize("network", NETWORKS)
def test_outputs_are_the_networks_own(network):
    settings = small(network)
    kept = checkpoints(run(settings))[-1]
    images = tensors(DATASETS["digits"])[2][:7]
    found = outputs(settings, kept.arrays, images.numpy())
    x, seen = images, {}
    with torch.no_grad():
        for name, layer in State(settings, kept).network.eval().named_children():
            x = seen[name] = layer(x)
    assert found.keys() == {*seen, "softmax"}
    for name, after in seen.items():
        assert found[name].dtype == np.float32
        np.testing.assert_allclose(found[name], after.numpy(), rtol=1e-6, atol=1e-7)
    expected = torch.softmax(x, dim=1).numpy()
    np.testing.assert_allclose(found["softmax"], expected, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(found["softmax"].sum(1), 1, rtol=1e-6)


def test_outputs_of_a_moment_are_near_those_of_its_exact_weights():
    settings = small("mlp")
    records = run(settings)
    images = tensors(DATASETS["digits"])[2][:7].numpy()
    exactly = outputs(settings, checkpoints(records)[-1].arrays, images)
    rounded = outputs(settings, moments(records)[-1].arrays, images)
    assert exactly.keys() == rounded.keys()
    for name, values in exactly.items():
        np.testing.assert_allclose(rounded[name], values, rtol=0.01, atol=0.01)


def test_outputs_want_the_images_left_alone():
    settings = small()
    images = tensors(DATASETS["digits"])[2][:2].numpy().copy()
    images.setflags(write=False)  # as they are when they come out of a message
    outputs(settings, checkpoints(run(settings))[-1].arrays, images)


def test_outputs_of_some_units_or_without_a_weight_are_refused():
    settings = small(recorded_units=4)
    records = run(settings)
    images = tensors(DATASETS["digits"])[2][:1].numpy()
    with pytest.raises(ValueError, match="only some units of this moment were recorded"):
        outputs(settings, moments(records)[0].arrays, images)
    arrays = dict(checkpoints(records)[-1].arrays)
    del arrays["linear2", "weight"]
    with pytest.raises(KeyError):
        outputs(settings, arrays, images)
    with pytest.raises(KeyError):
        outputs(settings, {("linear1", "weight"): Array(np.zeros((16, 64)))}, images)

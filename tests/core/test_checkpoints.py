"""Checkpoints: a run that goes on from one ends as if it had never been interrupted."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from core.checkpoints import State, load_weights, network_of
from core.commands import Command, Inbox
from core.data import DATASETS
from core.records import Array, Checkpoint, Record
from core.settings import OPTIMIZERS
from core.training import tensors, train
from tests.core.small_runs import (
    NETWORKS,
    after,
    assert_identical,
    checkpoints,
    events,
    exact,
    last_state,
    metrics,
    moments,
    run,
    small,
)

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def steady(monkeypatch):
    """No checkpoint comes only because the machine is slow."""
    monkeypatch.setattr("core.training.CHECKPOINT_SECONDS", 1e9)


@pytest.fixture
def one_a_step(steady, monkeypatch):
    """A checkpoint after every step, however fast they are."""
    monkeypatch.setattr("core.training.CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr("core.training.CHECKPOINT_SHARE", 1e9)


def test_a_run_that_goes_on_from_a_checkpoint_has_forgotten_no_loss(monkeypatch):
    settings = small(epochs=60)  # a metric every few steps
    usual = {metric.step for metric in metrics(run(settings, record=False))}
    monkeypatch.setattr("core.training.CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr("core.training.CHECKPOINT_SHARE", 1e9)
    found = run(settings, record=False)
    kept = [checkpoint.step for checkpoint in checkpoints(found)]
    assert set(kept) - usual, "some lie between two metrics"
    assert {metric.step for metric in metrics(found)} >= set(kept)


def test_a_change_of_the_learning_rate_is_kept_with_a_metric():
    settings = small(epochs=60)
    usual = [metric.step for metric in metrics(run(settings, record=False))]
    between = next(step for step in range(200, 400) if step not in usual)

    class Timely(Inbox):
        asked = -1

        def empty(self) -> bool:
            self.asked += 1  # before every step
            if self.asked == between:
                self.send(Command("learning_rate", 0.003))
            return super().empty()

    found = list(train(settings, Timely(), record=False))
    (kept, *_) = [one.step for one in checkpoints(found)]
    assert kept == between and kept in [metric.step for metric in metrics(found)]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("network", NETWORKS)
def test_a_run_goes_on_from_any_checkpoint_bit_for_bit(network, optimizer, one_a_step):
    settings = small(network, optimizer=optimizer, learning_rate=0.004)
    whole = run(settings, after(4, Command("learning_rate", 0.02)))
    kept = {checkpoint.step: checkpoint for checkpoint in checkpoints(whole)}
    assert list(kept) == list(range(1, 25))
    for step in (1, 5, 7, 12, 23, 24):  # 12: the end of an epoch; 24: of the run
        again = after(4, Command("learning_rate", 0.02)) if step < 4 else lambda record: ()
        rest = run(settings, again, start=kept[step])
        assert events(rest)[0] == (step, "resumed") and events(rest)[-1] == (24, "finished")
        assert_identical(last_state(rest), last_state(whole))
        measured = {metric.step: metric for metric in metrics(whole)}
        for metric in metrics(rest):
            before = measured[metric.step]
            assert (metric.loss, metric.accuracy) == (before.loss, before.accuracy)
            assert metric.learning_rate == before.learning_rate
        recorded = {moment.step: moment for moment in moments(whole)}
        assert [moment.step for moment in moments(rest)] == list(range(step, 25))
        for moment in moments(rest):
            assert_identical(exact(moment.arrays), exact(recorded[moment.step].arrays))
            assert moment.numbers == recorded[moment.step].numbers


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_schedule_goes_on_from_any_checkpoint_and_ends_with_a_rate_set_by_hand(
    by_hand, one_a_step
):
    settings = small(schedule="cosine", learning_rate=0.004)
    told = after(4, Command("learning_rate", 0.02)) if by_hand else lambda record: ()
    whole = run(settings, told)
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], 0.004)
    falls = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=24)
    truth = []
    for _ in range(24):
        optimizer.step()
        falls.step()
        truth.append(falls.get_last_lr()[0])
    if by_hand:
        truth[4:] = [0.02] * 20
    rates = {metric.step: metric.learning_rate for metric in metrics(whole)}
    assert [*rates.values()] == pytest.approx([truth[step - 1] for step in rates], abs=1e-12)
    assert list(rates) == list(range(1, 25))
    for kept in checkpoints(whole):
        if kept.step in (5, 12, 23):
            rest = run(settings, start=kept)
            assert_identical(last_state(rest), last_state(whole))
            assert {m.step: m.learning_rate for m in metrics(rest)}.items() <= rates.items()


def test_a_checkpoint_at_a_pause_holds_all_that_decides_the_rest():
    settings = small("mlp")
    whole = run(settings)

    def react(record: Record) -> list[Command]:
        if isinstance(record, Checkpoint) and record.step == 7:
            return [Command("stop")]
        return list(after(7, Command("pause"))(record))

    stopped = run(settings, react)
    assert events(stopped) == [(0, "started"), (7, "paused"), (7, "stopped")]
    at_pause, at_stop = checkpoints(stopped)
    assert_identical(exact(at_pause.arrays), exact(at_stop.arrays))
    assert_identical(last_state(run(settings, start=at_pause)), last_state(whole))


def test_a_checkpoint_is_a_copy_and_nothing_in_it_is_rounded():
    settings = small("mlp")
    state = State(settings)
    kept = state.checkpoint()
    before = {key: array.values.copy() for key, array in kept.arrays.items()}
    weight = state.network.get_submodule("linear1").weight
    assert kept.arrays["linear1", "weight"].values.dtype == np.float32
    assert np.array_equal(kept.arrays["linear1", "weight"].values, weight.detach().numpy())
    images, labels = tensors(DATASETS["digits"])[:2]
    cross_entropy(state.network(images[:32]), labels[:32]).backward()
    state.optimizer.step()
    for key, array in kept.arrays.items():
        assert np.array_equal(array.values, before[key]), key
    assert not np.array_equal(state.checkpoint().arrays["linear1", "weight"].values, weight) or (
        not np.array_equal(before["linear1", "weight"], weight.detach().numpy())
    )
    again = State(settings, state.checkpoint())
    assert_identical(exact(again.checkpoint().arrays), exact(state.checkpoint().arrays))


def test_seconds_go_on_where_the_checkpoint_was_and_pauses_are_not_counted(monkeypatch):
    clock = [0.0]

    def tick() -> float:
        clock[0] += 0.25
        return clock[0]

    monkeypatch.setattr("core.training.time.perf_counter", tick)
    settings = small()

    def react(record: Record) -> list[Command]:
        if isinstance(record, Checkpoint) and record.step == 5:
            clock[0] += 10_000  # a long pause
            return [Command("resume")]
        return list(after(5, Command("pause"))(record))

    whole = run(settings, react)
    seconds = [metric.seconds for metric in metrics(whole)]
    assert seconds == sorted(seconds) and seconds[0] > 0 and seconds[-1] < clock[0] - 10_000
    at_pause = checkpoints(whole)[0]
    kept = float(at_pause.arrays["", "seconds"].values[0])
    assert seconds[4] <= kept <= seconds[5]
    rest = [metric.seconds for metric in metrics(run(settings, start=at_pause))]
    assert kept < rest[0] < kept + 10 and rest == sorted(rest)
    older = {key: array for key, array in at_pause.arrays.items() if key != ("", "seconds")}
    from_older = metrics(run(settings, start=Checkpoint(at_pause.step, older)))
    assert 0 < from_older[0].seconds < 10


def test_weights_come_back_from_a_moment_rounded_and_from_a_checkpoint_exactly():
    settings = small("mlp")
    records = run(settings)
    whole, rounded = network_of(settings.layers), network_of(settings.layers)
    load_weights(whole, checkpoints(records)[-1].arrays)
    load_weights(rounded, moments(records)[-1].arrays)
    kept = last_state(records)
    for name, tensor in whole.state_dict().items():
        layer, _, kind = name.rpartition(".")
        assert np.array_equal(tensor.numpy(), kept[layer, kind])
        if tensor.ndim:
            near = rounded.state_dict()[name]
            torch.testing.assert_close(near, tensor, rtol=1e-3, atol=1e-6)
    arrays = checkpoints(records)[-1].arrays
    del arrays["linear2", "bias"]
    with pytest.raises(KeyError, match="linear2"):
        load_weights(whole, arrays)


@pytest.mark.parametrize(
    "key, values",
    [
        (("linear1", "optimizer/weight/exp_avg"), np.zeros(3, np.float32)),
        (("linear1", "weight"), np.zeros((2, 2), np.float32)),
        (("", "random"), np.zeros(5, np.uint8)),
    ],
)
def test_a_checkpoint_of_another_shape_is_refused_before_torch_computes_with_it(key, values):
    settings = small()
    kept = checkpoints(run(settings))[-1]
    wrong = dataclasses.replace(kept, arrays={**kept.arrays, key: Array(values)})
    with pytest.raises(RuntimeError):
        State(settings, wrong)

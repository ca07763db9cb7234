"""Training: measured and announced as by hand, the same every time, ended in time when it fails."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from core.checkpoints import State
from core.commands import Command, Inbox
from core.data import DATASETS
from core.measuring import evaluate
from core.records import Event, Metric, Record
from core.training import DENSE, EPOCH_ENDS, GROWTH, tensors, train
from tests.core.plain_loop import by_hand
from tests.core.small_runs import (
    NETWORKS,
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


def test_data_in_memory_is_between_0_and_1_and_labelled():
    images, labels, test_inputs, test_targets = tensors(DATASETS["digits"])
    dataset = DATASETS["digits"]
    assert images.shape == (dataset.train_size, 1, 8, 8) and len(labels) == len(images)
    assert test_inputs.shape == (dataset.test_size, 1, 8, 8) and len(test_targets) == 360
    assert images.dtype == torch.float32 and labels.dtype == torch.int64
    assert images.min() == 0 and images.max() == 1


@pytest.mark.parametrize("network", NETWORKS)
def test_metrics_are_means_over_the_steps_since_the_last(network):
    settings = small(network, share=1, batch_size=8, epochs=1)
    found = {metric.step: metric for metric in metrics(run(settings))}
    assert list(found)[:DENSE] == list(range(1, DENSE + 1)) and list(found)[-1] == 180
    assert max(np.diff(list(found))) > 2  # so that there are means to take
    losses: list[float] = []
    right: list[float] = []
    truth = tensors(DATASETS["digits"])[3]
    held_out = []
    for number, step in enumerate(by_hand(settings)):
        if metric := found.get(number):
            assert metric.loss == pytest.approx(np.mean(losses), rel=1e-6)
            assert metric.accuracy == pytest.approx(np.mean(right), rel=1e-6)
            assert metric.epoch == pytest.approx(number / 180)
            assert metric.learning_rate == settings.learning_rate
            losses, right = [], []
        if metric and metric.held_out_loss is not None:
            held_out.append(number)
            loss = cross_entropy(step.tested, truth).item()
            assert metric.held_out_loss == pytest.approx(loss, rel=1e-5)
            share = (step.tested.argmax(1) == truth).double().mean().item()
            assert metric.held_out_accuracy == pytest.approx(share)
        losses.append(step.loss.item())
        right += (step.output.argmax(1) == step.labels).double().tolist()
    assert held_out[0] == 1 and 32 <= held_out[1] <= 40 and len(held_out) == 2
    assert found[180].held_out_accuracy is not None


def test_a_pause_between_two_metrics_has_a_metric_of_its_own():
    settings = small(share=1, batch_size=8, epochs=1)
    steps = [metric.step for metric in metrics(run(settings))]
    before = next(one for one, other in pairwise(steps) if other > one + 2)

    def react(record: Record) -> list[Command]:
        if isinstance(record, Event) and record.kind == "paused":
            return [Command("resume")]
        return [Command("step")] * (isinstance(record, Metric) and record.step == before)

    found = {metric.step: metric for metric in metrics(run(settings, react))}
    assert list(found) == sorted({*steps, before + 1})
    losses = [step.loss.item() for step in by_hand(settings)]
    following = steps[steps.index(before) + 1]
    assert found[before + 1].loss == pytest.approx(losses[before])
    assert found[following].loss == pytest.approx(np.mean(losses[before + 1 : following]))


@pytest.mark.parametrize("batch_size", [7, 8, 11])
def test_every_epoch_ends_with_a_held_out_measurement(batch_size):
    settings = small(share=1, batch_size=batch_size, epochs=3)
    measured = {m.step for m in metrics(run(settings, record=False)) if m.held_out_loss is not None}
    assert {settings.steps_per_epoch * epoch for epoch in (1, 2, 3)} <= measured


def test_of_many_epochs_no_more_than_some_ends_are_measured():
    records = metrics(run(small(epochs=3 * EPOCH_ENDS - 1), record=False))
    measured = [metric.epoch for metric in records if metric.held_out_loss is not None]
    assert set(range(3, 3 * EPOCH_ENDS - 1, 3)) <= set(measured)
    assert len(measured) <= EPOCH_ENDS + 3


def test_the_result_is_measured_on_all_test_inputs():
    settings = small(epochs=5, share=1, learning_rate=0.01)
    records = run(settings, record=False)
    network = State(settings, checkpoints(records)[-1]).network.eval()
    images, labels = tensors(DATASETS["digits"])[2:]
    with torch.no_grad():
        share = (network(images).argmax(1) == labels).double().mean().item()
    end = records[-1]
    assert isinstance(end, Event) and end.kind == "finished"
    assert end.value == pytest.approx(share) and share > 0.85
    assert evaluate(network, images, labels)[1] == pytest.approx(share)


def test_the_first_moments_are_every_step_and_then_the_gaps_grow():
    settings = small(batch_size=8, share=1, epochs=2)
    steps = [moment.step for moment in moments(run(settings))]
    assert steps[: DENSE + 1] == list(range(DENSE + 1))
    gaps = np.diff(steps)[DENSE:-1]
    assert np.all(np.diff(gaps) >= 0) and gaps[0] > 1 and gaps[-1] > 5 * gaps[0]
    assert np.all(gaps <= (GROWTH - 1) * np.array(steps[DENSE:-2]) + 1)
    assert steps[-1] == settings.steps == 360


@pytest.mark.parametrize("network", NETWORKS)
def test_the_same_settings_give_the_same_run_bit_for_bit(network):
    one, other = run(small(network)), run(small(network))
    assert_identical(last_state(one), last_state(other))
    for first, second in zip(moments(one), moments(other), strict=True):
        assert (first.step, first.loss, first.numbers) == (second.step, second.loss, second.numbers)
        assert_identical(exact(first.arrays), exact(second.arrays))
    assert [m.loss for m in metrics(one)] == [m.loss for m in metrics(other)]
    assert events(one) == events(other) == [(0, "started"), (24, "finished")]


def test_another_seed_is_another_run():
    one, other = run(small()), run(small(seed=6))
    for moment, different in zip(moments(one), moments(other), strict=True):
        weights = [m.arrays["linear1", "weight"].numbers() for m in (moment, different)]
        assert not np.array_equal(*weights)
    assert metrics(one)[0].loss != metrics(other)[0].loss


def test_a_run_beside_others_ends_as_it_does_alone():
    """Torch's global random state belongs to nobody: a run neither reads nor changes it."""
    torch.manual_seed(1)
    before = torch.get_rng_state()
    one = last_state(run(small("mlp")))
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert_identical(one, last_state(run(small("mlp"))))


def test_evaluation_changes_no_statistic_and_leaves_the_mode_as_it_was():
    state = State(small("mlp"))
    images, labels = tensors(DATASETS["digits"])[2:]
    before = exact(state.checkpoint().arrays)
    for training in (True, False):
        state.network.train(training)
        evaluate(state.network, images, labels)
        assert isinstance(state.network, nn.Module) and state.network.training == training
    assert_identical(before, exact(state.checkpoint().arrays))


@pytest.mark.parametrize("network", NETWORKS)
def test_few_moments_are_some_dozen_and_change_nothing(network):
    settings = small(network, share=1, batch_size=8, epochs=2)
    dense, few = run(settings), list(train(settings, Inbox(), few=True))
    steps = [moment.step for moment in moments(few)]
    assert steps == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 360]
    assert_identical(last_state(few), last_state(dense))


def test_a_budget_of_seconds_ends_a_run_as_finished_with_what_it_then_knows():
    settings = small("mlp", epochs=1000).model_copy(update={"seconds": 0.2})
    records = run(settings)
    last = [record for record in records if isinstance(record, Event)][-1]
    seconds = metrics(records)[-1].seconds
    assert last.kind == "finished" and 0 < last.step < settings.steps
    assert 0.2 <= seconds < 5
    assert checkpoints(records)[-1].step == metrics(records)[-1].step == last.step


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_run_trains_with_as_many_threads_as_its_settings_say(threads):
    before = torch.get_num_threads()
    torch.set_num_threads(4 - threads)
    records = train(small("two_linear", threads=threads), Inbox())
    try:
        next(records)
        assert torch.get_num_threads() == threads
    finally:
        records.close()
        torch.set_num_threads(before)

"""Tasks beside the naming of images: trained as by hand, measured as the task says."""

import numpy as np
import pytest
import torch

from core.checkpoints import State
from core.commands import Command
from core.data import DATASETS
from core.losses import LOSSES, SCORES
from core.measuring import evaluate
from core.recording import Recorder
from core.records import Event
from core.settings import Settings, settings_from
from core.training import epoch_batches, tensors
from tests.core.small_runs import (
    after,
    assert_identical,
    checkpoints,
    events,
    last_state,
    metrics,
    moments,
    run,
)

torch.set_num_threads(1)
TASKS = {
    "carseats": {"architecture": "tabular", "options": {"width": 8, "dropout": 0.2}},
    "sunspots": {"architecture": "lstm", "options": {"units": 6}},
    "letters": {"architecture": "gru", "options": {"units": 12}, "share": 0.03},
    "recall": {"architecture": "transformer", "share": 0.05, "options": {"blocks": 1, "heads": 2}},
    "xor": {"architecture": "playground", "options": {"depth": 1}, "share": 0.2},
}


def tiny(data: str, **changes) -> Settings:
    usual = {"data": data, "epochs": 4, "batch_size": 16, "seed": 3, "learning_rate": 0.01}
    return settings_from({**usual, **TASKS[data], **changes})


@pytest.fixture(scope="module", params=TASKS)
def trained(request):
    settings = tiny(request.param)
    return settings, run(settings, pictures=True)


def test_watching_changes_nothing(trained):
    settings, records = trained
    alone = run(settings, record=False)
    assert_identical(last_state(records), last_state(alone))
    assert [m.loss for m in metrics(records)] == [m.loss for m in metrics(alone)]
    assert moments(alone) == [] and len(moments(records)) > 20
    assert events(records) == [(0, "started"), (settings.steps, "finished")]


def test_metrics_are_means_and_scores_over_the_steps_since_the_last(trained):
    """Against a plain loop: the loss a mean over steps, the score of all that was said in them."""
    settings, records = trained
    task = settings.dataset.task
    found = {metric.step: metric for metric in metrics(records)}
    inputs, targets, test_inputs, test_targets = tensors(settings.dataset)
    state = State(settings)
    losses, said, truths, number = [], [], [], 0
    state.network.train()
    for epoch in range(settings.epochs):
        for batch in epoch_batches(settings, epoch):
            state.optimizer.zero_grad()
            output = state.network(inputs[batch])
            loss = LOSSES[task](output, targets[batch])
            loss.backward()
            state.optimizer.step()
            number += 1
            losses.append(loss.item())
            said.append(output.detach())
            truths.append(targets[batch])
            if metric := found.get(number):
                assert metric.loss == pytest.approx(np.mean(losses), rel=1e-5)
                score = SCORES[task](torch.cat(said), torch.cat(truths)).item()
                assert metric.accuracy == pytest.approx(score, rel=1e-4, abs=1e-6)
                losses, said, truths = [], [], []
                if metric.held_out_loss is not None:
                    held_out = test_inputs[:400], test_targets[:400]
                    measured = evaluate(state.network, *held_out, task)
                    assert metric.held_out_loss == pytest.approx(measured[0], rel=1e-5)
                    assert metric.held_out_accuracy == pytest.approx(measured[1], abs=1e-6)
    assert number == settings.steps == max(found)
    assert found[number].held_out_loss is not None


def test_it_ends_with_a_sentence_about_all_test_inputs(trained):
    settings, records = trained
    dataset, end = settings.dataset, records[-1]
    inputs, targets = tensors(settings.dataset)[2:]
    network = State(settings, checkpoints(records)[-1]).network
    score = evaluate(network, inputs, targets, dataset.task)[1]
    assert isinstance(end, Event) and end.kind == "finished"
    assert end.value == pytest.approx(score, abs=1e-6)
    number = f"R² {score:.4f}" if dataset.task == "regress" else f"{score:.2%}"
    assert end.text.startswith(number.replace("-", "−"))
    assert f"{dataset.test_size:,} test " in end.text


def test_it_learns(trained):
    losses = [metric.loss for metric in metrics(trained[1])]
    assert np.mean(losses[-5:]) < np.mean(losses[:5])


def test_a_run_that_goes_on_from_a_checkpoint_ends_the_same(trained):
    settings, records = trained
    half = min(20, settings.steps // 2)
    stopped = run(settings, after(half, Command("stop")))
    assert events(stopped)[-1] == (half, "stopped")
    gone_on = run(settings, start=checkpoints(stopped)[-1])
    assert_identical(last_state(gone_on), last_state(records))


@pytest.mark.parametrize("data", ["carseats", "sunspots"])
def test_a_run_on_numbers_that_diverges_says_so(data):
    records = run(tiny(data, optimizer="sgd", learning_rate=1e9))
    assert events(records)[-1][1] == "diverged"
    assert all(np.isfinite(m.loss) for m in metrics(records))


@pytest.mark.parametrize("data", ["recall", "temporal_order", "adding"])
def test_a_task_for_memory_is_trained_at_the_length_that_is_asked_for(data):
    given = {"data": data, "architecture": "gru", "options": {"units": 4}, "share": 0.01}
    settings = settings_from({**given, "length": 10, "epochs": 1})
    records = run(settings)
    assert tensors(settings.dataset)[0].shape[1] == 10
    assert events(records)[-1] == (settings.steps, "finished")
    outputs = next(a for (_, kind), a in moments(records)[0].arrays.items() if kind == "output")
    assert outputs.values.shape[1] == 10, "what is recorded is of those inputs, too"


def test_what_the_network_says_is_never_cut():
    settings = tiny("letters", recorded_units=2)
    state = State(settings)
    recorder = Recorder(state.network, settings.layers, tensors(DATASETS["letters"])[2][:10], 10, 2)
    arrays = recorder.moment(0, 0.0, None).arrays
    assert arrays["linear1", "output"].values.shape == (10, 48, 32)
    assert arrays["gru1", "output"].units == 12
    for kind in ("weight_ih_l0", "weight_hh_l0"):  # or no gate could be computed
        assert arrays["gru1", kind].units is None

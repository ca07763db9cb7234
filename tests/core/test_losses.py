"""Losses and scores of every task, compared with scikit-learn."""

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error, r2_score

from core import runs
from core.checkpoints import State
from core.data import DATASETS
from core.losses import LOSSES, SCORES
from core.measuring import evaluate
from core.r_squared import r_squared
from core.records import SCORED
from core.settings import Settings
from core.tasks import EARLIER, WORDS, fitting, words_of, work_of
from core.training import tensors

torch.set_num_threads(1)
RANDOM = np.random.default_rng(3)


def said(*shape: int) -> torch.Tensor:
    return torch.from_numpy(RANDOM.normal(size=shape).astype(np.float32))


def test_every_task_has_its_loss_its_score_and_its_words():
    tasks = {dataset.task for dataset in DATASETS.values()}
    assert set(LOSSES) == set(SCORES) == set(WORDS) - {"other"} == tasks
    for words in (WORDS[task] for task in tasks):
        assert "50.00%" in words.result.format(score=0.5, count=1234)
        assert "1,234" in words.result.format(score=0.5, count=1234)
        assert words.meaning.endswith(".")


def test_of_classes_it_is_cross_entropy_and_accuracy():
    logits, truth = said(300, 7), torch.from_numpy(RANDOM.integers(0, 7, 300))
    shares = logits.double().softmax(1).numpy()
    assert LOSSES["classify"](logits, truth).item() == pytest.approx(
        log_loss(truth, shares, labels=range(7)), rel=1e-5
    )
    right = accuracy_score(truth, shares.argmax(1))
    assert SCORES["classify"](logits, truth).item() == pytest.approx(right)


def test_of_symbols_every_step_counts_alike():
    logits, truth = said(20, 9, 5), torch.from_numpy(RANDOM.integers(0, 5, (20, 9)))
    shares = logits.double().softmax(2).numpy().reshape(-1, 5)
    assert LOSSES["next"](logits, truth).item() == pytest.approx(
        log_loss(truth.ravel(), shares, labels=range(5)), rel=1e-5
    )
    right = accuracy_score(truth.ravel(), shares.argmax(1))
    assert SCORES["next"](logits, truth).item() == pytest.approx(right)


@pytest.mark.parametrize("outputs", [1, 5])
def test_of_numbers_it_is_the_squared_error_and_r_squared(outputs):
    truth = said(200, outputs) + 2 * torch.arange(outputs)  # test targets whose mean is their own
    output = 0.7 * truth + 0.3 * said(200, outputs)
    error = mean_squared_error(truth, output)
    assert LOSSES["regress"](output, truth).item() == pytest.approx(error, rel=1e-5)
    assert SCORES["regress"](output, truth).item() == pytest.approx(
        r2_score(truth.double(), output.double())
    )


def test_the_mean_of_the_targets_explains_nothing_and_the_truth_everything():
    truth = said(50, 3) + 2
    score = SCORES["regress"]
    assert score(truth.mean(0).expand(50, 3), truth).item() == pytest.approx(0, abs=1e-6)
    assert score(torch.zeros(50, 3), truth).item() < -1  # the training targets' mean is no help
    assert score(truth, truth).item() == 1
    assert score(-truth, truth).item() < 0
    assert np.isnan(score(torch.ones(4, 1), torch.zeros(4, 1)).item())
    assert np.isnan(score(torch.ones(1, 1), torch.zeros(1, 1)).item())


def test_scores_of_an_earlier_version_are_named_as_what_they_are():
    assert words_of("regress", {"score": SCORED}) is WORDS["regress"]
    assert words_of("regress", {}) is words_of("regress", {"score": "something"}) is EARLIER
    assert words_of("classify", {}) is WORDS["classify"] and words_of("next", {}) is WORDS["next"]
    assert "training" in EARLIER.score and EARLIER.score != WORDS["regress"].score


@pytest.mark.parametrize("name", [n for n, d in DATASETS.items() if d.task == "regress"])
def test_zero_is_the_mean_of_the_training_targets(name):
    targets = DATASETS[name].load().train_targets
    if DATASETS[name].quantity.outputs == 1:
        assert abs(targets.mean()) < 0.01 and targets.std() == pytest.approx(1, abs=0.01)
    else:
        assert abs(targets.mean()) < 0.5


@pytest.mark.parametrize(("data", "name"), [("carseats", "tabular"), ("sunspots", "rnn")])
def test_the_score_that_is_written_down_is_scikit_learns_of_the_test_inputs(data, name):
    settings = Settings(data=data, architecture=name)
    network = State(settings).network
    _, _, inputs, targets = tensors(settings.dataset)
    _, score = evaluate(network, inputs, targets, "regress")
    with torch.no_grad():
        predicted = network.eval()(inputs)
    assert score == pytest.approx(r2_score(targets.double(), predicted.double()))
    assert score == pytest.approx(r_squared(targets.numpy(), predicted.numpy()))


def test_a_runs_own_notes_say_what_its_scores_are(home):
    run = runs.create(Settings(data="carseats", architecture="tabular"))
    assert words_of("regress", run.notes()) is WORDS["regress"]


@pytest.mark.parametrize("name", DATASETS)
def test_what_a_network_has_to_do_follows_from_its_data(name):
    dataset, work = DATASETS[name], work_of(DATASETS[name])
    assert work.kind == dataset.kind and work.outputs == dataset.output_shape[-1]
    assert work.every_step == (len(dataset.output_shape) == 2)
    assert work.symbols == len(dataset.alphabet)
    assert work.classes == (dataset.task != "regress")
    names = fitting(dataset)
    assert names
    for other in ("lenet", "resnet"):
        assert (other in names) == (dataset.kind == "image")
    assert ("lstm" in names) == (dataset.kind != "vector")
    assert ("tabular" in names) == (dataset.kind == "vector")

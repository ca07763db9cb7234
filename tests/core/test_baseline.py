"""A run that is no better than an answer that looks at no input has learned nothing."""

import numpy as np
import pytest
import torch
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import r2_score

from core.advice import another_try
from core.baseline import baseline_score, beats_baseline, even_baseline
from core.commands import Inbox
from core.data import DATASETS
from core.records import Event
from core.runs import create
from core.settings import settings_from
from core.summaries import Summary
from core.tasks import measured_words, score_words
from core.training import train
from tests.samples import append

CLASSES = [np.repeat([0, 1, 2], [7, 21, 4]), np.arange(40) % 4, np.array([3])]


@pytest.mark.parametrize("targets", CLASSES, ids=len)
def test_of_classes_it_is_scikit_learns_most_frequent_one(targets):
    dummy = DummyClassifier(strategy="most_frequent").fit(targets[:, None], targets)
    wanted = dummy.score(targets[:, None], targets)
    assert baseline_score("classify", targets) == pytest.approx(wanted)
    assert baseline_score("next", targets.reshape(1, -1)) == pytest.approx(wanted)


def test_of_a_number_it_is_the_r2_of_the_mean():
    y = np.random.default_rng(0).normal(3, 2, 50)
    mean = DummyRegressor(strategy="mean").fit(y[:, None], y).predict(y[:, None])
    assert baseline_score("regress", y) == pytest.approx(r2_score(y, mean)) == 0
    assert baseline_score("other", y) is None and baseline_score("classify", y[:0]) is None


@pytest.mark.parametrize(
    ("data", "score", "baseline", "better"),
    [
        *[("mnist", 0.1028, 0.1135, False), ("mnist", 0.13, 0.1135, True)],
        *[("cifar10", 0.103, 0.1, False), ("cifar10", 0.11, 0.1, True)],
        *[("carseats", -4.2e21, 0, False), ("carseats", 0.001, 0, False)],
        *[("carseats", 0.3, 0, True), ("recall", 0.13, 0.125, False), ("recall", 0.2, 0.125, True)],
        *[("adding", -0.01, 0, False), ("adding", 0.05, 0, True), ("letters", 0.19, 0.18, True)],
    ],
)
def test_chance_is_no_learning(data, score, baseline, better):
    assert beats_baseline(score, baseline, DATASETS[data]) == better


def test_chance_alone_seldom_looks_like_learning():
    random, dataset = np.random.default_rng(1), DATASETS["recall"]
    guesses = random.binomial(dataset.test_size, 0.125, 2000) / dataset.test_size
    false = np.mean([beats_baseline(score, 0.125, dataset) for score in guesses])
    assert 0.02 < false < 0.08


def trained(**changes):
    settings = settings_from({"data": "digits", "epochs": 1, "share": 0.2, **changes})
    run = create(settings)
    append(run, *train(settings, Inbox(), record=False))
    return run.summary()


def test_a_run_with_a_senseless_learning_rate_has_learned_nothing():
    summary = trained(learning_rate=1000.0, epochs=4)
    targets = DATASETS["digits"].load().test_targets
    assert summary.outcome == "learned_nothing"
    assert summary.label("x") == f"x · learned nothing · {summary.accuracy:.1%} (guessing 10.0%)"
    assert summary.baseline == torch.tensor(targets).bincount().max().item() / len(targets)


def test_a_run_that_learns_has_finished():
    summary = trained(epochs=5, share=1.0)
    assert summary.outcome == summary.state == "finished" and summary.accuracy > 0.5


@pytest.mark.parametrize(
    ("data", "score", "outcome"),
    [("mnist", 0.098, "learned_nothing"), ("mnist", 0.9, "finished")]
    + [("carseats", -4.2e21, "learned_nothing"), ("carseats", 0.6, "finished")],
)
def test_a_file_recorded_before_runs_knew_their_baseline_says_it_too(data, score, outcome):
    run = create(settings_from({"data": data}))
    append(run, Event(0, "started"), Event(5, "finished", "-424366846390229689958400.00%", score))
    summary = run.summary()
    assert summary.outcome == outcome and summary.baseline == even_baseline(DATASETS[data])
    assert "42436684" not in summary.message + summary.label("x")


def test_a_stopped_run_is_only_stopped():
    run = create(settings_from({"data": "mnist"}))
    append(run, Event(0, "started", value=0.1135), Event(5, "stopped", "", 0.05))
    assert run.summary().outcome == "stopped"


def test_a_hostile_baseline_is_none():
    run = create(settings_from({"data": "mnist"}))
    append(run, Event(0, "started", value=1e9), Event(5, "finished", "", 0.05))
    assert run.summary().baseline == 0.1


def test_scores_are_told_within_sense():
    assert (
        score_words("classify", 0.1028) == "10.3%" and score_words("regress", 0.962) == "R² 0.962"
    )
    assert score_words("regress", -4.2e21) == score_words("regress", -np.inf) == "R² below −1"
    assert score_words("regress", -0.19) == "R² −0.190"
    assert score_words("regress", np.nan) == "R² not a number"


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"learning_rate": 1000.0}, "learning_rate", 0.001),
        ({"learning_rate": 0.005}, "learning_rate", 0.0005),
        ({"learning_rate": 1e-6}, "learning_rate", 0.001),
        ({"initialisation": "large"}, "initialisation", "torch"),
    ],
)
def test_one_thing_is_tried(changes, name, value):
    settings = settings_from({"data": "mnist", **changes})
    found, other = another_try(settings)
    assert found == name and getattr(other, name) == value
    assert other.model_copy(update={name: getattr(settings, name)}) == settings


def test_the_number_of_test_inputs_is_the_real_one():
    assert measured_words(DATASETS["mnist"]) == "400 of the 10,000 test inputs"
    few = [one for one in DATASETS.values() if one.test_size <= 400]
    assert few and all(measured_words(x) == f"all {x.test_size:,} test inputs" for x in few)


def test_a_summary_made_without_a_baseline_is_as_before():
    one = Summary("a", "a", "finished", "", settings_from({}), 1, 0.0, 0.05, False, 1)
    assert one.outcome == "finished" and one.label("x") == "x · finished · 5.0%"

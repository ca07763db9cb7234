"""A contest: all start as a run with their seed does, stop when they have won, and are measured."""

import dataclasses

import pytest
import torch

from core.checkpoints import State
from core.data import DATASETS, adding, recall
from core.measuring import evaluate
from core.settings import settings_from
from core.training import tensors
from tools.contest import Rules, trained

RULES = Rules(steps=6, every=2, learning_rate=0.003)
SMALL = {"units": 4}


def test_it_is_measured_every_so_many_steps():
    one = trained(RULES, "gru", SMALL, recall.of_length(5), seed=1)
    assert len(one.scores) == len(one.losses) == 3 == len(RULES.measured)
    assert (one.network, one.data, one.length, one.seed) == ("gru", "recall", 5, 1)
    assert one == trained(RULES, "gru", SMALL, recall.of_length(5), seed=1)
    assert one.losses != trained(RULES, "gru", SMALL, recall.of_length(5), seed=2).losses


def test_who_has_won_is_trained_no_further():
    rules = dataclasses.replace(RULES, enough=0.0)
    assert len(trained(rules, "rnn", SMALL, recall.of_length(5)).scores) == 1


def test_it_starts_as_a_run_with_the_same_seed_does():
    rules = Rules(steps=1, every=1, learning_rate=1e-12)
    one = trained(rules, "rnn", {}, DATASETS["sunspots"], seed=3)
    settings = settings_from({"architecture": "rnn", "data": "sunspots", "seed": 3})
    network = State(settings).network
    _, _, *test = tensors(DATASETS["sunspots"])
    loss, score = evaluate(network, *test, "regress")
    assert one.losses[0] == pytest.approx(loss, rel=1e-4)
    assert one.scores[0] == pytest.approx(score, abs=1e-4)
    assert one.weights == sum(parameter.numel() for parameter in network.parameters())


def test_pictures_are_fed_as_a_run_feeds_them_and_have_no_length():
    rules = Rules(steps=1, every=1, learning_rate=1e-12)
    one = trained(rules, "two_linear", {}, DATASETS["digits"], called="small")
    network = State(settings_from({"data": "digits"})).network
    _, _, *test = tensors(DATASETS["digits"])
    assert one.losses[0] == pytest.approx(evaluate(network, *test)[0], rel=1e-4)
    assert (one.network, one.length) == ("small", 0)


def test_a_regression_is_measured_by_what_it_explains():
    one = trained(RULES, "rnn", SMALL, adding.of_length(6))
    assert one.scores[-1] < 1 and one.losses[-1] > 0
    spread = torch.tensor(adding.of_length(6).load().test_targets).var(correction=0).item()
    assert one.scores[-1] == pytest.approx(1 - one.losses[-1] / spread, abs=1e-5)

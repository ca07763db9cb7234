"""The loss of one input from its logits, against torch, where its probability is no number more."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy as torchs

from core.figures.next_symbols import next_symbols
from core.softmax import cross_entropy, softmax
from pages.shared.at_work import Logits
from tests.core.figures.test_sequences import caption

LOGITS = st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=12)


def oracle(logits: np.ndarray, truth) -> np.ndarray:
    rows = torch.from_numpy(np.atleast_2d(np.asarray(logits, np.float64)))
    return torchs(rows, torch.from_numpy(np.atleast_1d(truth)), reduction="none").numpy()


@given(LOGITS, st.integers(0, 11))
def test_it_is_what_torch_has(logits, truth):
    truth %= len(logits)
    np.testing.assert_allclose(
        cross_entropy(logits, truth), oracle(logits, truth)[0], rtol=1e-12, atol=1e-12
    )


@given(LOGITS, st.integers(0, 11))
def test_it_is_what_torch_has_of_recorded_halves(logits, truth):
    truth %= len(logits)
    halves = np.array(logits, np.float16)
    np.testing.assert_allclose(
        cross_entropy(halves, truth), oracle(halves, truth)[0], rtol=1e-12, atol=1e-12
    )


def test_many_rows_at_once_are_what_torch_has():
    logits = np.random.default_rng(0).normal(0, 500, (5, 7, 4))
    truth = np.random.default_rng(1).integers(0, 4, (5, 7))
    wanted = oracle(logits.reshape(-1, 4), truth.ravel()).reshape(5, 7)
    np.testing.assert_allclose(cross_entropy(logits, truth), wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("logits", "loss"), [
    ([900.0, 0.0], 900.0), ([0.0, 900.0], 0.0), ([1e4, -1e4, 0.0], 1e4), ([0.0, 0.0], np.log(2)),
    ([800.0, 800.0, 0.0], 800 + np.log(2)), ([3e38, -3e38], 6e38),
])  # fmt: skip
def test_one_inputs_loss_is_finite_where_its_probability_is_0(logits, loss):
    truth = len(logits) - 1
    found = Logits(("a", "b", "c"), np.array(logits), truth).loss
    assert found == pytest.approx(loss, rel=1e-12)
    assert softmax(logits)[truth] == pytest.approx(np.exp(-loss))
    assert Logits(("a", "b"), np.array(logits), None).loss is None


def told(logits: np.ndarray, truth: np.ndarray) -> str:
    shares = softmax(logits)[np.arange(len(truth)), truth]
    return caption(next_symbols("abcd"[: len(truth)], shares, (), cross_entropy(logits, truth)))


@pytest.mark.parametrize(("heights", "words"), [
    ((900.0, 0.0), f"Perplexity {np.exp((900 + np.log(2)) / 2):.3g}:"),
    ((0.0, 0.0), "Perplexity 2:"), ((1e4, 1e4), ""),
])  # fmt: skip
def test_perplexity_counts_a_symbol_that_was_held_impossible(heights, words):
    logits = np.array([[height, 0.0] for height in heights])
    found = told(logits, np.array([1, 1]))
    assert words in found and ("Perplexity" in found) == bool(words)

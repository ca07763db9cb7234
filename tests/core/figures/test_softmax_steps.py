"""Softmax step by step: every row is what torch computes, at every temperature of the slider."""

import numpy as np
import pytest
import torch

from core.figures import softmax_steps
from core.figures.softmax_steps import TEMPERATURES

LOGITS = np.array([2.0, -1.0, 0.5, 30.0, -40.0])


def rows(x, heat):
    heated = torch.tensor(x) / heat
    logs = heated.log_softmax(0)
    return heated, (heated - heated.max()).exp(), logs.exp(), (-logs).clamp(max=40.0)  # as drawn


def assert_steps(drawn, heat):
    for values, wanted in zip(drawn, rows(LOGITS, heat), strict=True):
        assert np.allclose(values, wanted.numpy(), rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("heat", [1.0, 0.1, 4.0])
def test_each_row_is_a_step_of_torchs(heat):
    fig = softmax_steps("abcde", LOGITS, truth=2, temperature=heat)
    assert_steps([bars.y for bars in fig.data], heat)


def test_the_slider_has_every_temperature_and_stands_at_one():
    fig = softmax_steps("abcde", LOGITS)
    assert [float(frame.name) for frame in fig.frames] == TEMPERATURES
    assert fig.layout.meta["sliders"] == {"Temperature T": "1"}
    for frame, heat in zip(fig.frames, TEMPERATURES, strict=True):
        assert_steps([bars.y for bars in frame.data], heat)


def test_the_surprise_of_the_true_class_stands_out_and_is_the_cross_entropy():
    last = softmax_steps("abcde", LOGITS, truth=2).data[3]
    assert np.argmax(last.marker.opacity) == 2
    loss = torch.nn.functional.cross_entropy(torch.tensor(LOGITS), torch.tensor(2))
    assert last.y[2] == pytest.approx(loss.item())

"""A loss that is no number any more: the run ends, says where it began, and keeps the rest."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from core.architectures import ARCHITECTURES
from core.data import DATASETS
from core.records import Event
from core.settings import Settings, settings_from
from core.tasks import fitting
from core.training import DENSE, tensors
from tests.core.plain_loop import by_hand
from tests.core.small_runs import checkpoints, events, moments, run, small

torch.set_num_threads(1)


def broken_at(settings: Settings) -> tuple[int, str, float, bool]:
    """By hand: the step, the first place not finite, the loss, and whether weights still are."""
    for number, step in enumerate(by_hand(settings)):
        loss, x = step.loss.item(), step.images
        if math.isfinite(loss):
            continue
        finite = all(p.isfinite().all() for p in step.network.parameters())
        return number, first_broken("", step.network, x) or "loss itself", loss, finite
    raise AssertionError("it did not diverge")


def first_broken(name: str, module: nn.Module, x: torch.Tensor) -> str | None:
    """By hand: the first weight or output that is not finite, containers from the inside."""
    if isinstance(module, nn.Sequential):
        for inner, layer in module.named_children():
            if broken := first_broken(inner, layer, x):
                return broken
            x = layer(x)
        return None
    stacks = dict(module.named_children())
    for stack in sorted(stacks, reverse="shortcut" in stacks):  # a shortcut is passed first
        if broken := first_broken("", stacks[stack], x):
            return broken
    for kind, tensor in module.named_parameters(recurse=False):
        if not tensor.isfinite().all():
            return f"{kind} of {name}"
    return None if module(x).isfinite().all() else f"output of {name}"


WILD = [
    name
    for name in fitting(DATASETS["digits"])
    if "activation" in ARCHITECTURES[name].model_fields and name != "transformer"
]
"""What diverges where the steps are too large; tanh, gates and LayerNorm keep numbers small."""


def wild(name: str, rate: float, **changes) -> Settings:
    """A run that diverges; with BatchNorm, which evens out the largest numbers, it might not."""
    given = {"data": "digits", "architecture": name, "optimizer": "sgd", "learning_rate": rate}
    plain = {"batch_norm": False} if "batch_norm" in ARCHITECTURES[name].model_fields else {}
    options = {**plain, **changes.pop("options", {})}
    return settings_from({**given, "options": options, "batch_size": 64, "epochs": 3, **changes})


@pytest.mark.parametrize("scale", [1.0, 1e30], ids=["", "bright"])
@pytest.mark.parametrize(
    "name, rate, function",
    [
        *((name, rate, "relu") for name in WILD for rate in (1e9, 1e12)),
        *((name, 30.0, "identity") for name in WILD),
    ],
)
def test_a_run_that_diverges_says_at_which_step_and_where_and_keeps_what_was_before(
    name, rate, function, scale, monkeypatch
):
    images, *others = tensors(DATASETS["digits"])
    loaded = (images * scale, *others)
    monkeypatch.setattr("core.training.tensors", lambda data: loaded)
    monkeypatch.setattr("tests.core.plain_loop.tensors", lambda data: loaded)
    settings = wild(name, rate, options={"activation": function})
    step, place, loss, finite = broken_at(settings)
    records = run(settings)
    end = records[-1]
    assert isinstance(end, Event) and (end.step, end.kind) == (step, "diverged")
    assert end.text == f"The loss became {loss} at step {step}; it began in the {place}."
    kept = moments(records)
    assert kept[0].step == 0 and all(math.isfinite(m.loss) for m in kept if m.step < step)
    assert [m.step for m in kept if m.step < step] == list(range(min(step, DENSE + 1)))[: len(kept)]
    assert (kept[-1].step == step) == finite
    for moment in kept:
        for (_, kind), array in moment.arrays.items():
            assert math.isfinite(array.scale)
            if kind in ("weight", "bias"):
                assert np.isfinite(array.numbers()).all()
    if finite:
        assert kept[-1].loss is None
        assert not any("gradient" in kind for _, kind in kept[-1].arrays)


@pytest.mark.parametrize("name", WILD)
def test_a_last_update_that_breaks_the_network_is_no_success(name):
    one_batch = {"batch_size": 4096, "share": 0.05}
    step = broken_at(wild(name, 1e12, **one_batch, epochs=20))[0]
    records = run(wild(name, 1e12, **one_batch, epochs=step))
    end = records[-1]
    assert isinstance(end, Event) and (end.step, end.kind) == (step, "diverged")
    assert end.text.startswith(f"After step {step} the ") and not checkpoints(records)
    kept = moments(records)[-1]
    assert kept.step == step - 1 or all(
        np.isfinite(a.numbers()).all() for (_, kind), a in kept.arrays.items() if kind == "weight"
    )


def test_weights_that_are_lost_are_named_and_not_kept_as_a_moment(monkeypatch):
    images, *others = tensors(DATASETS["digits"])
    loaded = (images * 1e30, *others)
    monkeypatch.setattr("core.training.tensors", lambda data: loaded)
    records = run(wild("two_linear", 1e12))
    assert events(records)[-1] == (1, "diverged")
    assert records[-1].text.endswith("it began in the weight of linear1.")  # type: ignore[union-attr]
    assert [moment.step for moment in moments(records)] == [0]


def test_running_statistics_that_overflow_are_not_blamed_for_the_loss_of_a_training_step():
    settings = wild("inception", 1e9, options={"batch_norm": True})
    step, place, loss, _ = broken_at(settings)
    end = run(settings)[-1]
    assert isinstance(end, Event) and end.step == step
    assert end.text == f"The loss became {loss} at step {step}; it began in the {place}."
    assert "running" not in place


def test_without_recording_a_diverged_run_has_no_moment():
    records = run(wild("two_linear", 1e9), record=False)
    assert not moments(records) and events(records)[-1][1] == "diverged"


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_an_image_that_is_not_finite_is_named(bad, monkeypatch):
    images, *others = tensors(DATASETS["digits"])
    spoilt = images.clone()
    spoilt[:, 0, 3, 3] = bad
    monkeypatch.setattr("core.training.tensors", lambda name: (spoilt, *others))
    records = run(small())
    assert events(records) == [(0, "started"), (0, "diverged")]
    assert records[-1].text.endswith("at step 0; it began in the output of flatten1.")  # type: ignore[union-attr]
    assert [moment.step for moment in moments(records)] == [0]

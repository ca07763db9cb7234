"""Stacks of bricks, sound and unsound: what the plan promises, torch keeps."""

import re

import pytest
import torch
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from core.activations import ACTIVATIONS
from core.architectures.bricks import (
    Activation,
    AnyBrick,
    AvgPool2d,
    BatchNorm,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
)
from core.architectures.plans import MAX_LAYERS, Mismatch, plan
from core.checkpoints import State
from core.recording import Recorder, outputs_of
from core.settings import Settings, settings_from
from core.unfit import Unfit

torch.set_num_threads(1)
DIGIT = (1, 8, 8)

anywhere = st.one_of(
    st.builds(Activation, function=st.sampled_from(list(ACTIVATIONS))),
    st.builds(Dropout, share=st.floats(0, 0.9)),
    st.just(BatchNorm()),
    st.just(Flatten()),
)
linear = st.builds(Linear, units=st.integers(1, 12))
small_windows = {"stride": st.integers(1, 2)}
convolution = st.builds(
    Conv2d,
    filters=st.integers(1, 5),
    kernel=st.integers(1, 4),
    padding=st.integers(0, 2),
    **small_windows,
)
pools = [st.builds(p, size=st.integers(1, 3), **small_windows) for p in (MaxPool2d, AvgPool2d)]
images = st.one_of(convolution, *pools)
wrong = st.one_of(
    linear,
    images,
    st.builds(Conv2d, filters=st.just(2), kernel=st.integers(9, 64)),
    st.builds(MaxPool2d, size=st.integers(9, 64)),
    st.just(Linear(units=65_536)),
)


@st.composite
def stacks(draw: st.DrawFn) -> list[AnyBrick]:
    """Bricks that fit one another; in three of ten stacks another brick is put somewhere."""
    bricks: list[AnyBrick] = []
    shape: tuple[int, ...] = DIGIT
    for _ in range(draw(st.integers(0, 7))):
        brick = draw(st.one_of(anywhere, images if len(shape) == 3 else linear))
        try:
            shape = brick.output(shape)
        except Mismatch:  # a window over an image that has become too small
            continue
        bricks.append(brick)
    bricks += [Flatten()] * (len(shape) == 3) + [Linear(units=10)]
    if draw(st.integers(1, 10)) > 7:
        bricks.insert(draw(st.integers(0, len(bricks))), draw(wrong))
    return bricks


def settings_of(bricks: list[AnyBrick]) -> Settings:
    given = {"data": "digits", "architecture": "mine", "batch_size": 6}
    return settings_from({**given, "bricks": [brick.model_dump() for brick in bricks]})


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(6, *DIGIT, generator=torch.Generator().manual_seed(2)), torch.arange(6)


@given(stacks())
@rules(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_stack_either_trains_and_is_recorded_or_its_wrong_layer_is_named(bricks):
    try:
        settings = settings_of(bricks)
    except Unfit as fault:
        number = re.match(r"Layer (\d+)\b", str(fault))
        assert number and 1 <= int(number[1]) <= len(bricks), str(fault)
        return
    assert settings_from(settings.model_dump_json()) == settings
    state, (images, labels) = State(settings), batch()
    recorder = Recorder(state.network, settings.layers, images, 3, 8)
    with outputs_of(state.network, {layer.name for layer in settings.layers}) as seen:
        loss = cross_entropy(state.network(images), labels)
    loss.backward()
    moment = recorder.moment(0, 0.0, loss.item())
    before = recorder.weights()
    state.optimizer.step()
    recorder.note_updates(moment, before)
    assert sum(layer.parameters for layer in settings.layers) == sum(
        map(torch.numel, before.values())
    )
    for layer in settings.layers:
        assert tuple(seen[layer.name][1].shape[1:]) == layer.output_shape
        assert layer.sizes and layer.formula
    assert {name for name, kind in moment.arrays if kind == "output"} == recorder.names


@given(stacks(), st.data())
@rules(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_identity_more_changes_nothing(bricks, data):
    more = list(bricks)
    more.insert(data.draw(st.integers(0, len(bricks))), Activation(function="identity"))
    try:
        networks = [State(settings_of(stack)).network.eval() for stack in (bricks, more)]
    except Unfit:
        with pytest.raises(Unfit):
            settings_of(more)
        return
    with torch.no_grad():
        one, other = (network(batch()[0]) for network in networks)
    assert torch.equal(one, other)


LINEAR = {"kind": "linear", "units": 10}
ABSURD = {
    "a thousand million units": ([{"kind": "flatten"}, {"kind": "linear", "units": 10**9}], 2),
    "a hundred thousand layers": ([{"kind": "flatten"}] * 100_000, None),
    "more layers than can be drawn": ([{"kind": "flatten"}] * (MAX_LAYERS + 1), MAX_LAYERS + 1),
    "a kernel of nothing": ([{"kind": "conv2d", "filters": 2, "kernel": 0}], 1),
    "a window larger than the image": ([{"kind": "maxpool2d", "size": 9}], 1),
    "a kernel larger than what is left": (
        [{"kind": "maxpool2d", "size": 4}, {"kind": "conv2d", "filters": 2, "kernel": 3}],
        2,
    ),
    "a step of nothing": ([{"kind": "conv2d", "filters": 2, "stride": 0}], 1),
    "a share above one": ([{"kind": "dropout", "share": 1.5}], 1),
    "a share that is no number": ([{"kind": "dropout", "share": float("nan")}], 1),
    "a linear layer on an image": ([LINEAR], 1),
    "a convolution on a vector": ([{"kind": "flatten"}, {"kind": "conv2d", "filters": 2}], 2),
    "too many weights in a layer": (
        [
            {"kind": "flatten"},
            {"kind": "linear", "units": 50_000},
            {"kind": "linear", "units": 999},
        ],
        3,
    ),
    "too many weights in all": (
        [{"kind": "flatten"}, *[{"kind": "linear", "units": 2000}] * 3, LINEAR],
        3,
    ),
    "more memory than there is": (
        [
            {"kind": "conv2d", "filters": 4096, "padding": 5},
            {"kind": "avgpool2d", "size": 16},
            {"kind": "flatten"},
            LINEAR,
        ],
        1,
    ),
    "a wrong number of classes": ([{"kind": "flatten"}, {"kind": "linear", "units": 9}], 2),
    "no brick at all": ([{"kind": "flatten"}, {"kind": "espresso"}], 2),
    "not even a brick": ([{"kind": "flatten"}, 7], 2),
    "a size that it does not have": ([{"kind": "flatten", "units": 7}], 1),
}


@pytest.mark.parametrize("bricks, layer", ABSURD.values(), ids=ABSURD)
def test_an_absurd_stack_is_refused_with_its_layer(bricks, layer):
    with pytest.raises(Unfit) as refusal:
        settings_from({"data": "digits", "bricks": bricks})
    text = str(refusal.value)
    assert text.startswith(f"Layer {layer}" if layer else "Bricks: there can be 10,000 at most")
    assert "\n" not in text


def test_a_refusal_says_what_came_and_what_would_fit():
    with pytest.raises(Mismatch, match=r"layer 1: Linear .* gets 1×8×8; put a Flatten before it"):
        plan((Linear(units=3),), DIGIT)
    with pytest.raises(Mismatch, match=r"layer 2: .* window of 3, larger than its input of 2"):
        plan((MaxPool2d(size=4), Conv2d(filters=2)), DIGIT)


@pytest.mark.parametrize(
    "name, seen",
    [
        ("two_linear", {"linear1": (1, 28, 28), "linear2": (128,)}),
        (
            "lenet",
            {
                "conv1": (1, 5, 5),
                "conv2": (6, 5, 5),
                "linear1": (16, 5, 5),
                "linear2": (120,),
                "linear3": (84,),
            },
        ),
    ],
)
def test_weights_know_what_they_look_at(name, seen):
    layers = {layer.name: layer for layer in settings_from({"architecture": name}).layers}
    assert {unit: layers[unit].looks_at for unit in seen} == seen


def test_what_only_changes_numbers_leaves_the_image_to_be_looked_at():
    between = (Flatten(), Activation(), Dropout(share=0.5), BatchNorm(), Linear(units=64))
    layers = plan((*between, Linear(units=10)), DIGIT)
    assert layers[4].looks_at == DIGIT
    assert layers[5].looks_at == (64,)  # as many numbers as the image has, but not the image


def test_layers_are_named_by_what_they_are_and_counted():
    bricks = (Conv2d(filters=2), Activation(), AvgPool2d(), Flatten(), Activation(function="tanh"))
    layers = plan((*bricks, Activation(), Linear(units=10)), DIGIT)
    names = ["conv1", "relu1", "avgpool1", "flatten1", "tanh1", "relu2", "linear1"]
    assert [layer.name for layer in layers] == names
    assert layers[0].sizes == "1×8×8 → 2×6×6" and layers[0].formula == "y = x ⋆ K + b  (3×3)"
    assert layers[-1].sizes == "18 → 10" and layers[-1].formula == "y = xAᵀ + b"

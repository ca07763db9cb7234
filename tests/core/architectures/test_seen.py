"""What one output sees of the input: where gradients reach is what the plan and the page say."""

from dataclasses import replace

import pytest
import torch

from core.architectures import ARCHITECTURES
from core.architectures.bricks import (
    GRU,
    LSTM,
    Activation,
    Branches,
    Conv1d,
    Conv2d,
    Embedding,
    Flatten,
    GlobalAveragePool,
    GroupNorm,
    LastStep,
    LayerNorm,
    Linear,
    MaxPool2d,
    MeanOverTime,
    Positions,
    Residual,
    Rows,
    SelfAttention,
)
from core.architectures.bricks.field import Field, Reach
from core.architectures.plans import PASSING, plan
from core.architectures.seen import sees_words
from core.data import DATASETS
from core.recording import outputs_of
from core.settings import Settings
from tests.core.architectures.networks import network

torch.set_num_threads(1)
SMOOTH = Activation(function="tanh")


def reached(bricks, shape, symbols=0):
    """For each layer a function: the places of the input that one output of it depends on."""
    layers = plan(bricks, shape, symbols)
    made = network(bricks, shape, 3, symbols).double().eval()
    draw = torch.Generator().manual_seed(5)
    if symbols:
        given = torch.randint(symbols, (6, *shape), generator=draw)
        table = made.get_submodule("embedding1").weight
        leaf = table[given].detach().requires_grad_()
        made.get_submodule("embedding1").forward = lambda _: leaf
    else:
        given = leaf = torch.randn(6, *shape, generator=draw).double().requires_grad_()
    with outputs_of(made, {layer.name for layer in layers}) as seen:
        made(given)

    def of(name, place):
        result = seen[name][1]
        if result is leaf:
            result = leaf * 1.0
        (slope,) = torch.autograd.grad(
            result[(slice(None), *place)].abs().sum(), leaf, retain_graph=True
        )
        others = (0, 1) if leaf.ndim == 4 else (0, 2)
        return slope.abs().sum(dim=others).nonzero().tolist()

    return layers, of


def some_places(layer):
    """First, middle and last places of a layer's output, of its first and last unit."""
    shape = layer.output_shape
    sides = shape[1:] if len(shape) == 3 else shape[:-1]
    for unit in {0, shape[layer.units_axis] - 1}:
        for where in {0, 1, 2}:
            at = tuple((side - 1) * where // 2 for side in sides)
            yield (at, (unit, *at) if len(shape) == 3 else (*at, unit))


def within(field: Field, at, places):
    """The places lie in what the field says; whether they reach both its ends along each side."""
    ends = [
        (max(0, low), min(length - 1, high))
        for (low, high), length in zip(field.at(at), field.lengths, strict=True)
    ]
    for place in places:
        assert field.norms or all(
            low <= n <= high for n, (low, high) in zip(place, ends, strict=True)
        ), (place, ends)
    return all(
        {low, high} <= {place[side] for place in places} for side, (low, high) in enumerate(ends)
    )


WINDOW = Conv2d(filters=3, kernel=3, padding=1)
WIDE = Conv2d(filters=2, kernel=7, padding=3)
APART = ((Conv2d(filters=2, kernel=1, stride=2),), (Conv2d(filters=2, kernel=11),))
READERS = ((LSTM(units=2),), (Linear(units=2),))
LOOKS_BACK = Residual(block=(SelfAttention(causal=True),))
OWN = {
    "a Linear after rows": ((1, 6, 5), [Rows(), Linear(units=4), SMOOTH]),
    "a convolution after rows": ((1, 9, 5), [Rows(), Conv1d(filters=4, kernel=3), Linear(units=2)]),
    "recurrent after rows": ((1, 7, 5), [Rows(), LSTM(units=3, layers=2), Linear(units=2)]),
    "both directions": ((8, 3), [GRU(units=3, bidirectional=True), Linear(units=2)]),
    "both directions twice": ((8, 3), [GRU(units=3, layers=2, bidirectional=True)]),
    "causal": ((7, 4), [SelfAttention(heads=2, causal=True), Linear(units=3)]),
    "attention": ((7, 4), [Linear(units=4), SelfAttention(heads=2), LastStep(), Linear(units=3)]),
    "the last of windows": ((11, 3), [Conv1d(filters=3, kernel=4), LastStep(), Linear(units=2)]),
    "windows over what was read": ((9, 3), [LSTM(units=3), Conv1d(filters=3, kernel=3, padding=1)]),
    "a mean of windows": ((9, 2), [Conv1d(filters=3, kernel=2, stride=2), MeanOverTime()]),
    "branches that step apart": ((2, 21, 21), [Branches(branches=APART), WINDOW]),
    "branches of windows": ((2, 12, 12), [Branches(branches=((WINDOW,), (WIDE,)))]),
    "branches of readers": ((8, 3), [Branches(branches=READERS), Linear(units=3)]),
    "a norm of all": ((2, 10, 10), [WINDOW, LayerNorm(), SMOOTH, WINDOW]),
    "a norm of groups": ((2, 9, 9), [WIDE, GroupNorm(groups=2), SMOOTH, WINDOW]),
    "steps normed": ((6, 4), [LayerNorm(), LOOKS_BACK, Linear(units=2)]),
    "a mean of channels": ((2, 9, 9), [WIDE, GlobalAveragePool(), Linear(units=2)]),
    "laid out": ((2, 8, 8), [WINDOW, MaxPool2d(), Flatten(), SMOOTH, Linear(units=3)]),
}  # fmt: skip


def assert_holds(layers, of):
    exact = 0
    for layer in layers:
        for at, place in some_places(layer):
            exact += within(layer.field, at, of(layer.name, place))
    return exact


@pytest.mark.parametrize("name", OWN)
def test_gradients_come_from_just_where_the_plan_says(name):
    shape, bricks = OWN[name]
    layers, of = reached(bricks, shape)
    assert assert_holds(layers, of) > 0
    last = layers[-1]
    if not last.field.norms and not last.field.at_most:
        shown = [within(last.field, at, of(last.name, place)) for at, place in some_places(last)]
        assert all(shown), "no more is said than there is"


EACH = [
    ("digits", "lenet"), ("digits", "vgg"), ("digits", "resnet"), ("digits", "inception"),
    ("digits", "two_linear"), ("digits", "mlp"), ("digits", "rnn"), ("sunspots", "lstm"),
    ("waveforms", "gru"), ("digits", "transformer"), ("letters", "transformer"),
    ("letters", "gru"), ("recall", "transformer"), ("carseats", "tabular"),
    ("spirals", "playground"),
]  # fmt: skip


def test_every_architecture_is_tried():
    assert {name for _, name in EACH} == set(ARCHITECTURES)
    assert {DATASETS[data].kind for data, _ in EACH} == {"image", "sequence", "symbols", "vector"}


@pytest.mark.parametrize(("data", "name"), EACH)
def test_of_every_architecture_no_output_depends_on_more_than_is_said(data, name):
    settings = Settings(data=data, architecture=name)
    dataset = settings.dataset
    layers, of = reached(list(settings.bricks), dataset.shape, len(dataset.alphabet))
    if dataset.kind == "vector":
        assert all(sees_words(layer, "vector") == "" for layer in layers)
        return
    assert_holds(layers, of)
    for layer in layers:
        words = sees_words(layer, dataset.kind)
        if words == "all of the input":
            at, place = next(iter(some_places(layer)))
            if len(layer.output_shape) == 1:
                whole = [(0, n - 1) for n in layer.field.lengths]
                found = of(layer.name, place)
                assert layer.kind == "activation" or all(
                    {low, high} <= {one[side] for one in found} | {low, high}
                    for side, (low, high) in enumerate(whole)
                )


def words_of(bricks, shape, kind, symbols=0):
    return [sees_words(layer, kind) for layer in plan(bricks, shape, symbols)]


def test_the_page_says_it_in_words():
    rows = [Rows(), Linear(units=4), Conv1d(filters=2, kernel=3), LSTM(units=3), LastStep()]
    assert words_of(rows, (1, 9, 5), "image") == [
        "at most 1 row of the input", "1 row of the input", "3 rows of the input",
        "all rows up to the end of its own window", "all of the input",
    ]  # fmt: skip
    text = [
        Embedding(symbols=5, features=4),
        Positions(),
        SelfAttention(causal=True),
        Linear(units=5),
    ]
    seen = "its own symbol and those before it"
    assert words_of(text, (7,), "symbols", 5) == [*["1 symbol of the input"] * 2, seen, seen]
    residual = [Embedding(symbols=5, features=4), Residual(block=(SelfAttention(causal=True),))]
    assert words_of(residual, (7,), "symbols", 5)[-1] == seen
    assert words_of([GRU(units=2, bidirectional=True)], (7, 2), "sequence") == [""]
    both = [GRU(units=2, bidirectional=True), Linear(units=2)]
    assert words_of(both, (7, 2), "sequence")[-1] == "all of the input"
    assert words_of([Conv1d(filters=2, kernel=3), LastStep()], (9, 2), "sequence") == [
        "3 steps of the input", "steps 7 to 9 of the input",
    ]  # fmt: skip
    assert words_of([LastStep()], (9, 2), "sequence") == ["step 9 of the input"]
    assert words_of([WINDOW, GroupNorm(groups=3)], (1, 9, 9), "image") == [
        "3×3 pixels of the input",
        "3×3 pixels of the input; through the mean and variance of a norm, all of the input",
    ]
    apart = [Branches(branches=((WINDOW,), (Conv2d(filters=2, kernel=5, padding=2),)))]
    assert words_of(apart, (1, 9, 9), "image")[-1] == "at most 5×5 pixels of the input"
    assert words_of([Flatten(), Linear(units=2)], (1, 9, 9), "image") == ["", "all of the input"]
    assert words_of([Linear(units=2)], (9,), "vector") == [""]
    assert words_of([Linear(units=2)], (9, 2), "image") == [""], "of what does not fit: nothing"


def test_windows_of_several_paces_are_not_told_as_one():
    layer = plan([Linear(units=2)], (12, 3))[0]
    for side, told in (
        ((Reach(-1, 1, 1, 1), Reach(0, 2, 3, 2)), "up to 7 steps of the input"),
        ((Reach(0, 1, 0, 2),), "up to 6 steps of the input"),
        ((Reach(-1, 1, 1, 1),), "3 steps of the input"),
    ):
        assert sees_words(replace(layer, field=Field((side,), (12,))), "sequence") == told


def test_what_is_laid_out_anew_is_never_said_to_see_all():
    layers = plan([Conv2d(filters=2, kernel=3), Flatten(), SMOOTH], (1, 6, 6))
    assert layers[1].kind in PASSING and layers[2].field.at_most
    assert sees_words(layers[2], "image") == ""

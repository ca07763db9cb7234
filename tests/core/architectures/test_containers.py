"""Containers against modules written by hand: Residual and Branches, nested, and what is around."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from core.architectures.bricks import (
    Activation,
    AvgPool2d,
    BatchNorm,
    Branches,
    Conv2d,
    Embedding,
    Flatten,
    GlobalAveragePool,
    GroupNorm,
    LastStep,
    LayerNorm,
    Linear,
    MaxPool2d,
    Mismatch,
    Residual,
    place_of,
)
from core.architectures.builder import owner
from core.architectures.plans import MAX_DEPTH, MAX_LAYERS, plan
from core.recording import outputs_of
from tests.core.architectures.networks import network, noise, seeded

torch.set_num_threads(1)
CONV = Conv2d(filters=4, kernel=3, padding=1)
DOWN = Residual(
    block=(
        Conv2d(filters=6, kernel=3, stride=2, padding=1),
        BatchNorm(),
        Activation(),
        Conv2d(filters=6, kernel=3, padding=1),
        BatchNorm(),
    ),
    shortcut=(Conv2d(filters=6, kernel=1, stride=2), BatchNorm()),
)
INCEPTION = Branches(
    branches=(
        (Conv2d(filters=2, kernel=1),),
        (Conv2d(filters=3, kernel=1), Activation(), Conv2d(filters=4, kernel=3, padding=1)),
        (MaxPool2d(size=3, stride=1, padding=1), Conv2d(filters=1, kernel=1)),
        (),
    )
)


class ByHand(nn.Module):
    """The same network, its parts in the same order, joined by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.norm1 = nn.Conv2d(4, 6, 3, 2, 1), nn.BatchNorm2d(6)
        self.two, self.norm2 = nn.Conv2d(6, 6, 3, 1, 1), nn.BatchNorm2d(6)
        self.skip, self.norm3 = nn.Conv2d(4, 6, 1, 2), nn.BatchNorm2d(6)
        self.narrow, self.before = nn.Conv2d(6, 2, 1), nn.Conv2d(6, 3, 1)
        self.wide, self.pooled = nn.Conv2d(3, 4, 3, 1, 1), nn.Conv2d(6, 1, 1)
        self.last = nn.Linear(13, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inside = self.norm2(self.two(self.norm1(self.one(x)).relu()))
        x = self.norm3(self.skip(x)) + inside
        pooled = self.pooled(functional.max_pool2d(x, 3, 1, 1))
        side = [self.narrow(x), self.wide(self.before(x).relu()), pooled, x]
        return self.last(torch.cat(side, 1).mean((2, 3)))


def test_containers_start_compute_and_learn_as_the_same_network_by_hand():
    stack = [DOWN, INCEPTION, GlobalAveragePool(), Linear(units=10)]
    ours, theirs = network(stack, (4, 8, 8), 9), seeded(9, ByHand)
    mine, hands = ours.state_dict(), theirs.state_dict()
    for one, other in zip(mine.values(), hands.values(), strict=True):
        assert torch.equal(one, other)
    for mode in (True, False):
        x = noise(3, 4, 8, 8)
        one, other = ours.train(mode)(x), theirs.train(mode)(x)
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-6)
        for result in (one, other):
            result.square().mean().backward()
        for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(p.grad, q.grad, rtol=1e-4, atol=1e-6)


def test_the_layers_inside_come_before_their_container_and_know_their_sources():
    layers = plan([CONV, Residual(block=(CONV, Activation())), INCEPTION], (4, 8, 8))
    assert [(layer.place, layer.name, layer.sources) for layer in layers] == [
        ("1", "conv1", ("",)),
        ("2.1", "conv2", ("conv1",)),
        ("2.2", "relu1", ("conv2",)),
        ("2", "residual1", ("relu1", "conv1")),
        ("3.1.1", "conv3", ("residual1",)),
        ("3.2.1", "conv4", ("residual1",)),
        ("3.2.2", "relu2", ("conv4",)),
        ("3.2.3", "conv5", ("relu2",)),
        ("3.3.1", "maxpool1", ("residual1",)),
        ("3.3.2", "conv6", ("maxpool1",)),
        ("3", "branches1", ("conv3", "conv5", "conv6", "residual1")),
    ]
    words = {word: [x.name for x in inside] for word, inside in layers[-1].inside}
    assert words == {
        "branch1": ["conv3"],
        "branch2": ["conv4", "relu2", "conv5"],
        "branch3": ["maxpool1", "conv6"],
        "branch4": [],
    }
    assert layers[-1].output_shape == (11, 8, 8)


def test_a_container_in_a_container_is_one_of_its_layers():
    inner = Residual(block=(Linear(units=5),))
    layers = plan([Branches(branches=((inner, Activation()), (inner,)))], (5,))
    assert [layer.place for layer in layers] == [
        "1.1.1.1",
        "1.1.1",
        "1.1.2",
        "1.2.1.1",
        "1.2.1",
        "1",
    ]
    inside = [[layer.name for layer in stack] for _, stack in layers[-1].inside]
    assert inside == [["residual1", "relu1"], ["residual2"]]


@pytest.mark.parametrize("shapes", [((2, 3, 4), 1), ((5, 3), 2), ((4,), 1)])
def test_branches_of_every_kind_of_input_lie_side_by_side(shapes):
    shape, dim = shapes
    bricks = [Branches(branches=((Activation(function="tanh"),), (), (Activation(),)))]
    made, x = network(bricks, shape), noise(3, *shape)
    assert torch.equal(made(x), torch.cat([x.tanh(), x, x.relu()], dim))
    assert tuple(made(x).shape[1:]) == plan(bricks, shape)[-1].output_shape


def test_norms_and_the_global_pool_are_torchs():
    x = noise(3, 6, 4, 5)
    for brick, theirs in (
        (LayerNorm(), nn.LayerNorm((6, 4, 5))),
        (GroupNorm(groups=3), nn.GroupNorm(3, 6)),
        (GroupNorm(groups=6), nn.GroupNorm(6, 6)),
        (GlobalAveragePool(), nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())),
    ):
        ours = network([brick], (6, 4, 5))
        torch.testing.assert_close(ours(x), theirs(x))
        for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            assert torch.equal(one, other)
    assert torch.equal(
        network([GroupNorm(groups=2)], (6,))(x[:, :, 0, 0]), nn.GroupNorm(2, 6)(x[:, :, 0, 0])
    )


def test_outputs_are_collected_inside_containers_and_of_their_stacks():
    stack = [CONV, Residual(block=(Residual(block=(CONV,)), Activation()))]
    made, x = network(stack, (4, 6, 6)), noise(2, 4, 6, 6)
    names = {"conv2", "residual1", "residual1.block", "residual1.shortcut", "residual2", "relu1"}
    with outputs_of(made, names | {"residual2.block", "residual2.shortcut"}) as seen:
        result = made(x)
    first = made[0](x)
    inner = made[1].block[0].block[0](first)
    assert torch.equal(seen["conv2"][0], first) and torch.equal(seen["conv2"][1], inner)
    assert torch.equal(seen["residual2.block"][1], inner)
    assert torch.equal(seen["residual2.shortcut"][1], first)
    assert torch.equal(seen["residual2"][1], inner + first)
    assert torch.equal(seen["residual1.block"][1], (inner + first).relu())
    assert torch.equal(seen["residual1"][1], result)
    assert not any(module._forward_hooks for module in made.modules())


def test_an_array_of_a_nested_layer_finds_its_layer():
    made = network([Residual(block=(Residual(block=(Linear(units=4),)),))], (4,))
    assert [*made.state_dict()] == [
        "residual1.block.residual2.block.linear1.weight",
        "residual1.block.residual2.block.linear1.bias",
    ]
    assert {owner(name) for name in made.state_dict()} == {
        ("linear1", "weight"),
        ("linear1", "bias"),
    }


TANH = Activation(function="tanh")
REFUSED = [
    ([TANH, Residual(block=(TANH, Conv2d(filters=2, kernel=9)))], r"layer 2\.2: Conv2d .* of 9"),
    ([Residual(block=(TANH,), shortcut=(Linear(units=2),))], r"layer 1\.shortcut\.1: Linear needs"),
    ([TANH, Branches(branches=((), (TANH, LastStep())))], r"layer 2\.2\.2: LastStep .* 4×6×6"),
    ([Residual(block=(CONV, AvgPool2d()))], r"layer 1: Residual .* 4×3×3 .* 4×6×6; both"),
    ([Branches(branches=((AvgPool2d(),), (CONV,)))], r"layer 1: .* branch 2's 4×6×6 .* 4×3×3"),
    ([Branches(branches=((Flatten(),), (CONV,)))], r"layer 1: .* branch 2's 4×6×6 .* 1's 144;"),
    ([Residual(block=(Branches(branches=((TANH,), (CONV,))),))], r"layer 1: .* 8×6×6 .* 4×6×6"),
    ([Residual(block=(Embedding(symbols=4),))], r"layer 1\.1: Embedding needs symbols"),
    ([Residual(block=(CONV,) * 30)] * 7, rf"layer 7\.\d+: at most {MAX_LAYERS} layers"),
]


@pytest.mark.parametrize("bricks, sentence", REFUSED)
def test_what_does_not_fit_inside_is_found_in_its_place(bricks, sentence):
    with pytest.raises(Mismatch, match=f"^{sentence}"):
        plan(bricks, (4, 6, 6))


def test_containers_fit_in_one_another_to_a_depth():
    brick: Residual | Activation = TANH
    for _ in range(MAX_DEPTH):
        brick = Residual(block=(brick,))
    assert len(plan([brick], (3,))) == MAX_DEPTH + 1
    deepest = r"layer 1(\.1){4}: at most 4 containers fit in one another"
    with pytest.raises(Mismatch, match=f"^{deepest}$"):
        plan([Residual(block=(brick,))], (3,))


@pytest.mark.parametrize("features", [6, 7])
def test_symbols_do_not_pass_through_an_empty_stack(features):
    """Where shapes agree by chance, symbols would be added to numbers."""
    block = (Embedding(symbols=5, features=features), LastStep())
    for brick in (
        Residual(block=block),
        Branches(branches=(block, ())),
        Branches(branches=((), ())),
    ):
        with pytest.raises(Mismatch, match=r"^layer 1: .* passes on symbols; put an Embedding"):
            plan([brick], (6,), 5)
    inside = Residual(block=block, shortcut=block)
    assert plan([inside], (6,), 5)[-1].output_shape == (features,)


@pytest.mark.parametrize(
    ("steps", "place"),
    [
        ([0], "1"),
        ([3, "block", 1], "4.2"),
        ([3, "shortcut", 0], "4.shortcut.1"),
        ([3, "shortcut"], "4"),  # the shortcut itself, no brick of it
        ([0, "branches", 0, 1, "units"], "1.1.2"),
        ([0] * 9, "1.1.1.1.1.1.1.1.1"),
        ([0] * 10, "1.1.1.1.1.1.1.1.1…"),
    ],
)
def test_a_brick_is_named_by_its_place_counted_from_one(steps: list[int | str], place: str):
    assert place_of(steps) == place

"""What an output sees of the input: the plan's receptive field is where gradients reach."""

import pytest
import torch
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from core.architectures.bricks import (
    LSTM,
    Activation,
    AnyBrick,
    AvgPool2d,
    BatchNorm,
    Branches,
    Conv1d,
    Conv2d,
    Embedding,
    Flatten,
    GlobalAveragePool,
    LastStep,
    Linear,
    MaxPool2d,
    MeanOverTime,
    Mismatch,
    Residual,
    Rows,
    SelfAttention,
)
from core.architectures.bricks.field import Field, Reach
from core.architectures.plans import plan
from core.recording import outputs_of
from tests.core.architectures.networks import network, noise

torch.set_num_threads(1)
SIDE = 41


def reached(bricks: list[AnyBrick], shape: tuple[int, ...]) -> dict[str, tuple[int, int]]:
    """The first and the last place along a side of the input that each layer's middle depends on.

    Of an image along its height; from several inputs, so that each of a max pool's pixels wins.
    """
    layers = plan(bricks, shape)
    made = network(bricks, shape, seed=3).double().eval()
    found: dict[str, tuple[int, int]] = {}
    x = noise(12, *shape).double().requires_grad_()
    with outputs_of(made, {layer.name for layer in layers}) as seen:
        made(x)
    for layer in layers:
        result = seen[layer.name][1]
        middle = result[..., result.shape[-2] // 2, result.shape[-1] // 2]
        if len(shape) == 2:
            middle = result[:, result.shape[1] // 2]
        (slope,) = torch.autograd.grad(middle.abs().sum(), x, retain_graph=True)
        along = slope.abs().sum(dim=(0, 1, 3) if len(shape) == 3 else (0, 2))
        places = along.nonzero()[:, 0].tolist() or [0]  # none where it looks at padding alone
        found[layer.name] = places[0], places[-1]
    return found


def conv(kernel: int, stride: int = 1, padding: int = 0) -> Conv2d:
    return Conv2d(filters=4, kernel=kernel, stride=stride, padding=padding)


SMOOTH = Activation(function="tanh")
PLAIN = Residual(block=(conv(3, padding=1), SMOOTH, conv(3, padding=1)))
IMAGES: dict[str, list[AnyBrick]] = {
    "convolutions": [conv(3), SMOOTH, conv(4), BatchNorm(), conv(1), conv(2)],
    "with strides": [conv(3, 2), SMOOTH, conv(3, 3), conv(2)],
    "with padding": [conv(5, padding=2), conv(3, 2, 1), conv(3, padding=1)],
    "pools": [conv(3), AvgPool2d(), SMOOTH, MaxPool2d(size=3, stride=2), conv(2)],
    "steps that leave pixels out": [conv(1, 3), conv(2), conv(1, 2)],
    "residuals": [conv(3), PLAIN, PLAIN, AvgPool2d(), PLAIN],
    "a strided residual": [
        PLAIN,
        Residual(block=(conv(3, 2, 1), conv(3, padding=1)), shortcut=(conv(1, 2),)),
        PLAIN,
    ],
    "branches": [
        conv(3),
        Branches(
            branches=((conv(1),), (conv(5, padding=2),), (conv(3, padding=1), conv(3, padding=1)))
        ),
        conv(2),
    ],
    "windows that lie beside one another": [
        Branches(branches=((conv(5, 3),), (conv(5, 3, 1), conv(1)))),
        conv(2),
    ],
    "nested": [Residual(block=(PLAIN, Branches(branches=((conv(3, padding=1),), ())), conv(1)))],
}
STEPS: dict[str, list[AnyBrick]] = {
    "convolutions": [
        Conv1d(filters=4, kernel=3, padding=1),
        SMOOTH,
        Conv1d(filters=4, kernel=4, stride=2),
        Linear(units=3),
        Conv1d(filters=3, kernel=2),
    ],
    "containers": [
        Residual(block=(Conv1d(filters=3, kernel=3, padding=1), SMOOTH)),
        Branches(branches=((Conv1d(filters=2, kernel=5, padding=2),), (Linear(units=4),))),
    ],
}


@pytest.mark.parametrize(
    "bricks, shape",
    [*((b, (4, SIDE, SIDE)) for b in IMAGES.values()), *((b, (SIDE, 3)) for b in STEPS.values())],
    ids=[*IMAGES, *(f"{name} over steps" for name in STEPS)],
)
def test_a_middle_output_depends_on_as_much_as_the_plan_says(bricks, shape):
    found = reached(bricks, shape)
    for layer in plan(bricks, shape):
        first, last = found[layer.name]
        assert layer.sees == last - first + 1, layer.name
        assert first > 0 and last < SIDE - 1  # so no edge cut anything off


windows = {"kernel": st.integers(1, 4), "stride": st.integers(1, 3), "padding": st.integers(0, 2)}
sliding = st.one_of(
    st.builds(Conv2d, filters=st.just(2), **windows),
    st.builds(AvgPool2d, size=st.integers(1, 3), stride=st.integers(1, 3)),
    st.just(BatchNorm()),
)


@st.composite
def joined(draw: st.DrawFn) -> AnyBrick:
    """Two stacks side by side, whatever their windows are."""
    one, other = (draw(st.lists(sliding, max_size=2)) for _ in range(2))
    return Branches(branches=(one, other))


@given(st.lists(st.one_of(sliding, joined()), min_size=1, max_size=3))
@rules(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_output_depends_on_more_than_the_plan_says(bricks):
    shape = (1, 25, 25)
    try:
        layers = plan(bricks, shape)
    except Mismatch:
        return
    found = reached(bricks, shape)
    for layer in layers:
        first, last = found[layer.name]
        assert layer.sees is None or last - first + 1 <= layer.sees, layer.name


def test_stacks_that_drift_apart_see_everything():
    """One steps by 2 and one by 1: how far apart they are depends on where one looks."""
    apart = Branches(branches=((conv(1, 2),), (AvgPool2d(size=1, stride=1), conv(21))))
    layers = plan([apart, conv(1)], (2, SIDE, SIDE))
    assert [layer.sees for layer in layers] == [1, 1, 21, None, None]


def test_a_window_is_as_wide_as_all_of_it_where_it_comes_in_parts():
    assert Field(((Reach(-1, 1, 1, 1),), (Reach(0, 1, 2, 1),)), (9, 9)).width == 3
    parts = (Reach(-1, 1, 1, 1), Reach(3, 2, 5, 2))
    assert Field((parts, parts), (9, 9)).width is None
    assert Field(((Reach(-1, 1, 1, 1),), (Reach(0, 1, 3, 1),)), (9, 9)).width is None
    assert Field(((Reach(0, 0, 8, 1),),), (9,)).width is None


@pytest.mark.parametrize("brick", [Flatten(), Rows(), GlobalAveragePool()])
def test_what_lays_an_image_out_sees_all_of_it(brick):
    layers = plan([conv(3), brick, SMOOTH], (2, 9, 9))
    assert [layer.sees for layer in layers] == [3, None, None]


def test_what_a_sequence_or_a_vector_sees():
    for brick in (LSTM(units=2), SelfAttention(), LastStep(), MeanOverTime()):
        assert [layer.sees for layer in plan([Linear(units=2), brick], (5, 3))] == [1, None]
    assert [layer.sees for layer in plan([SMOOTH, Linear(units=2)], (5,))] == [None, None]
    bricks = (Embedding(symbols=4, features=2), Conv1d(filters=2, kernel=3))
    assert [layer.sees for layer in plan(bricks, (5,), 4)] == [1, 3]

"""Random stacks of all kinds of bricks over all kinds of inputs, sound ones and unsound ones."""

from collections.abc import Sequence

from hypothesis import strategies as st

from core.activations import ACTIVATIONS
from core.architectures.bricks import (
    GRU,
    LSTM,
    RNN,
    Activation,
    AnyBrick,
    AvgPool2d,
    BatchNorm,
    Branches,
    Conv1d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePool,
    GroupNorm,
    LastStep,
    LayerNorm,
    Linear,
    MaxPool2d,
    MeanOverTime,
    Mismatch,
    Positions,
    Residual,
    Rows,
    SelfAttention,
    Shape,
)
from core.architectures.plans import plan

few = st.integers(1, 6)
keeping = st.one_of(
    st.builds(Activation, function=st.sampled_from(list(ACTIVATIONS))),
    st.builds(Dropout, share=st.floats(0, 0.9)),
    st.just(BatchNorm()),
    st.just(LayerNorm()),
)
small_windows = {"stride": st.integers(1, 2)}
sliding = {"filters": few, "kernel": st.integers(1, 4), "padding": st.integers(0, 2)}
reading = {"units": few, "layers": st.integers(1, 2), "bidirectional": st.booleans()}
grouped = st.builds(GroupNorm, groups=st.integers(1, 3))
linear = st.builds(Linear, units=few)
images = st.one_of(
    st.builds(Conv2d, **sliding, **small_windows),
    st.builds(MaxPool2d, size=st.integers(1, 3), **small_windows),
    st.builds(AvgPool2d, size=st.integers(1, 3), padding=st.integers(0, 1), **small_windows),
    st.sampled_from([GlobalAveragePool(), Flatten(), Rows()]),
    grouped,
)
sequences = st.one_of(
    st.builds(Conv1d, **sliding, **small_windows),
    st.builds(RNN, function=st.sampled_from(["tanh", "relu"]), **reading),
    st.builds(LSTM, **reading),
    st.builds(GRU, **reading),
    st.builds(SelfAttention, heads=st.integers(1, 3), causal=st.booleans()),
    st.sampled_from([LastStep(), MeanOverTime(), Positions(), Flatten()]),
    linear,
)
vectors = st.one_of(linear, linear, grouped, st.just(Flatten()))
BY_SIDES = {1: vectors, 2: sequences, 3: images}
wrong: st.SearchStrategy[AnyBrick] = st.one_of(
    keeping,
    images,
    sequences,
    vectors,
    st.builds(Embedding, symbols=few, features=few),
    st.builds(Conv2d, filters=st.just(2), kernel=st.integers(30, 64)),
    st.builds(Conv1d, filters=st.just(2), kernel=st.integers(30, 64)),
    st.builds(MaxPool2d, size=st.integers(2, 64), padding=st.integers(1, 32)),
    st.builds(SelfAttention, heads=st.integers(7, 64)),
    st.builds(GroupNorm, groups=st.integers(7, 64)),
    st.builds(LSTM, units=st.just(2048), layers=st.just(8)),
    st.just(Linear(units=65_536)),
)
inputs: st.SearchStrategy[tuple[Shape, int]] = st.one_of(
    st.tuples(st.tuples(st.integers(1, 3), st.integers(4, 8), st.integers(4, 8)), st.just(0)),
    st.tuples(st.tuples(st.integers(1, 9), few), st.just(0)),
    st.tuples(st.tuples(st.integers(1, 9)), st.just(0)),
    st.tuples(st.tuples(st.integers(1, 9)), few),
)


def given_shape(bricks: Sequence[AnyBrick], shape: Shape) -> Shape:
    """What a sound stack gives for numbers of this shape."""
    return plan(bricks, shape)[-1].output_shape if bricks else shape


@st.composite
def fitting(draw: st.DrawFn, shape: Shape, most: int, depth: int) -> tuple[AnyBrick, ...]:
    """At most so many bricks that fit one another, with containers inside down to a depth."""
    bricks: list[AnyBrick] = []
    for _ in range(draw(st.integers(0, most))):
        if depth and draw(st.integers(1, 4)) == 1:
            brick = draw(containers(shape, depth - 1))
        else:
            brick = draw(st.one_of(keeping, BY_SIDES[len(shape)]))
        try:
            shape = given_shape([brick], shape)
        except Mismatch:  # a window over what has become too small, heads that do not divide
            continue
        bricks.append(brick)
    return tuple(bricks)


@st.composite
def containers(draw: st.DrawFn, shape: Shape, depth: int) -> AnyBrick:
    """A Residual or Branches, most of them sound."""
    stacks = [draw(fitting(shape, 3, depth)) for _ in range(draw(st.integers(2, 3)))]
    if draw(st.booleans()):
        block = stacks[0] or (Activation(),)
        after = given_shape(block, shape)
        if after == shape and draw(st.booleans()):
            return Residual(block=block)
        if len(after) == 1:
            return Residual(block=block, shortcut=(Flatten(), Linear(units=after[0])))
        return Residual(block=block, shortcut=block)
    rest = {len(s): s[:1] if len(s) == 2 else s[1:] for s in [given_shape(stacks[0], shape)]}
    beside = []
    for stack in stacks[1:]:
        after = given_shape(stack, shape)
        if rest.get(len(after)) == (after[:1] if len(after) == 2 else after[1:]):
            beside.append(stack)
    return Branches(branches=(stacks[0], *(beside or [stacks[0]])))


@st.composite
def stacks(draw: st.DrawFn) -> tuple[tuple[AnyBrick, ...], Shape, int]:
    """Bricks with the shape and the number of symbols of their input.

    In three of ten another brick is put somewhere, in front of the others or inside a container.
    """
    shape, symbols = draw(inputs)
    bricks: list[AnyBrick] = []
    inner = shape
    if symbols:
        bricks.append(Embedding(symbols=symbols + draw(st.integers(0, 2)), features=draw(few)))
        inner = bricks[0].output(shape)
    bricks += draw(fitting(inner, 6, 3))
    if draw(st.integers(1, 10)) > 7:
        other = draw(wrong)
        if draw(st.booleans()):
            other = Residual(block=(Activation(function="tanh"), other))
        elif draw(st.booleans()):
            other = Branches(branches=((), (Dropout(share=0.5), other)))
        bricks.insert(draw(st.integers(0, len(bricks))), other)
    return tuple(bricks), shape, symbols


def brick_at(bricks: Sequence[AnyBrick], place: str) -> AnyBrick:
    """The brick in a place, "4.2" or "4.shortcut.1" or "4.1.2"."""
    number, _, rest = place.partition(".")
    brick = bricks[int(number) - 1]
    if not rest:
        return brick
    if isinstance(brick, Residual):
        inside = rest.removeprefix("shortcut.")
        return brick_at(brick.block if inside == rest else brick.shortcut, inside)
    assert isinstance(brick, Branches)
    branch, _, rest = rest.partition(".")
    return brick_at(brick.branches[int(branch) - 1], rest)

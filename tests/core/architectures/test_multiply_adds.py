"""Multiplications with an addition: what the plan says is what torch's flop counter counts."""

import pytest
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from core.architectures.bricks import (
    GRU,
    LSTM,
    RNN,
    Activation,
    AvgPool2d,
    BatchNorm,
    Branches,
    Conv1d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePool,
    LastStep,
    LayerNorm,
    Linear,
    MeanOverTime,
    Positions,
    Residual,
    Rows,
    SelfAttention,
)
from core.architectures.plans import plan
from tests.core.architectures.networks import network, noise

torch.set_num_threads(1)
BATCH = 3


def counted(made: nn.Module, x: torch.Tensor) -> dict[str, int]:
    """Multiply-adds of each module for one input, the whole network's as "Global".

    Kernels that do a layer in one call hide its products from the counter: those for attention are
    off, and those for an LSTM do not know 64 bits.
    """
    with (
        torch.no_grad(),
        sdpa_kernel(SDPBackend.MATH),
        FlopCounterMode(display=False) as counter,
    ):
        made.double()(x.double())
    return {
        path.rpartition(".")[2]: sum(kinds.values()) // (2 * BATCH)
        for path, kinds in counter.get_flop_counts().items()
    }


CONV = Conv2d(filters=4, kernel=3, padding=1)
STACKS = {
    "convolutions": (
        [
            Conv2d(filters=5, kernel=3, stride=2, padding=1),
            BatchNorm(),
            Activation(),
            Conv2d(filters=7, kernel=4),
            AvgPool2d(),
            Flatten(),
            Linear(units=10),
        ],
        (3, 16, 16),
    ),
    "a residual network": (
        [
            CONV,
            Residual(block=(CONV, BatchNorm(), Activation(), CONV)),
            Residual(
                block=(
                    Conv2d(filters=6, kernel=3, stride=2, padding=1),
                    Residual(block=(Conv2d(filters=6, kernel=1),)),
                ),
                shortcut=(Conv2d(filters=6, kernel=1, stride=2),),
            ),
            Branches(branches=((Conv2d(filters=2, kernel=1),), (), (CONV, CONV))),
            GlobalAveragePool(),
            Linear(units=10),
        ],
        (1, 8, 8),
    ),
    "convolutions over steps": (
        [Conv1d(filters=5, kernel=3, stride=2, padding=1), Linear(units=4), MeanOverTime()],
        (9, 3),
    ),
    "rows, then an RNN": (
        [Rows(), RNN(units=6, layers=2), LastStep(), Linear(units=10)],
        (2, 7, 5),
    ),
    "LSTMs": ([LSTM(units=4), LSTM(units=3, layers=3, bidirectional=True)], (6, 5)),
    "GRUs": ([GRU(units=4, bidirectional=True), GRU(units=3, layers=2), Dropout()], (6, 5)),
    "attention": (
        [
            Positions(),
            Residual(block=(LayerNorm(), SelfAttention(heads=3))),
            Residual(block=(LayerNorm(), Linear(units=24), Activation(), Linear(units=6))),
            SelfAttention(heads=2, causal=True),
        ],
        (5, 6),
    ),
}


@pytest.mark.parametrize("bricks, shape", STACKS.values(), ids=STACKS)
def test_every_layer_and_the_whole_network_count_as_torch_counts(bricks, shape):
    layers = plan(bricks, shape)
    found = counted(network(bricks, shape), noise(BATCH, *shape))
    for layer in layers:
        if not layer.inside:
            assert layer.multiply_adds == found.get(layer.name, 0), layer.name
    assert sum(layer.multiply_adds for layer in layers) == found["Global"] > 0


def test_a_symbols_row_is_found_without_a_product():
    layers = plan([Embedding(symbols=9, features=4), LSTM(units=3)], (5,), 9)
    assert [layer.multiply_adds for layer in layers] == [0, 5 * 12 * (4 + 3)]


@pytest.mark.parametrize("brick, cell", [(RNN, nn.RNNCell), (LSTM, nn.LSTMCell), (GRU, nn.GRUCell)])
def test_a_recurrent_layer_counts_as_its_cells_one_after_another(brick, cell):
    """Steps times the two products of a cell, counted in a loop over torch's cells by hand."""
    made = cell(5, 4)
    x, state = noise(6, BATCH, 5), None
    with FlopCounterMode(display=False) as counter:
        for step in x:
            state = made(step, state)
    layer = plan([brick(units=4)], (6, 5))[0]
    assert 2 * BATCH * layer.multiply_adds == counter.get_total_flops()

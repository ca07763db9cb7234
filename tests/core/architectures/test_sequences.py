"""Bricks for sequences against torch: recurrent layers, attention, embeddings, convolutions."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from core.architectures.bricks import (
    GRU,
    LSTM,
    RNN,
    BatchNorm,
    Conv1d,
    Embedding,
    LastStep,
    LayerNorm,
    Linear,
    MeanOverTime,
    Mismatch,
    Positions,
    Rows,
    SelfAttention,
)
from core.architectures.plans import plan
from tests.core.architectures.networks import network, noise, seeded

torch.set_num_threads(1)
RECURRENT = {"rnn": (RNN, nn.RNN), "lstm": (LSTM, nn.LSTM), "gru": (GRU, nn.GRU)}
CAUSAL = [True, False]


@pytest.mark.parametrize("both", [False, True], ids=["forwards", "both ways"])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("kind", RECURRENT)
def test_a_recurrent_layer_starts_computes_and_learns_as_torchs(kind, layers, both):
    brick, theirs = RECURRENT[kind]
    ours = network([brick(units=5, layers=layers, bidirectional=both)], (7, 3), 11)[0]
    torchs = seeded(11, theirs, 3, 5, layers, bidirectional=both, batch_first=True)
    assert ours.state_dict().keys() == torchs.state_dict().keys()
    for name, parameter in torchs.named_parameters():
        assert torch.equal(parameter, ours.get_parameter(name)), name
    x, weights = noise(4, 7, 3), noise(4, 7, 5 * (1 + both), seed=2)
    one, other = ours(x), torchs(x)[0]
    assert torch.equal(one, other)
    for result in (one, other):
        (result * weights).sum().backward()
    for name, parameter in torchs.named_parameters():
        assert torch.equal(parameter.grad, ours.get_parameter(name).grad), name


def test_an_rnn_with_relu_is_torchs():
    ours = network([RNN(units=4, function="relu")], (5, 3), 2)
    torchs = seeded(2, nn.RNN, 3, 4, nonlinearity="relu", batch_first=True)
    assert torch.equal(ours(noise(2, 5, 3)), torchs(noise(2, 5, 3))[0])


def test_recurrent_formulas_are_what_is_computed():
    """By hand, a step at a time, as the formulas on the cards say."""
    x = noise(1, 4, 3).double()
    for kind, (brick, _) in RECURRENT.items():
        ours = network([brick(units=2)], (4, 3), 3)[0].double()
        w, u, b, c = (
            ours.get_parameter(f"{name}_l0")
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        hidden, cell, found = torch.zeros(2).double(), torch.zeros(2).double(), []
        for step in x[0]:
            of_input, of_state = w @ step + b, u @ hidden + c
            if kind == "rnn":
                hidden = (of_input + of_state).tanh()
            elif kind == "lstm":
                i, f, g, o = (of_input + of_state).chunk(4)
                cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
                hidden = o.sigmoid() * cell.tanh()
            else:
                ri, zi, ni = of_input.chunk(3)
                rh, zh, nh = of_state.chunk(3)
                z = (zi + zh).sigmoid()
                hidden = (1 - z) * (ni + (ri + rh).sigmoid() * nh).tanh() + z * hidden
            found.append(hidden)
        torch.testing.assert_close(ours(x)[0], torch.stack(found), rtol=1e-12, atol=1e-12)


def torchs_attention(ours: nn.Module, features: int, heads: int) -> nn.MultiheadAttention:
    """torch's own attention with the same weights."""
    theirs = nn.MultiheadAttention(features, heads, batch_first=True)
    parts = ("query", "key", "value")
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([getattr(ours, f"weight_{p}") for p in parts]))
        theirs.in_proj_bias.copy_(torch.cat([getattr(ours, f"bias_{p}") for p in parts]))
        theirs.out_proj.weight.copy_(ours.weight_output)
        theirs.out_proj.bias.copy_(ours.bias_output)
    return theirs.double()


@pytest.mark.parametrize("causal", CAUSAL)
@pytest.mark.parametrize("heads", [1, 2, 3, 6])
def test_attention_is_torchs_multihead_attention(heads, causal):
    ours = network([SelfAttention(heads=heads, causal=causal)], (5, 6), 4)[0].double()
    with torch.no_grad():
        for name, bias in ours.named_parameters():
            if name.startswith("bias"):
                bias.copy_(noise(6, seed=len(name)))
    theirs = torchs_attention(ours, 6, heads)
    mask = nn.Transformer.generate_square_subsequent_mask(5).double() if causal else None
    ways = [noise(3, 5, 6).double().requires_grad_() for _ in range(2)]
    one = ours(ways[0])
    other, _ = theirs(ways[1], ways[1], ways[1], attn_mask=mask, need_weights=False)
    torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)
    for result in (one, other):
        (result * noise(3, 5, 6, seed=9).double()).sum().backward()
    torch.testing.assert_close(ways[0].grad, ways[1].grad, rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(
        ours.weight_key.grad, theirs.in_proj_weight.grad[6:12], rtol=1e-10, atol=1e-12
    )
    torch.testing.assert_close(ours.weight_output.grad, theirs.out_proj.weight.grad)


def test_attention_starts_as_linear_layers_do_without_biases():
    ours = network([SelfAttention(heads=2)], (5, 6), 7)[0]
    bound = 6**-0.5
    for name, parameter in ours.named_parameters():
        if name.startswith("bias"):
            assert not parameter.any()
        else:
            assert 0.8 * bound < parameter.abs().max() <= bound
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        assert torch.equal(ours.weight_query, nn.Linear(6, 6, bias=False).weight)


@pytest.mark.parametrize(
    "bricks",
    [
        [SelfAttention(heads=2, causal=True), LayerNorm(), Linear(units=3)],
        [Positions(), SelfAttention(causal=True), SelfAttention(heads=4, causal=True)],
        [LSTM(units=3, layers=2)],
        [RNN(units=3)],
        [GRU(units=3)],
    ],
)
def test_what_is_causal_does_not_see_what_comes_later(bricks):
    made = network(bricks, (6, 4), 5)
    for time in range(6):
        x = noise(2, 6, 4).requires_grad_()
        made(x)[:, time].square().sum().backward()
        assert not x.grad[:, time + 1 :].any()
        assert all(x.grad[:, step].any() for step in range(time + 1))


@pytest.mark.parametrize("brick", [SelfAttention(), GRU(units=3, bidirectional=True)])
def test_what_is_not_causal_sees_everything(brick):
    x = noise(2, 6, 4).requires_grad_()
    network([brick], (6, 4), 5)(x)[:, 0].square().sum().backward()
    assert all(x.grad[:, step].any() for step in range(6))


@pytest.mark.parametrize("kernel, stride, padding", [(1, 1, 0), (3, 1, 1), (4, 2, 0), (2, 3, 2)])
def test_a_convolution_over_steps_is_torchs(kernel, stride, padding):
    brick = Conv1d(filters=5, kernel=kernel, stride=stride, padding=padding)
    made, x = network([brick], (9, 3), 6), noise(2, 9, 3)
    conv = made[0]
    assert torch.equal(conv.weight, seeded(6, nn.Conv1d, 3, 5, kernel).weight)
    theirs = functional.conv1d(x.transpose(1, 2), conv.weight, conv.bias, stride, padding)
    assert torch.equal(made(x), theirs.transpose(1, 2))


def test_batchnorm_over_a_sequence_is_torchs_over_its_features():
    ours, theirs = network([BatchNorm()], (5, 3)), nn.BatchNorm1d(3)
    for seed in range(3):
        x = 2 * noise(4, 5, 3, seed=seed) + 1
        assert torch.equal(ours(x), theirs(x.transpose(1, 2)).transpose(1, 2))
    assert theirs.state_dict().keys() == ours[0].state_dict().keys()
    assert torch.equal(ours.eval()(x), theirs.eval()(x.transpose(1, 2)).transpose(1, 2))


def test_an_embedding_is_torchs():
    ours = network([Embedding(symbols=7, features=3)], (4,), 8, 7)
    theirs = seeded(8, nn.Embedding, 7, 3)
    assert torch.equal(ours[0].weight, theirs.weight)
    symbols = torch.tensor([[0, 6, 3, 3], [1, 2, 5, 0]])
    assert torch.equal(ours(symbols), theirs(symbols))


def test_positions_add_a_vector_of_their_own_to_every_step():
    made, x = network([Positions()], (4, 3), 8), noise(2, 4, 3)
    weight = made[0].weight
    assert torch.equal(made(x), x + weight) and torch.equal(made(x[:, :2]), x[:, :2] + weight[:2])
    drawn = torch.empty(4, 3).normal_(std=0.1, generator=torch.Generator().manual_seed(8))
    assert torch.equal(weight, drawn)


def test_reading_an_image_row_by_row_and_reading_the_end():
    image, x = noise(2, 3, 4, 5), noise(2, 4, 3)
    rows = network([Rows()], (3, 4, 5))(image)
    for step in range(4):
        assert torch.equal(rows[:, step], image[:, :, step].reshape(2, 15))
    assert torch.equal(network([LastStep()], (4, 3))(x), x[:, 3])
    torch.testing.assert_close(network([MeanOverTime()], (4, 3))(x), sum(x.unbind(1)) / 4)


def test_a_layer_norm_treats_each_step_by_itself():
    ours, x = network([LayerNorm()], (4, 3)), noise(2, 4, 3)
    assert torch.equal(ours(x), nn.LayerNorm(3)(x))
    assert torch.equal(ours(x)[:, 1], ours(x[:, 1]))


def test_rows_of_an_image_in_colour_are_not_looked_at_as_its_channels():
    layers = plan([Rows(), LSTM(units=3), LastStep()], (1, 8, 8))
    assert layers[1].looks_at == (8,)
    grey, colour = (plan([Rows(), Conv1d(filters=2)], (n, 8, 8))[1] for n in (1, 3))
    assert grey.looks_at == (8, 3) and colour.looks_at == (24, 3)


def test_symbols_are_no_numbers():
    first = Embedding(symbols=5, features=4)
    assert plan([first, LSTM(units=3)], (6,), 5)[1].output_shape == (6, 3)
    with pytest.raises(Mismatch, match=r"layer 1: LSTM needs numbers, but gets symbols"):
        plan([LSTM(units=3)], (6,), 5)
    with pytest.raises(Mismatch, match=r"layer 1: Embedding knows 5 .* gets 6; give it 6"):
        plan([first], (6,), 6)
    for inputs in ((6, 4), (6,)):
        with pytest.raises(Mismatch, match=r"layer 1: Embedding needs symbols, but gets numbers"):
            plan([first], inputs)
    with pytest.raises(Mismatch, match=r"layer 2: Embedding needs symbols, but gets numbers"):
        plan([first, first], (6,), 5)

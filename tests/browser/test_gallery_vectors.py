"""The layer gallery's mathematics of vectors and sequences is PyTorch's, in a real browser."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from core.lessons import LESSONS
from core.lessons.letters import vectors

TAPS = (None, 1, 0)
FAR = 1e4  # a gate with this bias is 1, or 0, to the last bit


def alike(found, wanted, **how):
    np.testing.assert_allclose(
        np.array(found, np.float64), wanted, **{"rtol": 1e-9, "atol": 1e-9} | how
    )


def test_padding_is_that_of_torch(compute):
    modes = {"Zeros": "constant", "Reflect": "reflect", "Repeat": "replicate", "Wrap": "circular"}
    random = np.random.default_rng(1)
    cases, wanted = [], []
    for size, kind, padding in itertools.product([(7, 9), (14, 14)], modes, range(7)):
        x = random.normal(size=size).astype(np.float32)
        volume = dict(values=x.ravel().tolist(), channels=1, height=size[0], width=size[1])
        cases.append([volume, kind, padding])
        given = torch.from_numpy(x)[None, None]
        wanted.append(functional.pad(given, (padding,) * 4, mode=modes[kind])[0, 0].numpy())
    found = compute(
        """([volume, kind, p]) => {
          const out = pad2d({...volume, values: Float32Array.from(volume.values)}, kind, p);
          return {...out, values: [...out.values]};
        }""",
        cases,
    )
    for one, expected in zip(found, wanted, strict=True):
        assert (one["height"], one["width"]) == expected.shape
        alike(one["values"], expected.ravel(), rtol=0, atol=0)


def test_a_picture_that_is_too_small_cannot_be_reflected(compute):
    volume = dict(values=[0] * 4, channels=1, height=2, width=2)
    call = "([volume, kind, p]) => pad2d(volume, kind, p)"
    assert compute(call, [[volume, "Reflect", 2], [volume, "Wrap", 3]]) == [None, None]


def test_norms_are_those_of_torch(compute):
    rows = LESSONS["normalisation"].numbers()["values"].astype(np.float64)
    cases = [[(rows * s + m).tolist(), g, b] for s, m, g, b in [(1, 0, 1, 0), (0.1, -200, 2, -3)]]
    for kind in ("BatchNorm", "LayerNorm"):
        found = compute(f"([rows, g, b]) => normalise(rows, '{kind}', g, b)", cases)
        for one, (values, gain, shift) in zip(found, cases, strict=True):
            x = torch.tensor(values, dtype=torch.float64)
            w, b = (torch.full((6,), v, dtype=torch.float64) for v in (gain, shift))
            if kind == "BatchNorm":
                wanted = functional.batch_norm(x, None, None, w, b, training=True)
            else:
                wanted = functional.layer_norm(x, (6,), w, b)
            alike(one["values"], wanted.numpy())
            variance = x.var(0 if kind == "BatchNorm" else 1, correction=0)
            alike([group["variance"] for group in one["moments"]], variance.numpy())


def test_dropout_keeps_what_torch_would_keep_of_it_and_as_much(compute):
    x = np.random.default_rng(2).normal(size=5000)
    [found] = compute(
        """([x]) => {
          const random = uniform(7);
          const draws = x.map(random);
          return [0, 0.3, 0.9].map((p) => dropout(x, draws, p, true))
            .concat([dropout(x, draws, 0.9, false)], [draws]);
        }""",
        [[x.tolist()]],
    )
    *passed, still, draws = (np.array(one) for one in found)
    for p, one in zip((0, 0.3, 0.9), passed, strict=True):
        kept = one != 0
        alike(one[kept], (functional.dropout(torch.from_numpy(x), 0) / (1 - p)).numpy()[kept])
        torch.manual_seed(0)
        torchs = functional.dropout(torch.from_numpy(x), p).numpy() != 0
        assert kept.mean() == pytest.approx(torchs.mean(), abs=0.04)
    alike(still, x, rtol=0, atol=0)
    assert draws.min() >= 0 and draws.max() < 1 and len(set(draws)) == len(draws)
    assert np.histogram(draws, 10, (0, 1))[0].min() > 400


@pytest.mark.parametrize("strength", [0, 0.8, 2])
def test_recurrent_states_are_those_of_torch(compute, strength):
    numbers = {name: array.astype(np.float64) for name, array in LESSONS["rnn"].numbers().items()}
    x = torch.tensor(numbers["vectors"][[0, 11, 4, 23, 0, 13, 3, 4, 17]])
    layer = nn.RNN(4, 4, bias=False, dtype=torch.float64)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.from_numpy(numbers["given"]))
        layer.weight_hh_l0.copy_(strength * torch.from_numpy(numbers["recurrent"]))
        wanted = layer(x)[0].numpy()
    given = [x.tolist(), numbers["given"].tolist(), (strength * numbers["recurrent"]).tolist()]
    [found] = compute("([x, given, kept]) => recurrent(x, given, kept)", [given])
    alike(found, wanted)


@pytest.mark.parametrize("name, kind, gates", [("lstm", nn.LSTM, "ifgo"), ("gru", nn.GRU, "rzn")])
def test_a_cell_with_gates_held_or_not_is_torchs(compute, name, kind, gates):
    numbers = {key: array.astype(np.float64) for key, array in LESSONS[name].numbers().items()}
    x = torch.tensor([2.0, 0, 0, -1, 0.5, 9, -9, 0, 0.25], dtype=torch.float64)
    weights = {key: array.tolist() for key, array in numbers.items()}
    held = [gate for gate in gates if gate not in "gn"]
    cases = [
        dict(zip(held, taps, strict=True)) for taps in itertools.product(TAPS, repeat=len(held))
    ]
    found = compute(
        f"([x, weights, held]) => {name}(x, weights, held)",
        [[x.tolist(), weights, case] for case in cases],
    )
    for steps, case in zip(found, cases, strict=True):
        layer = kind(1, 1, dtype=torch.float64)
        free = np.array([case.get(gate) is None for gate in gates])
        held_at = [0.0 if case.get(gate) is None else FAR * (2 * case[gate] - 1) for gate in gates]
        with torch.no_grad():
            layer.weight_ih_l0.copy_(torch.from_numpy(numbers["given"] * free)[:, None])
            layer.weight_hh_l0.copy_(torch.from_numpy(numbers["recurrent"] * free)[:, None])
            layer.bias_ih_l0.copy_(torch.from_numpy(numbers["bias"] * free + held_at))
            layer.bias_hh_l0.zero_()
            states, last = layer(x[:, None])
        alike([step["h"] for step in steps], states[:, 0].numpy())
        if name == "lstm":
            alike(steps[-1]["c"], last[1].item())
        for step in steps:
            assert {gate: step[gate] for gate, tap in case.items() if tap is not None} == {
                gate: tap for gate, tap in case.items() if tap is not None
            }


@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_that_of_torch(compute, causal):
    x = torch.from_numpy(vectors()[[1, 0, 13, 0, 13, 0]]).double()
    cases = [[(s * x).tolist(), x.tolist(), x.tolist(), causal] for s in (0, 3, 20)]
    found = compute(
        """([q, k, v, causal]) => {
          const out = attention(q, k, v, causal);
          const none = out.scores.flat().filter((one) => one === -Infinity).length;
          return {shares: out.shares, values: out.values, none};
        }""",
        cases,
    )
    for one, (q, *_) in zip(found, cases, strict=True):
        given = torch.tensor(q, dtype=torch.float64)
        wanted = functional.scaled_dot_product_attention(
            given[None], x[None], x[None], is_causal=causal
        )[0]
        alike(one["values"], wanted.numpy())
        alike(np.sum(one["shares"], axis=1), np.ones(6))
        assert one["none"] == (15 if causal else 0)


@pytest.mark.parametrize("skip", [True, False])
def test_a_stack_of_layers_and_its_gradient_are_those_of_autograd(compute, skip):
    numbers = LESSONS["residual"].numbers()
    cases = [
        [numbers["input"].tolist(), (size * numbers["weights"][:layers]).tolist(), skip]
        for layers, size in [(1, 1.0), (10, 0.5), (30, 1.5), (5, 0.0)]
    ]
    found = compute("([x, weights, skip]) => stack(x, weights, skip)", cases)
    for one, (given, weights, _) in zip(found, cases, strict=True):
        x = torch.tensor(given, dtype=torch.float64, requires_grad=True)
        values = [x]
        for matrix in torch.tensor(weights, dtype=torch.float64):
            made = torch.relu(matrix @ values[-1])
            values.append(values[-1] + made if skip else made)
            values[-1].retain_grad()
        values[-1].sum().backward()
        alike(one["values"], torch.stack(values).detach().numpy())
        wanted = torch.stack(
            [torch.zeros(8).double() if v.grad is None else v.grad for v in values]
        )
        alike(one["gradients"], wanted.numpy())


@pytest.mark.parametrize("narrow", [None, 8])
def test_branches_have_as_many_weights_as_in_torch(compute, narrow):
    channels, counts = 32, (16, 24, 8, 5)
    [found] = compute(
        "([c, n, narrow]) => branchWeights(c, n, narrow)", [[channels, counts, narrow]]
    )
    for count, out, kernel in zip(found, counts, (1, 3, 5, 1), strict=True):
        wide = narrow is None or kernel == 1
        convs = [nn.Conv2d(channels if wide else narrow, out, kernel)]
        convs += [] if wide else [nn.Conv2d(channels, narrow, 1)]
        assert count == sum(w.numel() for conv in convs for w in conv.parameters())


@pytest.mark.parametrize("heat", [0.1, 1.0, 2.5, 10.0])
def test_softmax_step_by_step_is_that_of_torch(compute, heat):
    random = np.random.default_rng(3)
    cases = [(random.normal(0, size, n) + 5).tolist() for n, size in [(10, 3), (2, 50), (40, 300)]]
    for one, logits in zip(compute(f"x => softmaxSteps(x, {heat})", cases), cases, strict=True):
        x = torch.tensor(logits, dtype=torch.float64) / heat
        alike(one["scaled"], x.numpy())
        alike(one["raised"], torch.exp(x - x.max()).numpy())
        alike(one["shares"], x.softmax(0).numpy())
        alike(one["surprise"], -x.log_softmax(0).numpy())
        assert one["sum"] == pytest.approx(torch.exp(x - x.max()).sum().item())

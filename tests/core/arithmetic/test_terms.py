"""Terms: every row of how a number is made is the very number that PyTorch had, rightly named."""

import numpy as np
import pytest
import torch
from torch import nn

from core.arithmetic import made
from core.checkpoints import State
from core.one_step import one_step
from core.settings import settings_from

torch.set_num_threads(1)


def walked(data, *bricks, **changes):
    """The settings of a stack, and a step of it."""
    settings = settings_from({"data": data, "bricks": bricks, "batch_size": 4, **changes})
    return settings, one_step(settings, State(settings).checkpoint(), 1)


def row(found, name):
    """One row of a number's table, by its columns."""
    at = found.names.index(name)
    return {column: values[at] for column, values in found.columns.items()}


def recurrent(kind, layers=1, bidirectional=False, function="tanh"):
    cell = {"kind": kind, "units": 5, "layers": layers, "bidirectional": bidirectional}
    cell |= {"function": function} if kind == "rnn" else {}
    ends = [{"kind": "laststep"}, {"kind": "linear", "units": 10}]
    return walked("digits", {"kind": "rows"}, cell, *ends)


def by_torchs_cells(walk, name, kind, function, layers, directions):
    """Every state of a recurrent layer, step by step, from torch's own cells, in float64.

    For each layer and direction what it was given, and its hidden and cell states by step.
    """
    makers = {"lstm": nn.LSTMCell, "gru": nn.GRUCell}
    given = torch.from_numpy(walk.given[name]).double()
    found = []
    for layer in range(layers):
        sides = []
        for ending in ("", "_reverse")[:directions]:
            weights = {
                word: torch.from_numpy(walk.before[name, f"{word}_l{layer}{ending}"]).double()
                for word in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            }
            cell = (
                nn.RNNCell(given.shape[1], 5, nonlinearity=function)
                if kind == "rnn"
                else makers[kind](given.shape[1], 5)
            ).double()
            cell.load_state_dict(weights)
            hidden = old = torch.zeros(1, 5).double()
            states, cells = {}, {}
            order = range(len(given))
            for t in reversed(order) if ending else order:
                with torch.no_grad():
                    if kind == "lstm":
                        hidden, old = cell(given[t : t + 1], (hidden, old))
                    else:
                        hidden = cell(given[t : t + 1], hidden)
                states[t], cells[t] = hidden[0], old[0]
            sides.append(states)
            found.append({"given": given, "weights": weights, "hidden": states, "cell": cells})
        given = torch.stack([torch.cat([side[t] for side in sides]) for t in range(len(given))])
    return found


CELLS = [
    ("rnn", 1, False, "tanh"), ("rnn", 2, True, "relu"), ("lstm", 1, False, ""),
    ("lstm", 2, True, ""), ("gru", 1, False, ""), ("gru", 2, True, ""), ("gru", 1, True, ""),
]  # fmt: skip
ROWS = {
    "rnn": ["pre-activation", "hidden before", "hidden"],
    "lstm": [
        *("input gate", "forget gate", "cell candidate", "output gate"),
        *("cell before", "cell", "hidden"),
    ],
    "gru": ["reset gate", "update gate", "candidate", "hidden before", "hidden"],
}


@pytest.mark.parametrize(("kind", "layers", "bidirectional", "function"), CELLS)
def test_every_gate_and_state_is_torchs_at_that_very_step(kind, layers, bidirectional, function):
    settings, walk = recurrent(kind, layers, bidirectional, function or "tanh")
    directions, name = 1 + bidirectional, f"{kind}1"
    places = by_torchs_cells(walk, name, kind, function, layers, directions)
    for side in range(directions):
        true = places[len(places) - directions + side]
        for step in (0, 1, 4, 7):
            for unit in (0, 3):
                found = made(settings, walk, name, (step, side * 5 + unit))
                assert found.names == ROWS[kind]
                check_rows(kind, found, true, step, unit, step + (1 if side else -1))


def check_rows(kind, found, true, step, unit, before):
    """Compare each row of one number with torch's."""
    weights, zeros = true["weights"], torch.zeros(5).double()
    hidden_before = true["hidden"].get(before, zeros)
    gates = {"rnn": ["pre-activation"], "lstm": ROWS["lstm"][:4], "gru": ROWS["gru"][:3]}[kind]
    values = {}
    for number, name in enumerate(gates):
        at = number * 5 + unit
        own = float(true["given"][step] @ weights["weight_ih"][at] + weights["bias_ih"][at])
        kept = float(hidden_before @ weights["weight_hh"][at] + weights["bias_hh"][at])
        shown = row(found, name)
        assert shown["from the input"] == pytest.approx(own, abs=1e-5), name
        assert shown["from the state"] == pytest.approx(kept, abs=1e-5), name
        if kind == "gru" and name == "candidate":
            kept *= values["reset gate"]
        total = torch.tensor(own + kept).double()
        if kind != "rnn":
            total = total.sigmoid() if name.endswith("gate") else total.tanh()
        values[name] = float(total)
        assert shown["value"] == pytest.approx(values[name], abs=1e-5), name
    states = {"hidden": true["hidden"][step]}
    if kind == "lstm":
        states |= {"cell": true["cell"][step], "cell before": true["cell"].get(before, zeros)}
    else:
        states["hidden before"] = hidden_before
    for name, state in states.items():
        shown = row(found, name)
        assert shown["value"] == pytest.approx(float(state[unit]), abs=1e-5), name
        assert np.isnan([shown["from the input"], shown["from the state"]]).all()
    assert found.result == pytest.approx(float(true["hidden"][step][unit]), abs=1e-5)


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
def test_the_terms_of_a_convolution_over_steps_are_named_by_their_steps(stride, padding):
    conv = {"kind": "conv1d", "filters": 3, "kernel": 3, "stride": stride, "padding": padding}
    ends = [{"kind": "laststep"}, {"kind": "linear", "units": 10}]
    settings, walk = walked("digits", {"kind": "rows"}, conv, *ends)
    given, weight = walk.given["conv1"], walk.before["conv1", "weight"]
    steps = walk.outputs["conv1"].shape[0]
    for step in (0, 1, steps - 1):
        found = made(settings, walk, "conv1", (step, 2))
        assert len(found.names) == 3 * 8 + 1 and found.names[-1] == "bias"
        for tap in range(3):
            where = step * stride - padding + tap
            for feature in (0, 5):
                shown = row(found, f"step {where} · number {feature}")
                inside = 0 <= where < len(given)
                assert shown["x"] == (given[where, feature] if inside else 0)
                assert shown["w"] == weight[2, feature, tap]
                assert shown["x × w"] == pytest.approx(shown["x"] * shown["w"])
        bias = walk.before["conv1", "bias"][2]
        assert row(found, "bias")["x × w"] == pytest.approx(float(bias))


def test_the_terms_of_a_convolution_are_named_by_channel_row_and_column():
    conv = {"kind": "conv2d", "filters": 4, "kernel": 3, "stride": 2, "padding": 1}
    ends = [{"kind": "flatten"}, {"kind": "linear", "units": 10}]
    settings, walk = walked("digits", {"kind": "conv2d", "filters": 2}, conv, *ends)
    given, weight = walk.given["conv2"], walk.before["conv2", "weight"]
    for r, c in ((0, 0), (1, 2)):
        found = made(settings, walk, "conv2", (3, r, c))
        for channel, down, across in np.ndindex(2, 3, 3):
            line, column = 2 * r - 1 + down, 2 * c - 1 + across
            shown = row(found, f"channel {channel} · row {line} · column {column}")
            inside = 0 <= line < given.shape[1] and 0 <= column < given.shape[2]
            assert shown["x"] == (given[channel, line, column] if inside else 0)
            assert shown["w"] == weight[3, channel, down, across]


def test_the_terms_of_a_linear_layer_are_those_of_its_own_step():
    ends = [{"kind": "laststep"}, {"kind": "linear", "units": 10}]
    settings, walk = walked("digits", {"kind": "rows"}, {"kind": "linear", "units": 3}, *ends)
    for step in (0, 5):
        found = made(settings, walk, "linear1", (step, 1))
        for feature in range(8):
            shown = row(found, f"number {feature}")
            assert shown["x"] == walk.given["linear1"][step, feature]
            assert shown["w"] == walk.before["linear1", "weight"][1, feature]


@pytest.mark.parametrize("causal", [False, True])
def test_the_shares_and_the_gifts_of_attention_are_torchs(causal):
    bricks = [{"kind": "rows"}, {"kind": "selfattention", "heads": 2, "causal": causal}]
    ends = [{"kind": "laststep"}, {"kind": "linear", "units": 10}]
    settings, walk = walked("digits", *bricks, *ends)
    module = nn.MultiheadAttention(8, 2, batch_first=True).double()
    parts = {
        kind: torch.from_numpy(values).double()
        for (layer, kind), values in walk.before.items()
        if layer == "selfattention1"
    }
    with torch.no_grad():
        names = ("query", "key", "value")
        module.in_proj_weight.copy_(torch.cat([parts[f"weight_{name}"] for name in names]))
        module.in_proj_bias.copy_(torch.cat([parts[f"bias_{name}"] for name in names]))
        module.out_proj.weight.copy_(parts["weight_output"])
        module.out_proj.bias.copy_(parts["bias_output"])
        x = torch.from_numpy(walk.given["selfattention1"]).double()[None]
        mask = torch.ones(8, 8).triu(1).bool() if causal else None
        _, shares = module(x, x, x, attn_mask=mask, average_attn_weights=False)
        values = x[0] @ parts["weight_value"].T + parts["bias_value"]
    for step, unit in ((0, 1), (5, 6)):
        found = made(settings, walk, "selfattention1", (step, unit))
        for head, at in np.ndindex(2, 8):
            shown = row(found, f"head {head + 1} · step {at}")
            mine = slice(4 * head, 4 * head + 4)
            gives = float(values[at, mine] @ parts["weight_output"][unit, mine])
            assert shown["share"] == pytest.approx(float(shares[0, head, step, at]), abs=1e-6)
            assert shown["gives"] == pytest.approx(gives, abs=1e-6)
            assert shown["share × gives"] == pytest.approx(shown["share"] * gives, abs=1e-6)
        assert row(found, "bias")["share × gives"] == pytest.approx(
            float(parts["bias_output"][unit])
        )


def test_the_terms_of_pools_and_means_are_named_by_their_places():
    pool = {"kind": "maxpool2d", "size": 3, "stride": 2, "padding": 1}
    average = {"kind": "avgpool2d", "size": 2, "stride": 2, "padding": 1}
    ends = [{"kind": "flatten"}, {"kind": "linear", "units": 10}]
    settings, walk = walked("digits", {"kind": "conv2d", "filters": 2}, pool, average, *ends)
    given = walk.given["maxpool1"]
    found = made(settings, walk, "maxpool1", (1, 0, 1))
    names = [f"channel 1 · row {r} · column {c}" for r in (0, 1) for c in (1, 2, 3)]
    assert found.names == names  # the padding is no candidate
    assert found.columns["x"].tolist() == given[1, :2, 1:4].ravel().tolist()
    assert found.columns["kept"].tolist() == (given[1, :2, 1:4].ravel() == found.result).tolist()
    given = walk.given["avgpool1"]
    found = made(settings, walk, "avgpool1", (0, 0, 0))
    assert found.names[-1] == "channel 0 · row 0 · column 0"
    assert found.columns["x"].tolist() == [0, 0, 0, given[0, 0, 0]]

"""What recurrent layers go through, compared with torch.nn."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.architectures.bricks import GRU, LSTM, RNN
from core.recurrent import PARTS, ROWS, States, gates, states

KINDS = {"rnn": (RNN, torch.nn.RNN), "lstm": (LSTM, torch.nn.LSTM), "gru": (GRU, torch.nn.GRU)}
torch.set_num_threads(1)


def pair(kind, features, units, layers=1, bidirectional=False, **more):
    """A brick, torch's module of the same sizes in float64, and the module's weights."""
    made, module = KINDS[kind]
    brick = made(units=units, layers=layers, bidirectional=bidirectional, **more)
    said = {"nonlinearity": brick.function} if kind == "rnn" else {}
    torch.manual_seed(units + 10 * features)
    theirs = module(
        features,
        units,
        layers,
        batch_first=True,
        bidirectional=bidirectional,
        dtype=torch.float64,
        **said,
    )
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.mul_(2)
    return brick, theirs, {name: p.detach().numpy() for name, p in theirs.named_parameters()}


def some_inputs(n, time, features):
    return np.random.default_rng(n + time).normal(size=(n, time, features))


@settings(max_examples=60)
@given(
    st.sampled_from([("rnn", "tanh"), ("rnn", "relu"), ("lstm", ""), ("gru", "")]),
    st.integers(1, 6),
    st.integers(1, 7),
    st.integers(1, 3),
    st.booleans(),
    st.integers(1, 3),
    st.integers(1, 9),
)
def test_the_output_is_torchs(kind, features, units, layers, bidirectional, n, time):
    more = {"function": kind[1]} if kind[1] else {}
    brick, module, weights = pair(kind[0], features, units, layers, bidirectional, **more)
    inputs = some_inputs(n, time, features)
    seen = states(brick, weights, inputs)
    with torch.no_grad():
        expected, last = module(torch.from_numpy(inputs))
    assert seen.output.shape == (n, time, brick.output((time, features))[1])
    np.testing.assert_allclose(seen.output, expected.numpy(), rtol=1e-5, atol=1e-5)
    cells = last[1] if kind[0] == "lstm" else None
    for index, place in enumerate(seen.places):
        end = 0 if place.endswith("_reverse") else -1
        hidden = last[0] if cells is not None else last
        found = seen.parts[place, "hidden"][:, end]
        np.testing.assert_allclose(found, hidden[index].numpy(), rtol=1e-5, atol=1e-5)
        if cells is not None:
            found = seen.parts[place, "cell"][:, end]
            np.testing.assert_allclose(found, cells[index].numpy(), rtol=1e-5, atol=1e-5)
    names = {(place, name) for place in seen.places for name in PARTS[kind[0]]}
    assert set(seen.parts) == names
    assert {part.shape for part in seen.parts.values()} == {(n, time, units)}


def test_half_as_many_digits_are_as_near_to_torch_in_float32():
    for kind in KINDS:
        brick, module, weights = pair(kind, 5, 16, 2, True)
        inputs = some_inputs(4, 20, 5).astype(np.float32)
        seen = states(brick, weights, inputs)
        assert seen.output.dtype == np.float32
        with torch.no_grad():
            expected = module.float()(torch.from_numpy(inputs))[0].numpy()
        np.testing.assert_allclose(seen.output, expected, atol=1e-5)


def test_every_gate_is_what_its_formula_says():
    """The gates of the second step, from the definition in torch's documentation."""
    for kind in ("lstm", "gru"):
        brick, _, weights = pair(kind, 3, 4)
        inputs = some_inputs(2, 2, 3)
        seen = states(brick, weights, inputs)
        x, hidden = inputs[:, 1], seen.parts["l0", "hidden"][:, 0]
        for name, rows in gates(brick).items():
            mine = x @ weights["weight_ih_l0"][rows].T + weights["bias_ih_l0"][rows]
            kept = hidden @ weights["weight_hh_l0"][rows].T + weights["bias_hh_l0"][rows]
            if name == "candidate":
                kept = kept * seen.parts["l0", "reset gate"][:, 1]
            total = torch.from_numpy(mine + kept)
            function = torch.sigmoid if name.endswith("gate") else torch.tanh
            np.testing.assert_allclose(seen.parts["l0", name][:, 1], function(total).numpy())


def test_gates_have_the_rows_of_the_weights_between_them():
    for kind, (made, _) in KINDS.items():
        brick = made(units=5)
        rows = [*range(brick.weights((7, 3))["weight_ih_l0"][0])]
        assert [row for part in gates(brick).values() for row in rows[part]] == rows
        assert set(ROWS[kind]) <= set(PARTS[kind])


def test_a_gate_lies_between_zero_and_one():
    for kind in ("lstm", "gru"):
        brick, _, weights = pair(kind, 3, 4, 2)
        seen = states(brick, weights, 100 * some_inputs(2, 5, 3))
        for (_, name), values in seen.parts.items():
            if PARTS[kind][name] == "gate":
                assert values.min() >= 0 and values.max() <= 1


def test_numbers_that_are_none_pass_without_a_warning():
    for kind in KINDS:
        brick, _, weights = pair(kind, 2, 3)
        for odd in (np.nan, np.inf, -np.inf, 1e308):
            inputs = np.full((1, 4, 2), odd)
            assert isinstance(states(brick, weights, inputs), States)


def test_no_inputs_give_no_states():
    brick, _, weights = pair("gru", 2, 3)
    assert states(brick, weights, np.zeros((0, 4, 2))).output.shape == (0, 4, 3)
    assert states(brick, weights, np.zeros((2, 0, 2))).output.shape == (2, 0, 3)


def test_weights_of_which_a_part_is_missing_are_told():
    brick, _, weights = pair("lstm", 2, 3)
    with pytest.raises(ValueError, match="weight_hh_l0 must be"):
        states(brick, weights | {"weight_hh_l0": weights["weight_hh_l0"][:5]}, np.zeros((1, 2, 2)))
    with pytest.raises(ValueError, match="time, features"):
        states(brick, weights, np.zeros((2, 2)))
    with pytest.raises(KeyError):
        states(brick, {}, np.zeros((1, 2, 2)))

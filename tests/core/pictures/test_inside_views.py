"""The inside of recurrent layers and attention is what torch computes from the recorded weights."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.given import given_to
from core.pictures import blank_probes, inside_view, plane_of, unpack
from tests.core.pictures.recorded import Seen, assert_shows, of_bricks

SIZES = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
END = ({"kind": "laststep"}, {"kind": "linear", "units": 10})


def recurrent(kind: str, layers: int = 1, both: bool = False, **more) -> Seen:
    """A recurrent layer over the rows of an image that a Linear layer has changed."""
    brick = {"kind": kind, "units": 6, "layers": layers, "bidirectional": both, **more}
    return of_bricks("digits", {"kind": "rows"}, {"kind": "linear", "units": 7}, brick, *END)


def of(seen: Seen, kind: str):
    return next(layer for layer in seen.settings.layers if layer.kind == kind)


def viewed(seen: Seen, kind: str, moments=None, **more) -> bytes:
    moments = seen.moments if moments is None else moments
    layer = of(seen, kind)
    return inside_view("run", layer, seen.settings.layers, seen.probes, moments, **more)


def recorded(moment, name: str) -> dict[str, torch.Tensor]:
    return {
        kind: torch.from_numpy(array.numbers())
        for (layer, kind), array in moment.arrays.items()
        if layer == name and not kind.endswith("_gradient") and kind != "output"
    }


def given(moment, name: str) -> torch.Tensor:
    return torch.from_numpy(moment.arrays[name, "output"].numbers())


def loaded(kind: str, moment, name: str, layers=1, both=False, **more) -> torch.nn.Module:
    module = SIZES[kind](7, 6, layers, batch_first=True, bidirectional=both, **more)
    module.load_state_dict(recorded(moment, name))
    return module


@pytest.mark.parametrize("kind, more", [
    ("rnn", {}), ("rnn", {"function": "relu"}), ("lstm", {}), ("gru", {}),
])  # fmt: skip
@pytest.mark.parametrize("layers, both", [(1, False), (2, True)])
def test_the_states_are_torchs(kind, more, layers, both):
    seen = recurrent(kind, layers, both, **more)
    packed = viewed(seen, kind)
    header, _ = unpack(packed)
    said = {"nonlinearity": more["function"]} if more else {}
    for number, moment in enumerate(seen.moments):
        module = loaded(kind, moment, f"{kind}1", layers, both, **said)
        with torch.no_grad():
            output = module(given(moment, "linear1"))[0].numpy().transpose(0, 2, 1)
        if not both:
            assert_shows(packed, "hidden", output, number)
        else:
            assert_shows(packed, "hidden l1", output[:, :6], number)
            assert_shows(packed, "hidden l1 reverse", output[:, 6:], number)
    learned, parts = of(seen, kind).pictured, {"rnn": 2, "lstm": 6, "gru": 4}[kind]
    ids = [card["id"] for card in header["cards"]]
    assert ids[: 1 + len(learned)] == ["input", *(f"{kind}1/{array}" for array in learned)]
    assert ids[-len(learned) :] == [f"{kind}1/{array}_gradient" for array in learned]
    assert len(ids) == 1 + 2 * len(learned) + parts * layers * (1 + both)


def test_the_gates_of_an_lstm_are_torchs():
    seen = recurrent("lstm")
    packed = viewed(seen, "lstm")
    for number, moment in enumerate(seen.moments):
        module, x = loaded("lstm", moment, "lstm1"), given(moment, "linear1")
        cell = torch.nn.LSTMCell(7, 6)
        cell.load_state_dict({k.removesuffix("_l0"): v for k, v in module.state_dict().items()})
        hidden = states = torch.zeros(len(x), 6)
        gates, cells = [], []
        with torch.no_grad():
            for step in range(x.shape[1]):
                total = cell.weight_ih @ x[:, step].T + cell.weight_hh @ hidden.T
                gates.append((total.T + cell.bias_ih + cell.bias_hh).chunk(4, 1))
                hidden, states = cell(x[:, step], (hidden, states))
                cells.append(states)
        assert_shows(packed, "cell", torch.stack(cells, 2).numpy(), number)
        parts = zip(*gates, strict=True)
        names = ("input gate", "forget gate", "cell candidate", "output gate")
        for name, values in zip(names, parts, strict=True):
            function = torch.tanh if name == "cell candidate" else torch.sigmoid
            assert_shows(packed, name, function(torch.stack(values, 2)).numpy(), number)


def test_the_gates_of_a_gru_are_torchs():
    seen = recurrent("gru")
    packed, moment = viewed(seen, "gru"), seen.moments[-1]
    module, x = loaded("gru", moment, "gru1"), given(moment, "linear1")
    with torch.no_grad():
        hidden = module(x)[0]
        before = torch.cat([torch.zeros(len(x), 1, 6), hidden[:, :-1]], 1)
        mine = x @ module.weight_ih_l0.T + module.bias_ih_l0
        kept = before @ module.weight_hh_l0.T + module.bias_hh_l0
        (r, z, n), (r_h, z_h, n_h) = mine.chunk(3, 2), kept.chunk(3, 2)
        reset, update = torch.sigmoid(r + r_h), torch.sigmoid(z + z_h)
        candidate = torch.tanh(n + reset * n_h)
    last = len(seen.moments) - 1
    for name, values in (
        *(("reset gate", reset), ("update gate", update)),
        *(("candidate", candidate), ("hidden", hidden)),
    ):
        assert_shows(packed, name, values.numpy().transpose(0, 2, 1), last)


@pytest.mark.parametrize("causal", [False, True])
def test_the_maps_are_those_of_multihead_attention(causal):
    bricks = (
        *({"kind": "embedding", "symbols": 32, "features": 8}, {"kind": "positions"}),
        *({"kind": "selfattention", "heads": 2, "causal": causal}, {"kind": "linear", "units": 32}),
    )
    seen = of_bricks("letters", *bricks)
    packed = viewed(seen, "selfattention")
    ids = [c["id"].partition("/")[2] or c["id"] for c in unpack(packed)[0]["cards"]]
    learned = [f"weight_{word}" for word in ("query", "key", "value", "output")]
    maps = ["head 1", "head 2", "output"]
    assert ids == ["input", *learned, *maps, *(f"{word}_gradient" for word in learned)]
    for number, moment in enumerate(seen.moments):
        found, x = recorded(moment, "selfattention1"), given(moment, "positions1")
        module = torch.nn.MultiheadAttention(8, 2, batch_first=True)
        parts = ("query", "key", "value")
        module.load_state_dict(
            {
                "in_proj_weight": torch.cat([found[f"weight_{part}"] for part in parts]),
                "in_proj_bias": torch.cat([found[f"bias_{part}"] for part in parts]),
                "out_proj.weight": found["weight_output"],
                "out_proj.bias": found["bias_output"],
            }
        )
        time = x.shape[1]
        hidden = torch.ones(time, time).triu(1).bool() if causal else None
        with torch.no_grad():
            maps = module(x, x, x, attn_mask=hidden, average_attn_weights=False)[1].numpy()
        for head in range(2):  # a row of the picture is who looks, a column who is looked at
            assert_shows(packed, f"head {head + 1}", maps[:, head], number)


def test_gates_and_maps_reach_from_0_to_1_and_states_share_one_scale():
    for kind, gates in (("lstm", 3), ("gru", 2), ("rnn", 0)):
        frames = unpack(viewed(recurrent(kind), kind))[0]["frames"]
        for name in frames[0]["scales"]:
            ends = ("/beyond", "/low", "/high", "input/image", "_gradient")
            if not name.endswith(ends):
                assert len({frame["scales"][name] for frame in frames}) == 1
        found = {n: s for n, s in frames[0]["scales"].items() if n.endswith("gate")}
        assert len(found) == gates and set(found.values()) <= {1.0}


def test_it_lies_where_the_header_says_and_opens_where_it_is_told():
    seen = recurrent("gru", 2)
    header, body = unpack(viewed(seen, "gru", step=1, probe=4))
    assert (header["view"], header["step"], header["probe"]) == ("inside", 1, 4)
    assert [frame["step"] for frame in header["frames"]] == [0, 1, 2]
    assert len(body) == header["still_bytes"] + 3 * header["frame_bytes"]
    end = 0
    for card in header["cards"][1:]:
        for plane in card["planes"]:
            assert plane["offset"] == end
            end += plane["probes"] * plane["tiles"] * plane["height"] * plane["width"]
    assert end == header["frame_bytes"]
    assert plane_of(viewed(seen, "gru"), "input/image").shape == (10, 1, 8, 8)


def test_what_follows_from_arrays_that_were_recorded_in_part_is_not_drawn():
    seen = recurrent("lstm")
    first, second, third = seen.moments
    part = replace(first.arrays["lstm1", "weight_hh_l0"], units=99)
    cut = replace(first, arrays={**first.arrays, ("lstm1", "weight_hh_l0"): part})
    gone = {key: a for key, a in second.arrays.items() if key != ("linear1", "output")}
    without = replace(second, arrays=gone)
    header, _ = unpack(viewed(seen, "lstm", [cut, without, third]))
    assert [frame["step"] for frame in header["frames"]] == [0, 1, 2]
    assert [frame["scales"]["hidden"] > 0 for frame in header["frames"]] == [False, False, True]
    some = replace(third.arrays["linear1", "output"], units=99)
    cut_too = replace(third, arrays={**third.arrays, ("linear1", "output"): some})
    for moments in ([cut, without], [cut_too]):
        ids = {card["id"] for card in unpack(viewed(seen, "lstm", moments))[0]["cards"]}
        assert "lstm1/output" in ids and "hidden" not in ids


def test_numbers_that_are_none_are_drawn_all_the_same():
    seen = recurrent("gru")
    arrays = dict(seen.moments[0].arrays)
    broken = arrays["gru1", "weight_ih_l0"]
    values = np.full_like(broken.values, np.nan)
    arrays["gru1", "weight_ih_l0"] = replace(broken, values=values)
    packed = viewed(seen, "gru", [replace(seen.moments[0], arrays=arrays)])
    assert (plane_of(packed, "hidden") == 0).all()


def test_what_a_layer_was_given_follows_what_passes_on():
    seen = recurrent("rnn")
    moment, layers = seen.moments[0], seen.settings.layers
    rows = given_to(of(seen, "linear"), layers, moment, seen.probes.inputs)
    expected = torch.from_numpy(seen.probes.inputs).transpose(1, 2).flatten(2).numpy()
    np.testing.assert_array_equal(rows, expected)
    first = given_to(layers[0], layers, moment, seen.probes.inputs)
    np.testing.assert_array_equal(first, seen.probes.inputs)
    colours = of_bricks(
        *("cifar10", {"kind": "conv2d", "filters": 3}, {"kind": "rows"}),
        *({"kind": "gru", "units": 3}, *END),
    )
    moment = colours.moments[1]
    found = given_to(of(colours, "gru"), colours.settings.layers, moment, colours.probes.inputs)
    convolved = given(moment, "conv1")
    np.testing.assert_array_equal(found, convolved.transpose(1, 2).flatten(2).numpy())


def test_nothing_is_computed_from_inputs_that_are_not_here():
    """The first layer's gates would be those of blank inputs; what was recorded is shown."""
    brick = {"kind": "lstm", "units": 6}
    seen = of_bricks("digits", {"kind": "rows"}, brick, *END)
    layer, blank = of(seen, "lstm"), blank_probes(seen.probes.dataset, len(seen.probes))
    packed = inside_view("run", layer, seen.settings.layers, blank, seen.moments)
    ids = {card["id"] for card in unpack(packed)[0]["cards"]}
    assert "hidden" not in ids and "lstm1/output" in ids
    recorded = given(seen.moments[1], "lstm1").numpy().transpose(0, 2, 1)
    assert_shows(packed, "lstm1/output", recorded, 1)

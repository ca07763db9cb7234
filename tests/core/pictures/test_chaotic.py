"""Gates of a chaotic recurrent layer: what is drawn is what it did, or that it is not known."""

import numpy as np
import pytest
import torch
from torch import nn

from core.architectures.bricks.sequences import GATES
from core.arithmetic import made
from core.checkpoints import State
from core.one_step import one_step
from core.pictures import Probes, inside_view, unpack
from core.pictures.parts import Contradiction, parts_of
from core.recording import Recorder
from core.recurrent import gates, states
from core.settings import Settings
from core.training import tensors

torch.set_num_threads(1)
LENGTH, UNITS = 200, 24
TIMES = {"rnn": 8, "lstm": 30, "gru": 8}
"""How many times as large the weights are."""


def chaotic(kind, layers=1, bidirectional=False, seed=1):
    """Settings, a network with recurrent weights of many times their size, and its inputs."""
    cell = {"kind": kind, "units": UNITS, "layers": layers, "bidirectional": bidirectional}
    bricks = [cell, {"kind": "laststep"}, {"kind": "linear", "units": 1}]
    settings = Settings(data="adding", length=LENGTH, bricks=bricks, seed=seed, batch_size=4)
    network = State(settings).network
    with torch.no_grad():
        for name, parameter in network.get_submodule(f"{kind}1").named_parameters():
            if name.startswith("weight"):
                parameter *= TIMES[kind]
    return settings, network, tensors(settings.dataset)[2][:10]


def moment_of(settings, network, inputs):
    recorder = Recorder(network, settings.layers, inputs, 10, settings.recorded_units)
    return recorder.moment(0, 0.0, None)


def cells_of(network, inputs):
    """The cells of an LSTM by torch's own cell, each step from the exact state before it."""
    module = network.get_submodule("lstm1")
    step = nn.LSTMCell(inputs.shape[2], UNITS)
    step.load_state_dict({n.removesuffix("_l0"): p for n, p in module.state_dict().items()})
    hidden, cell, found = torch.zeros(len(inputs), UNITS), torch.zeros(len(inputs), UNITS), []
    with torch.no_grad():
        gave = module(inputs)
        for t in range(inputs.shape[1]):
            _, cell = step(inputs[:, t], (hidden, cell))
            hidden = gave[:, t]
            found.append(cell)
    return torch.stack(found, 1).numpy()


@pytest.mark.parametrize("kind", GATES)
def test_gates_are_those_that_the_layer_had(kind):
    settings, network, inputs = chaotic(kind)
    moment, layer = moment_of(settings, network, inputs), settings.layers[0]
    gave = moment.arrays[layer.name, "output"].numbers()
    weights = {name: moment.arrays[layer.name, name].numbers() for name in layer.weights}
    alone = states(layer.brick, weights, inputs.numpy()).output
    assert kind == "gru" or np.abs(alone - gave).max() > 0.3, "chaos: rounding alone makes another"
    parts = {part.name: part.values for part in parts_of(layer, moment, inputs.numpy())}
    np.testing.assert_allclose(parts["hidden"], gave, atol=0.04)
    if kind == "lstm":
        true = cells_of(network, inputs)
        assert np.abs(np.tanh(parts["cell"]) - np.tanh(true)).max() < 0.1
    module = network.get_submodule(f"{kind}1")
    with torch.no_grad():
        before = torch.from_numpy(np.pad(gave[:, :-1], ((0, 0), (1, 0), (0, 0))))
        own = inputs @ module.weight_ih_l0.T + module.bias_ih_l0
        kept = before @ module.weight_hh_l0.T + module.bias_hh_l0
        for name, rows in gates(layer.brick).items():
            total = own[..., rows] + kept[..., rows]
            if name == "candidate":
                reset = torch.from_numpy(parts["reset gate"])
                total = own[..., rows] + reset * kept[..., rows]
            if kind == "rnn":
                np.testing.assert_allclose(parts["pre-activation"], total, atol=0.05)
                continue
            function = torch.sigmoid if name.endswith("gate") else torch.tanh
            np.testing.assert_allclose(parts[name], function(total), atol=0.04)


def test_where_lower_states_are_not_recorded_it_is_said_and_nothing_is_drawn():
    settings, network, inputs = chaotic("rnn", layers=2)
    moment, layer = moment_of(settings, network, inputs), settings.layers[0]
    with pytest.raises(Contradiction, match="not known here"):
        parts_of(layer, moment, inputs.numpy())
    probes = Probes(settings.dataset, inputs.numpy(), np.zeros((10, 1), np.float32))
    header, _ = unpack(inside_view("r", layer, settings.layers, probes, [moment]))
    titles = [card["title"] for card in header["cards"]]
    assert not {"hidden", "hidden l0", "pre-activation"} & set(titles)
    assert any("16 bits" in card["note"] for card in header["cards"])


def test_both_directions_start_from_their_own_states():
    settings, network, inputs = chaotic("lstm", bidirectional=True)
    moment, layer = moment_of(settings, network, inputs), settings.layers[0]
    parts = {part.name: part.values for part in parts_of(layer, moment, inputs.numpy())}
    gave = moment.arrays[layer.name, "output"].numbers()
    np.testing.assert_allclose(parts["hidden l0"], gave[..., :UNITS], atol=0.04)
    np.testing.assert_allclose(parts["hidden l0 reverse"], gave[..., UNITS:], atol=0.04)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_how_a_number_is_made_comes_to_what_pytorch_gave(kind):
    settings, _, _ = chaotic(kind)
    start = State(settings).checkpoint()
    arrays = {
        key: type(array)(array.values * (TIMES[kind] if key[1].startswith("weight") else 1))
        if key[0] == f"{kind}1"
        else array
        for key, array in start.arrays.items()
    }
    walk = one_step(settings, type(start)(0, arrays), 1)
    gave = walk.outputs[f"{kind}1"]
    assert np.abs(gave).max() > 0.5
    for step in (0, 1, LENGTH // 2, LENGTH - 1):
        found = made(settings, walk, f"{kind}1", (step, 5))
        assert found.result == pytest.approx(float(gave[step, 5]), abs=1e-4), step


def test_an_ordinary_layer_is_no_contradiction():
    bricks = [{"kind": "rows"}, {"kind": "gru", "units": 9, "layers": 3}, {"kind": "laststep"}]
    settings = Settings(data="digits", bricks=[*bricks, {"kind": "linear", "units": 10}])
    inputs = tensors(settings.dataset)[2][:10]
    moment, layer = moment_of(settings, State(settings).network, inputs), settings.layers[1]
    given = inputs.numpy().swapaxes(1, 2).reshape(10, 8, 8)
    assert len(parts_of(layer, moment, given)) == 12


def test_attention_that_does_not_fit_its_output_is_not_drawn():
    bricks = [{"kind": "rows"}, {"kind": "selfattention"}, {"kind": "laststep"}]
    settings = Settings(data="digits", bricks=[*bricks, {"kind": "linear", "units": 10}])
    inputs = tensors(settings.dataset)[2][:10]
    moment, layer = moment_of(settings, State(settings).network, inputs), settings.layers[1]
    given = inputs.numpy().swapaxes(1, 2).reshape(10, 8, 8)
    assert parts_of(layer, moment, given)
    moment.arrays[layer.name, "output"].values[2, 3, 4] += 3
    with pytest.raises(Contradiction):
        parts_of(layer, moment, given)

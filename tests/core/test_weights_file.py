"""A file of weights: what came out goes in again, bit for bit; all else gets a sentence."""

import numpy as np
import pytest
import safetensors.torch
import torch
from safetensors.numpy import load, save

from core import exchange, runs
from core.budget import new_run
from core.checkpoints import State, load_weights, network_of
from core.data.dataset import DataError
from core.engine import Engine
from core.export import weights
from core.records import Checkpoint, Metric, Moment
from core.settings import settings_from
from core.weights_file import Unsuitable, begun, read, wanted
from tests.core.small_runs import run as trained
from tests.core.small_runs import small
from tests.core.test_export import CASES, trained_a_little
from tests.samples import is_same, is_same_state, last_checkpoint, until_state

torch.set_num_threads(1)
NAMES = [name for name in CASES if "-" not in name]
SETTINGS = small("mlp")  # with BatchNorm
LAYERS = SETTINGS.layers
STATE = State(SETTINGS).checkpoint()
WHOLE = weights(SETTINGS, STATE)
TENSORS = load(WHOLE)


@pytest.mark.parametrize("name", NAMES)
def test_what_was_taken_away_is_brought_back_bit_for_bit(name):
    settings, state, inputs = trained_a_little(CASES[name])
    kept = state.checkpoint()
    found = read(weights(settings, kept), settings.layers)
    assert all(is_same(array, kept.arrays[key]) for key, array in found.items())
    network = network_of(settings.layers)
    load_weights(network, found)
    with torch.inference_mode():
        assert torch.equal(network.eval()(inputs), state.network(inputs))


@pytest.mark.parametrize("name", NAMES)
def test_the_tensors_that_are_wanted_are_those_of_the_network(name):
    settings = settings_from(CASES[name])
    shapes = {path: tuple(t.shape) for path, t in network_of(settings.layers).state_dict().items()}
    assert {path: shape for path, (_, shape) in wanted(settings.layers).items()} == shapes


def test_a_run_begins_with_them_and_tells_how_good_they_are(home):
    kept = trained(SETTINGS)
    state = next(r for r in reversed(kept) if isinstance(r, Checkpoint))
    records = begun(SETTINGS, read(weights(SETTINGS, state), LAYERS))
    assert [type(r).__name__ for r in records] == ["Moment", "Checkpoint", "Event"]
    run = new_run(SETTINGS, "brought", records)
    (moment,) = run.moments()
    last = next(r for r in reversed(kept) if isinstance(r, Moment))
    assert all(is_same(array, last.arrays[key]) for key, array in moment.arrays.items())
    assert moment.arrays.keys() == {key for key in last.arrays if "gradient" not in key[1]}
    summary = run.summary()
    assert (summary.state, summary.step, summary.settings) == ("stopped", 0, SETTINGS)
    assert summary.accuracy == kept[-1].value
    assert summary.message.startswith("Begun with weights from a file. ")
    again = read(weights(SETTINGS, run.checkpoint(0)), LAYERS)
    assert again and all(is_same(array, state.arrays[key]) for key, array in again.items())
    exchange.imported(exchange.exported(run))


def test_training_goes_on_from_them_as_from_any_start(started, engine: Engine):
    given_weights = read(weights(SETTINGS, State(small("mlp", seed=9)).checkpoint()), LAYERS)
    run = new_run(SETTINGS, "brought", begun(SETTINGS, given_weights))
    engine.resume(run.id)
    until_state(run, "finished")
    state = State(SETTINGS)
    load_weights(state.network, given_weights)
    alike = trained(SETTINGS, start=state.checkpoint())
    last = run.last_checkpoint()
    assert last.step == SETTINGS.steps
    assert is_same_state(last, last_checkpoint(alike))
    assert run.steps()[0] == 0 and 0 in run.steps(exact=True)
    assert sum(isinstance(r, Metric) for r in alike) == len(run.metrics()["step"])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_half_precision_is_read_as_pytorch_reads_it(dtype):
    given_tensors = {
        name: torch.from_numpy(v).to(dtype) if v.dtype == np.float32 else torch.from_numpy(v)
        for name, v in TENSORS.items()
    }
    found = read(safetensors.torch.save(given_tensors), LAYERS)
    for name, (key, shape) in wanted(LAYERS).items():
        right = given_tensors[name]
        right = right.float() if right.is_floating_point() else right
        assert found[key].values.shape == shape
        assert torch.equal(torch.from_numpy(found[key].values.copy()), right)


def test_how_many_batches_a_batchnorm_has_seen_may_lack():
    fewer = {n: v for n, v in TENSORS.items() if not n.endswith("num_batches_tracked")}
    assert len(fewer) < len(TENSORS)
    records = begun(SETTINGS, read(save(fewer), LAYERS))
    assert isinstance(records[1], Checkpoint) and records[1].arrays.keys() == STATE.arrays.keys()


def test_weights_that_no_finite_numbers_come_of_are_refused():
    huge = {n: np.full_like(v, 3e38) if n.endswith("weight") else v for n, v in TENSORS.items()}
    with pytest.raises(Unsuitable, match="too large for this network.*no finite number"):
        begun(SETTINGS, read(save(huge), LAYERS))


def test_data_that_is_not_here_is_told(monkeypatch):
    def missing():
        raise DataError("The data are not here.")

    far = settings_from({"data": "xor"})
    found = read(weights(far, State(far).checkpoint()), far.layers)
    monkeypatch.setattr("core.training.tensors", lambda dataset: missing())
    with pytest.raises(DataError, match="not here"):
        begun(far, found)


def test_the_weights_that_a_run_began_with_are_not_thinned_out(home, monkeypatch):
    from core import budget
    from core.runfile import Writer

    run = new_run(SETTINGS, "brought", begun(SETTINGS, read(WHOLE, LAYERS)))
    monkeypatch.setattr(budget, "CHECKPOINT_BUDGET", 1)
    writer = Writer(run.path)
    for step in range(1, 6):
        writer.append([Checkpoint(step, STATE.arrays)])
        budget.thin(writer)
    writer.close()
    assert run.steps(exact=True) == [0, 5]
    assert runs.find(run.id).checkpoint(0).arrays.keys() == STATE.arrays.keys()

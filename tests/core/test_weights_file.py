"""A file of weights: what came out goes in again, bit for bit; all else gets a sentence."""

import subprocess
import sys

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
from core.export import COUNTED, weights
from core.records import Checkpoint, Metric, Moment
from core.settings import settings_from
from core.weights_file import (
    PickleFileError,
    Unsuitable,
    begun,
    conversion,
    read,
    remarks,
    wanted,
)
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


def renamed(how) -> bytes:
    """The file with other names, as `how` makes each."""
    return save({how(name): array for name, array in TENSORS.items()})


@pytest.mark.parametrize(
    "prefix",
    [
        "module.",
        "_orig_mod.",
        "model.",
        "net.",
        "module._orig_mod.",
        "model.backbone.module.",
        "0.",
    ],
)
def test_a_prefix_that_all_names_have_is_left_away_and_said(prefix):
    data = renamed(lambda name: prefix + name)
    found, right = read(data, LAYERS), read(WHOLE, LAYERS)
    assert found.keys() == right.keys()
    assert all(is_same(array, right[key]) for key, array in found.items())
    assert remarks(data, LAYERS) == (
        f"Its “{prefix}batchnorm1.bias” is taken as “batchnorm1.bias”, and so on.",
    )
    assert remarks(WHOLE, LAYERS) == ()


@pytest.mark.parametrize("make", [
    torch.nn.DataParallel, torch.optim.swa_utils.AveragedModel,
    lambda network: torch.compile(network, backend="eager"),
    lambda network: torch.nn.ModuleDict({"model": network}),
])  # fmt: skip
def test_what_torch_wraps_a_network_in_is_left_away(make):
    network = network_of(LAYERS)
    load_weights(network, read(WHOLE, LAYERS))
    state = {name: tensor.clone() for name, tensor in make(network).state_dict().items()}
    assert all(name not in TENSORS for name in state)
    found = read(safetensors.torch.save(state), LAYERS)
    fresh = network_of(LAYERS)
    load_weights(fresh, found)
    for name, tensor in network.state_dict().items():
        assert torch.equal(fresh.state_dict()[name], tensor)


def test_a_layer_that_was_compiled_alone_keeps_its_name():
    data = renamed(lambda name: name.replace("linear1.", "linear1._orig_mod."))
    assert read(data, LAYERS).keys() == read(WHOLE, LAYERS).keys()


@pytest.mark.parametrize("how", [
    lambda name: f"a.{name}" if name.startswith("linear1") else f"b.{name}",
    lambda name: f"module.{name}x", lambda name: f"x{name}", str.upper,
])  # fmt: skip
def test_names_that_are_no_names_of_this_network_are_still_refused(how):
    with pytest.raises(Unsuitable, match="which this network does not have; its tensors are lin"):
        read(renamed(how), LAYERS)


def test_two_names_for_one_tensor_are_refused():
    twice = {**TENSORS, **{f"module.{name}": array for name, array in TENSORS.items()}}
    with pytest.raises(Unsuitable, match="“module"):
        read(save(twice), LAYERS)


@pytest.mark.parametrize(("dtype", "words"), [
    (torch.float64, "Its float64 numbers are rounded to float32."),
    (torch.float16, "Its float16 numbers are taken as float32."),
    (torch.bfloat16, "Its bfloat16 numbers are taken as float32."),
])  # fmt: skip
def test_numbers_of_another_width_are_what_torch_makes_of_them(dtype, words):
    state = {name: torch.from_numpy(array) * 1 for name, array in TENSORS.items()}
    state = {name: (t * (1 + 1e-9)).to(dtype) for name, t in state.items()}  # the counts as well
    found = read(safetensors.torch.save(state), LAYERS)
    for name, (key, _) in wanted(LAYERS).items():
        same = state[name].to(torch.int64 if key[1] == COUNTED else torch.float32)
        np.testing.assert_array_equal(found[key].values, same.numpy())
        assert found[key].values.dtype == same.numpy().dtype
    assert remarks(safetensors.torch.save(state), LAYERS) == (words,)


def test_a_run_says_what_was_done_to_its_weights(home):
    data = safetensors.torch.save(
        {f"module.{name}": torch.from_numpy(array).double() for name, array in TENSORS.items()}
    )
    (*_, end) = begun(SETTINGS, read(data, LAYERS), remarks(data, LAYERS))
    assert end.text.startswith("Begun with weights from a file. Its “module.batchnorm1.bias” is ")
    assert "Its float64 numbers are rounded to float32. " in end.text


@pytest.mark.parametrize("new", [True, False])
def test_what_torch_saved_is_known_and_never_opened(tmp_path, new):
    torch.save(network_of(LAYERS).state_dict(), tmp_path / "x", _use_new_zipfile_serialization=new)
    with pytest.raises(PickleFileError, match="written by torch.save: it is a pickle"):
        read((tmp_path / "x").read_bytes(), LAYERS)


def test_the_two_lines_save_a_pickle_as_safetensors(tmp_path):
    network = network_of(LAYERS)
    load_weights(network, read(WHOLE, LAYERS))
    torch.save(network.state_dict(), tmp_path / "it's mine.ckpt")
    lines = conversion("it's mine.ckpt")
    assert len(lines.splitlines()) == 2
    subprocess.run([sys.executable, "-c", lines], cwd=tmp_path, check=True)
    found = read((tmp_path / "it's mine.safetensors").read_bytes(), LAYERS)
    assert all(
        np.array_equal(found[key].values, network.state_dict()[place].numpy())
        for place, (key, _) in wanted(LAYERS).items()
    )
    assert "'weights.safetensors'" in conversion("weights")


@pytest.mark.parametrize("version", [2, 3, 4, 5])
def test_a_safetensors_file_may_begin_like_a_pickle(version):
    data = next(
        data
        for more in range(2000)
        if (data := save({"a": TENSORS["linear1.bias"]}, {"x": "x" * more}))[:2]
        == bytes((0x80, version))
    )
    with pytest.raises(Unsuitable, match="holds “a”, which this network does not have"):
        read(data, LAYERS)

"""Weights as they come from elsewhere: wrapped, of another width, or in a pickle."""

import subprocess
import sys

import numpy as np
import pytest
import safetensors.torch
import torch
from safetensors.numpy import save

from core.checkpoints import load_weights, network_of
from core.export import COUNTED
from core.weights_file import (
    PickleFileError,
    Unsuitable,
    begun,
    conversion,
    read,
    remarks,
    wanted,
)
from tests.core.test_weights_file import LAYERS, SETTINGS, TENSORS, WHOLE
from tests.samples import is_same

torch.set_num_threads(1)


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

"""A network as an ONNX file: ONNX Runtime answers as PyTorch does, whatever the batch's size."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from core import onnx_file
from core.activations import ACTIVATIONS
from core.onnx_file import MOST_APART, NoFile, answers, difference, lacking, lay
from tests.conftest import ROOT
from tests.core.test_export import CASES, trained_a_little

torch.set_num_threads(1)
FUNCTIONS = [[{"kind": "activation", "function": name}] for name in ACTIVATIONS]
EVERY_FUNCTION = {
    "data": "digits",
    "bricks": [
        {"kind": "flatten"},
        {"kind": "linear", "units": 7},
        {"kind": "branches", "branches": FUNCTIONS},
        {"kind": "linear", "units": 10},
    ],
}
ASKED = {
    **{
        name: given
        for name, given in CASES.items()
        if "-" not in name or name.startswith(("rnn", "lstm", "gru", "transformer"))
    },
    "every function": EVERY_FUNCTION,
    "huge outputs": CASES["lenet"],
    "tiny outputs": CASES["lenet"],
}
SCALED = {"huge outputs": 3e4, "tiny outputs": 1e-5}
"""How many times larger the outputs of a case are than usual ones."""


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> tuple[Path, dict]:
    """Every case as a file, written by one process, and its network with inputs for it."""
    place, networks = tmp_path_factory.mktemp("onnx"), {}
    for name, given in ASKED.items():
        settings, state, inputs = trained_a_little(given)
        with torch.no_grad():
            for parameter in list(state.network.parameters())[-2:]:  # the last layer's
                parameter *= SCALED.get(name, 1)
        (place / name).mkdir()
        lay(place / name, settings, state.checkpoint(), inputs.numpy()[:4])
        networks[name] = state.network, inputs
    command = [sys.executable, "-W", "ignore", "-m", "core.onnx_file"]
    command += [str(place / name) for name in ASKED]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr[-2000:]
    return place, networks


@pytest.mark.parametrize("name", ASKED)
def test_it_answers_as_pytorch_for_a_batch_of_any_size(written, name):
    place, (network, inputs) = written[0] / name, written[1][name]
    assert json.loads((place / "apart.json").read_text()) <= MOST_APART
    for count in (1, 5, 12):
        found = answers(place / "network.onnx", inputs.numpy()[:count])
        with torch.inference_mode():
            wanted = network(inputs[:count]).numpy()
        assert found.dtype == wanted.dtype
        size = float(np.abs(wanted).max())
        np.testing.assert_allclose(found, wanted, rtol=0, atol=MOST_APART * size)
        low, high = {"huge outputs": (1e3, 1e6), "tiny outputs": (1e-8, 1e-4)}.get(
            name, (1e-3, 1e3)
        )
        assert low < size < high


@pytest.mark.parametrize("name", ["two_linear", "lstm", "steps"])
def test_it_is_sound_and_says_what_it_is_fed_and_nothing_of_this_machine(written, name):
    content = (written[0] / name / "network.onnx").read_bytes()
    model = onnx.load_from_string(content)
    onnx.checker.check_model(model, full_check=True)
    assert "Inputs are images" in model.doc_string
    assert str(ROOT).encode() not in content and b"core/" not in content


def test_a_process_of_its_own_writes_it():
    settings, state, inputs = trained_a_little(CASES["two_linear"])
    before = set(sys.modules)
    given = onnx_file.onnx_file(settings, state.checkpoint(), inputs.numpy())
    assert 0 <= given.apart < MOST_APART
    assert onnx.load_from_string(given.content).graph.input[0].name == "inputs"
    assert "torch.onnx" not in set(sys.modules) - before


LOGITS = np.linspace(-1, 1, 40, dtype=np.float32).reshape(4, 10)


@pytest.mark.parametrize("size", [1e-5, 1e-2, 1.0, 2_371.0, 1e8, 1e30])
def test_outputs_are_compared_at_their_own_size(size):
    ours = (LOGITS * size).astype(np.float32)
    rounded = ours * np.float32(1 + 1e-6)
    assert difference(ours, ours) == 0
    assert 0 < difference(ours, rounded) < 1e-5 < MOST_APART
    assert difference(ours, ours + np.float32(2e-4 * size)) > MOST_APART
    assert difference(ours, np.zeros_like(ours)) == pytest.approx(1)
    assert difference(ours, -ours) == pytest.approx(2)


def test_outputs_that_cannot_be_compared_are_infinitely_apart():
    assert difference(np.zeros((2, 3)), np.zeros((2, 3))) == 0
    assert difference(np.zeros((2, 3)), np.full((2, 3), 1e-9)) > MOST_APART
    for bad in (np.nan, np.inf):
        assert difference(LOGITS, np.where(LOGITS > 0.5, bad, LOGITS)) == np.inf
        assert difference(np.where(LOGITS > 0.5, bad, LOGITS), LOGITS) == np.inf
    assert difference(LOGITS, LOGITS[:, :9]) == np.inf


@pytest.mark.parametrize("apart", [2e-4, float("nan"), float("inf")])
def test_a_file_that_answers_otherwise_is_not_given(monkeypatch, apart):
    def run(command, **_):
        (Path(command[-1]) / "apart.json").write_text(json.dumps(apart))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(onnx_file.subprocess, "run", run)
    settings, state, inputs = trained_a_little(CASES["two_linear"])
    with pytest.raises(NoFile, match=r"differ from PyTorch's by .*, and at most 0.0001 is right"):
        onnx_file.onnx_file(settings, state.checkpoint(), inputs.numpy())


def test_what_goes_wrong_there_is_told_in_a_sentence(monkeypatch):
    settings, state, inputs = trained_a_little(CASES["two_linear"])
    with pytest.raises(NoFile, match="could not write this network as an ONNX file; the log says"):
        onnx_file.onnx_file(settings, state.checkpoint(), inputs.numpy()[:, :, :0])
    monkeypatch.setattr(onnx_file, "SECONDS", 0.01)
    with pytest.raises(NoFile, match="took longer than"):
        onnx_file.onnx_file(settings, state.checkpoint(), inputs.numpy())


def test_packages_that_are_not_installed_are_named(monkeypatch):
    assert lacking() == []
    monkeypatch.setattr(onnx_file, "PACKAGES", ("onnx", "no_such_package"))
    assert lacking() == ["no_such_package"]

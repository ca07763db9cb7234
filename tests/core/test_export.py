"""What is taken away of a run: code that runs with torch alone, and the weights that it reads."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from safetensors.numpy import load

from core.architectures import ARCHITECTURES
from core.architectures.bricks import Mismatch
from core.architectures.builder import build, initialise
from core.architectures.code import code_of, paths
from core.architectures.plans import plan
from core.checkpoints import State
from core.data import DATASETS
from core.export import code, weights
from core.settings import settings_from
from core.tasks import fitting
from tests.core.alone import run_alone
from tests.core.architectures.random_stacks import stacks
from tests.core.architectures.test_every_architecture import DIFFERENT, batch_of
from tests.core.small_runs import FITTING, NESTED

torch.set_num_threads(1)
CASES = {
    **{name: {"data": FITTING[name], "architecture": name} for name in ARCHITECTURES},
    **{
        f"{name}-{place}": {"data": FITTING[name], "architecture": name, "options": options}
        for name, several in DIFFERENT.items()
        for place, options in enumerate(several)
        if not (options.get("bidirectional") and DATASETS[FITTING[name]].task == "next")
    },
    **{name: {"data": "digits", **given} for name, given in NESTED.items()},
    **{f"{name}-{data}": {"data": data, "architecture": name} for data, name in [
        ("sunspots", "gru"), ("letters", "transformer"), ("first_names", "lstm"), ("co2", "mlp"),
    ]},
}  # fmt: skip


def trained_a_little(given):
    """A state whose weights, and statistics, are those of no start; and inputs for it."""
    settings = settings_from({**given, "seed": 3, "learning_rate": 0.01})
    state, (inputs, _) = State(settings), batch_of(settings.data, 12)
    state.network.train()
    loss = state.network(inputs).square().mean()
    loss.backward()
    state.optimizer.step()
    state.network.eval()
    return settings, state, inputs


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> tuple[Path, dict]:
    """Every case written to a folder, and asked there by a Python that knows torch alone."""
    folder, wanted = tmp_path_factory.mktemp("alone"), {}
    for name, given_settings in CASES.items():
        settings, state, inputs = trained_a_little(given_settings)
        (folder / f"{name}.py").write_text(code(settings), encoding="utf-8")
        (folder / f"{name}.safetensors").write_bytes(weights(settings, state.checkpoint()))
        torch.save(inputs, folder / f"{name}.inputs")
        with torch.inference_mode():
            wanted[name] = settings, state.network(inputs)
    run_alone(folder)
    return folder, wanted


@pytest.mark.parametrize("name", CASES)
def test_it_gives_the_same_outputs_with_torch_alone(alone, name):
    folder, wanted = alone
    settings, expected = wanted[name]
    found, begun, classes = torch.load(folder / f"{name}.outputs", weights_only=True)
    assert torch.isfinite(begun).all()
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)
    dataset = settings.dataset
    names = {"classify": dataset.classes, "next": dataset.alphabet, "regress": ()}[dataset.task]
    assert classes == tuple(names)


@pytest.mark.parametrize("name", ["two_linear", "resnet-0", "steps"])
def test_the_weights_are_exact(name):
    settings, state, _ = trained_a_little(CASES[name])
    kept = load(weights(settings, state.checkpoint()))
    whole = state.network.state_dict()
    assert kept.keys() == whole.keys()
    for key, values in whole.items():
        assert kept[key].dtype == values.numpy().dtype
        np.testing.assert_array_equal(kept[key], values.numpy())


@given(stacks())
@rules(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_sound_stack_is_written_as_it_is_built(stack):
    bricks, shape, symbols = stack
    try:
        layers = plan(bricks, shape, symbols)
    except Mismatch:
        return
    if not layers:
        return
    generator = torch.Generator().manual_seed(3)
    built = build(layers, generator)
    initialise(built, generator)
    x = torch.rand(6, *shape, generator=generator) * max(1, symbols)
    x = x.long() if symbols else x
    space: dict = {}
    exec(compile(code_of(layers), "network.py", "exec"), space)
    network = space["make"]()
    network.load_state_dict(built.state_dict())
    with torch.inference_mode():
        found, wanted = network.eval()(x), built.eval()(x)
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-6, equal_nan=True)
    owners = {name.rpartition(".")[0] for name in built.state_dict()}
    assert owners <= set(paths(layers).values())


@pytest.mark.parametrize("text", ['"""\nraise SystemExit\n"""', "\\", "{numbers} {0}", "\x00‮a"])
def test_nothing_that_is_said_in_it_is_run(text):
    layers = settings_from({"data": "digits"}).layers
    written = code_of(layers, title=text, inputs=text, classes=(text, "b"))
    space: dict = {}
    exec(compile(written, "network.py", "exec"), space)
    assert space["CLASSES"] == (text, "b") and callable(space["load"])
    assert written.isprintable() or "\x00" not in written


@pytest.mark.parametrize("data", DATASETS)
def test_it_says_what_it_is_fed(data):
    settings = settings_from({"data": data, "architecture": fitting(DATASETS[data])[0]})
    space: dict = {}
    exec(compile(code(settings), "network.py", "exec"), space)
    assert "Inputs are" in space["__doc__"]
    assert space["SYMBOLS"] == DATASETS[data].alphabet

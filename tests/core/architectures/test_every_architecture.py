"""The architectures' family: each is listed, fits every data set, and learns."""

import math
from pathlib import Path
from typing import get_args

import pytest
import torch

import core.architectures
from core.activations import ACTIVATIONS
from core.architectures import ARCHITECTURES
from core.architectures.architecture import Work
from core.architectures.bricks import AnyBrick
from core.architectures.builder import owner
from core.architectures.calls import CALLS, CONTAINERS
from core.architectures.plans import PASSING
from core.checkpoints import State
from core.data import DATASETS
from core.losses import LOSSES
from core.recording import Recorder, outputs_of
from core.settings import Settings, settings_from
from core.tasks import fitting
from core.unfit import Unfit

torch.set_num_threads(1)
NOT_AN_ARCHITECTURE = {
    "convolutional",
    "__init__",
    "architecture",
    "builder",
    "calls",
    "code",
    "seen",
    "layers",
    "modules",
    "plans",
    "recurrent",
}
DIFFERENT: dict[str, list[dict]] = {
    "mlp": [{"batch_norm": True, "dropout": 0.4}, {"depth": 1, "width": 1}],
    "lenet": [{"max_pool": False}, {"filters": 1}, {"filters": 32}],
    "two_linear": [{"hidden": 1}, *({"activation": name} for name in ACTIVATIONS)],
    "rnn": [{"function": "relu", "layers": 2}, {"bidirectional": True}],
    "lstm": [{"layers": 2, "bidirectional": True}, {"reader": "mean over time", "units": 3}],
    "gru": [{"layers": 3}, {"bidirectional": True, "embedding": 1}],
    "transformer": [{"blocks": 1, "heads": 1, "width": 1}, {"reader": "last step"}],
    "tabular": [{"batch_norm": True, "dropout": 0.0}],
    "playground": [{"depth": 1, "width": 1}],
    "vgg": [{"batch_norm": False}, {"blocks": 3, "filters": 1}],
    "resnet": [
        {"depth": 2, "filters": 4},
        {"skips": False, "filters": 2},
        {"batch_norm": False, "activation": "tanh"},
        {"batch_norm": False, "skips": False, "filters": 1},
    ],
    "inception": [{"batch_norm": False}, {"modules": 1, "filters": 1}],
}


def _cases():
    for name in ARCHITECTURES:
        fit = [data for data in DATASETS if name in fitting(DATASETS[data])]
        for data in fit:
            yield pytest.param(data, name, {}, id=f"{data}-{name}-0")
        small = min(fit, key=lambda data: math.prod(DATASETS[data].shape)) if fit else None
        for index, options in enumerate(DIFFERENT.get(name, []), 1):
            if small and not (options.get("bidirectional") and DATASETS[small].task == "next"):
                yield pytest.param(small, name, options, id=f"{small}-{name}-{index}")


CASES = list(_cases())


def settings_of(data: str, name: str, options: dict) -> Settings:
    given = {"data": data, "architecture": name, "options": options}
    return settings_from({**given, "optimizer": "sgd", "learning_rate": 0.001})


def batch_of(data: str, count: int = 20) -> tuple[torch.Tensor, torch.Tensor]:
    """Random inputs of the declared shape: nothing is loaded, nothing is downloaded."""
    source, dataset = torch.Generator().manual_seed(1), DATASETS[data]
    inputs = torch.rand(count, *dataset.shape, generator=source)
    if dataset.kind == "symbols":
        inputs = (inputs * len(dataset.alphabet)).long()
    if dataset.task == "regress":
        return inputs, torch.randn(count, *dataset.output_shape, generator=source)
    if dataset.task == "next":
        return inputs, inputs.roll(-1, dims=1)
    return inputs, torch.arange(count) % len(dataset.classes)


def test_every_file_is_listed_and_the_menu_begins_with_two_linear():
    files = {path.stem for path in Path(core.architectures.__file__).parent.glob("*.py")}
    assert files - NOT_AN_ARCHITECTURE == set(ARCHITECTURES)
    assert next(iter(ARCHITECTURES)) == "two_linear"


def test_every_kind_of_brick_can_be_built():
    bricks = get_args(get_args(AnyBrick)[0])
    kinds = {brick.model_fields["kind"].default for brick in bricks}
    assert kinds == {*CALLS, *CONTAINERS}


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_form_can_be_drawn_from_its_fields(name):
    architecture = ARCHITECTURES[name]
    assert architecture.title and architecture.sentence.endswith(".")
    for about in architecture.model_fields.values():
        assert not about.is_required()
        assert about.title and about.description and about.description.endswith(".")


@pytest.mark.parametrize("data", DATASETS)
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_ends_of_every_slider_make_a_network_or_a_sentence(data, name):
    if name not in fitting(DATASETS[data]):
        with pytest.raises(Unfit, match="is not made for"):
            settings_of(data, name, {})
        return
    for field, about in ARCHITECTURES[name].model_fields.items():
        for bound in about.metadata:
            end = getattr(bound, "ge", None) if hasattr(bound, "ge") else getattr(bound, "le", None)
            try:
                assert settings_of(data, name, {field: end}).options[field] == end
            except Unfit as fault:
                assert str(fault).startswith("Layer ")


@pytest.mark.parametrize("data, name, options", CASES)
def test_the_plan_is_what_torch_does(data, name, options):
    settings = settings_of(data, name, options)
    network, layers = State(settings).network, settings.layers
    assert {owner(name)[0] for name, _ in network.named_parameters()} == {
        layer.name for layer in layers if layer.weights
    }
    with outputs_of(network, {layer.name for layer in layers}) as seen:
        network(batch_of(data)[0])
    parameters = {owner(name): p for name, p in network.named_parameters()}
    for layer in layers:
        before, after = seen[layer.name]
        assert tuple(before.shape[1:]) == layer.input_shape
        assert tuple(after.shape[1:]) == layer.output_shape
        learned = {kind: p for (at, kind), p in parameters.items() if at == layer.name}
        assert {kind: tuple(p.shape) for kind, p in learned.items()} == layer.weights
        assert layer.parameters == sum(p.numel() for p in learned.values())
    assert layers[-1].output_shape == DATASETS[data].output_shape


@pytest.mark.parametrize("data, name, options", CASES)
def test_one_step_lowers_the_loss_on_its_batch(data, name, options):
    state = State(settings_of(data, name, options))
    inputs, targets = batch_of(data)
    loss_of = LOSSES[DATASETS[data].task]
    for module in state.network.modules():
        if hasattr(module, "share"):
            module.share = 0.0  # what dropout leaves out would differ between the two
    before = loss_of(state.network(inputs), targets)
    before.backward()
    state.optimizer.step()
    assert loss_of(state.network(inputs), targets) < before


@pytest.mark.parametrize("data, name, options", CASES)
def test_every_layer_that_changes_a_number_is_recorded(data, name, options):
    settings = settings_of(data, name, options)
    inputs, targets = batch_of(data)
    state = State(settings)
    recorder = Recorder(state.network, settings.layers, inputs, 10, 4096)
    LOSSES[DATASETS[data].task](state.network(inputs), targets).backward()
    arrays = recorder.moment(0, 0.0, 1.0).arrays
    for layer in settings.layers:
        kinds = {kind for owner, kind in arrays if owner == layer.name}
        if layer.kind in PASSING:
            assert kinds == set()
            continue
        learned = {*layer.weights, *(f"{kind}_gradient" for kind in layer.weights)}
        assert kinds - {"running_mean", "running_var", "mask"} == {"output", *learned}
        output = arrays[layer.name, "output"]
        assert output.values.shape[0] == 10
        shape, axis = list(output.values.shape[1:]), layer.units_axis
        shape[axis] = output.units or shape[axis]
        assert tuple(shape) == layer.output_shape
        for kind, shape in layer.weights.items():
            array = arrays[layer.name, kind]
            assert (array.units or len(array.values), *array.values.shape[1:]) == shape
            assert arrays[layer.name, f"{kind}_gradient"].values.shape == array.values.shape


def test_the_bricks_are_made_from_the_architecture_unless_they_are_given():
    made = settings_from({"data": "digits", "options": {"hidden": 16}})
    assert list(made.bricks) == ARCHITECTURES["two_linear"](hidden=16).bricks(Work((1, 8, 8), 10))
    given_stack = settings_from({"architecture": "mine", "bricks": made.bricks, "data": "digits"})
    assert given_stack.bricks == made.bricks and given_stack.title == "mine on Digits 8x8"
    assert made.title == "Two linear layers on Digits 8x8" and made.activation == "relu"

"""The architectures' family: each is listed, fits every data set, and learns."""

from pathlib import Path
from typing import get_args

import pytest
import torch
from torch.nn.functional import cross_entropy

import core.architectures
from core.activations import ACTIVATIONS
from core.architectures import ARCHITECTURES
from core.architectures.bricks import AnyBrick
from core.architectures.builder import CONTAINERS, MODULES, owner
from core.architectures.plans import PASSING
from core.checkpoints import State
from core.data import DATASETS
from core.recording import Recorder, outputs_of
from core.settings import Settings, Unfit, settings_from

torch.set_num_threads(1)
NOT_AN_ARCHITECTURE = {"__init__", "architecture", "builder", "modules", "plans", "recurrent"}
DIFFERENT = {
    "mlp": [{"batch_norm": True, "dropout": 0.4}, {"depth": 1, "width": 1}],
    "lenet": [{"max_pool": False}, {"filters": 1}, {"filters": 32}],
    "two_linear": [{"hidden": 1}, *({"activation": name} for name in ACTIVATIONS)],
    "vgg": [{"batch_norm": False}, {"blocks": 3, "filters": 1}],
    "resnet": [
        {"depth": 2, "filters": 4},
        {"skips": False, "filters": 2},
        {"batch_norm": False, "activation": "tanh"},
        {"batch_norm": False, "skips": False, "filters": 1},
    ],
    "inception": [{"batch_norm": False}, {"modules": 1, "filters": 1}],
}
CASES = [
    pytest.param(data, name, options, id=f"{data}-{name}-{index}")
    for name in ARCHITECTURES
    for index, options in enumerate([{}, *DIFFERENT[name]])
    for data in (DATASETS if index == 0 else ("digits",))
]


def settings_of(data: str, name: str, options: dict) -> Settings:
    given = {"data": data, "architecture": name, "options": options}
    return settings_from({**given, "optimizer": "sgd", "learning_rate": 0.001})


def batch_of(data: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Random images of the declared shape: nothing is loaded, nothing is downloaded."""
    source = torch.Generator().manual_seed(1)
    images = torch.rand(20, *DATASETS[data].shape, generator=source)
    return images, torch.arange(20) % len(DATASETS[data].classes)


def test_every_file_is_listed_and_the_menu_begins_with_two_linear():
    files = {path.stem for path in Path(core.architectures.__file__).parent.glob("*.py")}
    assert files - NOT_AN_ARCHITECTURE == set(ARCHITECTURES)
    assert next(iter(ARCHITECTURES)) == "two_linear"


def test_every_kind_of_brick_can_be_built():
    bricks = get_args(get_args(AnyBrick)[0])
    known = {*MODULES, *CONTAINERS, "dropout"}
    assert {brick.model_fields["kind"].default for brick in bricks} == known


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_form_can_be_drawn_from_its_fields(name):
    architecture = ARCHITECTURES[name]
    assert architecture.title and architecture.sentence.endswith(".")
    for field, about in architecture.model_fields.items():
        assert not about.is_required()
        if field != "activation":
            assert about.title and about.description and about.description.endswith(".")


@pytest.mark.parametrize("data", DATASETS)
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_ends_of_every_slider_make_a_network_or_a_sentence(data, name):
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
    assert layers[-1].output_shape == (len(DATASETS[data].classes),)


@pytest.mark.parametrize("data, name, options", CASES)
def test_one_step_lowers_the_loss_on_its_batch(data, name, options):
    state = State(settings_of(data, name, options))
    images, labels = batch_of(data)
    for module in state.network.modules():
        if hasattr(module, "share"):
            module.share = 0.0  # what dropout leaves out would differ between the two
    before = cross_entropy(state.network(images), labels)
    before.backward()
    state.optimizer.step()
    assert cross_entropy(state.network(images), labels) < before


@pytest.mark.parametrize("data, name, options", CASES)
def test_every_layer_but_flatten_is_recorded(data, name, options):
    settings = settings_of(data, name, options)
    images, labels = batch_of(data)
    state = State(settings)
    recorder = Recorder(state.network, settings.layers, images, 10, 4096)
    cross_entropy(state.network(images), labels).backward()
    arrays = recorder.moment(0, 0.0, 1.0).arrays
    for layer in settings.layers:
        kinds = {kind for owner, kind in arrays if owner == layer.name}
        if layer.kind in PASSING:
            assert kinds == set()
            continue
        learned = {*layer.weights, *(f"{kind}_gradient" for kind in layer.weights)}
        assert kinds - {"running_mean", "running_var"} == {"output", *learned}
        output = arrays[layer.name, "output"]
        assert output.values.shape[0] == 10
        assert output.values.shape[2:] == layer.output_shape[1:]
        assert (output.units or output.values.shape[1]) == layer.output_shape[0]
        for kind, shape in layer.weights.items():
            array = arrays[layer.name, kind]
            assert (array.units or len(array.values), *array.values.shape[1:]) == shape
            assert arrays[layer.name, f"{kind}_gradient"].values.shape == array.values.shape

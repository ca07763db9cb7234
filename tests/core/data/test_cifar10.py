"""CIFAR-10: with no network, and converted from what torchvision gives."""

import numpy as np
import pytest

from core.data import DATASETS, DataError, cifar10, download
from core.data.dataset import _kept
from tests.core.data.test_fashion_full import files_in

CIFAR = DATASETS["cifar10"]
STAND_IN = """
import numpy as np

class CIFAR10:
    def __init__(self, root, train, download):
        assert download
        count = 50_000 if train else 10_000
        places = np.arange(count)
        self.data = np.zeros((count, 32, 32, 3), np.uint8)
        self.data[places, places % 32, 5, 1] = 7
        self.targets = (places % 10).tolist()
"""


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty home, and no data set kept from another test."""
    monkeypatch.setenv("LAYERSCOPE_HOME", str(tmp_path / "home"))
    _kept.cache_clear()
    yield tmp_path / "home"
    _kept.cache_clear()


def test_without_a_network_a_sentence_says_what_to_do(home, monkeypatch):
    for name in ("HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")  # nobody listens there
    assert not CIFAR.is_here()
    with pytest.raises(DataError) as caught:
        CIFAR.load()
    assert str(caught.value) == (
        "CIFAR-10 could not be downloaded: no connection to its server. "
        "Choose Fashion-MNIST with 12,000 images, which needs no network."
    )
    assert files_in(home) == []


def test_the_server_is_that_of_torchvision():
    from torchvision.datasets import CIFAR10

    assert cifar10.SOURCE.address == CIFAR10.url


def test_what_torchvision_gives_is_stored_and_read_again(home, monkeypatch, tmp_path):
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / "__init__.py").touch()
    (tmp_path / "torchvision" / "datasets.py").write_text(STAND_IN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(download, "ASK", "pass")
    split = CIFAR.load()
    assert split.train_inputs.shape == (CIFAR.train_size, *CIFAR.shape)
    assert split.test_inputs.shape == (CIFAR.test_size, *CIFAR.shape)
    place, channel, row, column = np.argwhere(split.train_inputs)[33]
    assert (place, channel, row, column) == (33, 1, 1, 5)
    assert split.train_targets[:12].tolist() == [*range(10), 0, 1]
    assert CIFAR.probes(CIFAR.load_test()) == tuple(range(10))
    assert {path.name for path in files_in(home)} == set(cifar10.FILES)
    assert [path.name for path in (home / "data").iterdir()] == ["CIFAR10"]

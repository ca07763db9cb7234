"""The data room's files: whole ones are read exactly, damaged ones are named."""

import gzip
import hashlib
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import DataError, fashion, mnist
from core.data.idx import FILES, TEST_LABELS, read_idx, read_labels, read_split

MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


def idx(array):
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


@pytest.mark.parametrize("name", MD5)
def test_mnist_is_the_original(name):
    content = gzip.decompress((mnist.FOLDER / f"{name}.gz").read_bytes())
    assert hashlib.md5(content).hexdigest() == MD5[name]


def test_mnist_is_what_torchvision_reads(tmp_path):
    from torchvision.datasets import MNIST

    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in FILES:
        content = gzip.decompress((mnist.FOLDER / name).read_bytes())
        (raw / name.removesuffix(".gz")).write_bytes(content)
    split = mnist.DATASET.load()
    for train, images, labels in (
        (True, split.train_inputs, split.train_targets),
        (False, split.test_inputs, split.test_targets),
    ):
        oracle = MNIST(tmp_path, train=train, download=False)
        np.testing.assert_array_equal(images[:, 0], oracle.data.numpy())
        np.testing.assert_array_equal(labels, oracle.targets.numpy())


def test_the_fashion_subset_is_balanced():
    split = fashion.DATASET.load()
    assert np.bincount(split.train_targets).tolist() == [1000] * 10
    assert np.bincount(split.test_targets).tolist() == [200] * 10


@pytest.mark.parametrize("folder", [mnist.FOLDER, fashion.FOLDER])
def test_the_terms_lie_beside_the_files(folder):
    notice = (folder / "NOTICE.md").read_text(encoding="utf-8")
    assert "opyright" in notice
    assert {path.name for path in folder.glob("*.gz")} == set(FILES)


def test_a_whole_file_is_read_exactly(tmp_path):
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(idx(array)))
    np.testing.assert_array_equal(read_idx(path, (2, 3, 4)), array)


LABELS = idx(np.arange(10))
DAMAGED = {
    "empty": b"",
    "not gzip": LABELS,
    "cut off": gzip.compress(LABELS)[:-12],
    "wrong checksum": gzip.compress(LABELS)[:-8] + bytes(8),
    "flipped byte": gzip.compress(LABELS)[:14] + b"\xff" + gzip.compress(LABELS)[15:],
    "wrong magic number": gzip.compress(b"\0\0\x0d\1" + LABELS[4:]),
    "wrong count": gzip.compress(idx(np.arange(9))),
    "too short": gzip.compress(LABELS[:-1]),
    "too long": gzip.compress(LABELS + b"\0"),
    "far too long": gzip.compress(LABELS + bytes(10_000_000)),
    "label of no class": gzip.compress(idx(np.arange(1, 11))),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_named_in_one_sentence(tmp_path, damage):
    path = tmp_path / TEST_LABELS
    path.write_bytes(DAMAGED[damage])
    with pytest.raises(DataError, match=f"{TEST_LABELS} is damaged") as caught:
        read_labels(path, 10, 10)
    assert str(tmp_path) not in str(caught.value)
    assert "\n" not in str(caught.value)


@given(content=st.binary(max_size=200), packed=st.booleans())
def test_any_bytes_are_read_or_refused(tmp_path_factory, content, packed):
    path = tmp_path_factory.mktemp("idx") / "any.gz"
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(DataError, match=r"any\.gz is damaged"):
        read_idx(path, (60_000, 28, 28))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match="train-images-idx3-ubyte.gz is missing"):
        read_split(tmp_path, 10, 10)

"""The script that made the Fashion-MNIST subset, run on small originals."""

import gzip
import importlib.util
import struct

import numpy as np

from core.data import fashion
from core.data.idx import TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS, read_idx, read_labels


def write_originals(folder, each):
    rng = np.random.default_rng(0)
    written = {}
    for part, count in (("train", 10 * each), ("t10k", 10 * each)):
        labels = rng.permutation(np.arange(count) % 10).astype(np.uint8)
        images = rng.integers(0, 256, (count, 28, 28), np.uint8)
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            header = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
            path = folder / f"{part}-{kind}-ubyte.gz"
            path.write_bytes(gzip.compress(header + array.tobytes(), 1))
        written[part] = images, labels
    return written


def test_the_first_of_each_class_are_kept_in_their_order(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("make_subset", fashion.FOLDER / "make_subset.py")
    make_subset = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_subset)
    originals, made = tmp_path / "originals", tmp_path / "made"
    originals.mkdir()
    made.mkdir()
    images, labels = write_originals(originals, 1010)["train"]
    monkeypatch.setattr(make_subset, "HERE", made)
    make_subset.main(originals)
    seen, kept = dict.fromkeys(range(10), 0), []
    for place, label in enumerate(labels.tolist()):
        seen[label] += 1
        if seen[label] <= 1000:
            kept.append(place)
    np.testing.assert_array_equal(read_labels(made / TRAIN_LABELS, 10_000, 10), labels[kept])
    np.testing.assert_array_equal(read_idx(made / TRAIN_IMAGES, (10_000, 28, 28)), images[kept])
    assert np.bincount(read_labels(made / TEST_LABELS, 2_000, 10)).tolist() == [200] * 10

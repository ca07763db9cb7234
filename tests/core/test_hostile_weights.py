"""Hostile files of weights: what does not fit the network to the letter gets one sentence."""

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as some
from safetensors.numpy import save

from core import weights_file
from core.weights_file import NO_FILE, Unsuitable, read, wanted
from tests.core.test_weights_file import LAYERS, TENSORS, WHOLE


def refused(data: bytes, words: str = "") -> str:
    with pytest.raises(Unsuitable) as caught:
        read(data, LAYERS)
    text = str(caught.value)
    assert (text[0].isupper() or text[0] == "“") and text.endswith(".")
    assert text.isprintable() and len(text) < 400
    assert words in text
    return text


def with_header(told: object, numbers: bytes = b"") -> bytes:
    text = told if isinstance(told, bytes) else json.dumps(told).encode()
    return struct.pack("<Q", len(text)) + text + numbers


def changed(**other: np.ndarray | None) -> bytes:
    names = {name.replace(".", "_"): name for name in TENSORS}
    mixed = dict(TENSORS) | {names.get(name, name): array for name, array in other.items()}
    return save({name: array for name, array in mixed.items() if array is not None})


WEIGHT = TENSORS["linear1.weight"]


@pytest.mark.parametrize(("data", "words"), [
    (changed(linear1_weight=None), "lacks “linear1.weight”, which this network has with the shape "
     "12×64."),
    (save({}), "lacks “linear1.weight”, which this network has with the shape 12×64 and 1"),
    (changed(extra=WEIGHT), "holds “extra”, which this network does not have; its tensors are "
     "linear1.weight, linear1.bias"),
    (changed(linear1_weight=WEIGHT.T.copy()), "“linear1.weight” has the shape 64×12 in this file; "
     "this network needs 12×64."),
    (changed(linear1_bias=np.array(1, np.float32)), "has the shape of a single number"),
    (changed(linear1_weight=WEIGHT.astype(np.int64)), "is of the type I64 in this file; F64 or "
     "F32 or F16 or BF16 would be right."),
    (changed(linear1_weight=WEIGHT.astype(np.complex64)), "type C64"),
    (changed(linear1_weight=WEIGHT.astype(np.float64) * 1e300), "is too large for float32"),
    (changed(batchnorm1_num_batches_tracked=np.array(3.5)), "holds a number with a fraction"),
    (changed(batchnorm1_num_batches_tracked=np.array(3, np.int8)), "type I8 in this"),
    (changed(linear1_weight=np.where(WEIGHT > 0, np.nan, WEIGHT)), "numbers that are NaN or inf"),
    (changed(linear1_weight=np.full_like(WEIGHT, np.inf)), "“linear1.weight” holds 768 of 768 num"),
    (changed(batchnorm1_running_var=np.full(12, -1, np.float32)), "holds a number below 0"),
    (changed(**{"a\n" + "\u202e" * 200: WEIGHT}), "holds “a??"),
])  # fmt: skip
def test_a_tensor_that_does_not_fit_is_named_with_what_would_be_right(data, words):
    refused(data, words)


ONE = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize("data", [
    b"", b"\x00" * 7, bytes(8), b"\x89PNG\r\n\x1a\n" + bytes(5000),
    with_header(b"["), with_header(b"[" * 100_000), with_header(b"\xff{}"), with_header([]),
    with_header({"a": {**ONE, "data_offsets": [0, 9]}}, bytes(9)),
    with_header({"a": {**ONE, "data_offsets": [8, 0]}}, bytes(8)),
    with_header({"a": {**ONE, "data_offsets": [-8, 0]}}, bytes(8)),
    with_header({"a": {**ONE, "shape": [2**62, 4]}}, bytes(8)),
    with_header({"a": {**ONE, "shape": [-2]}}, bytes(8)),
    with_header({"a": {**ONE, "dtype": "object"}}, bytes(8)),
    with_header({"a": ONE, "b": ONE}, bytes(8)),
    with_header({"a": ONE, "b": {**ONE, "data_offsets": [4, 12]}}, bytes(12)),
    with_header({"a": ONE, "b": {**ONE, "data_offsets": [12, 20]}}, bytes(20)),
    with_header({"a": ONE}), WHOLE[:-1], WHOLE + b"\x00",
    struct.pack("<Q", 2**63) + WHOLE[8:], struct.pack("<Q", 999_999_999) + WHOLE[8:],
])  # fmt: skip
def test_what_is_no_safetensors_file_is_refused(data):
    assert refused(data) == NO_FILE


def test_nothing_is_made_of_a_tensor_before_all_of_them_fit(monkeypatch):
    def never(data):
        raise AssertionError("tensors were made")

    monkeypatch.setattr(weights_file, "deserialize", never)
    refused(save({**TENSORS, "linear1.weight": np.zeros((1000, 5000), np.float32)}), "1000×5000")
    monkeypatch.setattr(weights_file, "FILE_LIMIT", len(WHOLE) - 1)
    refused(WHOLE, "larger than")


@given(some.binary(max_size=400))
def test_random_bytes_get_one_kind_of_sentence(data):
    refused(data)


@given(some.integers(0, len(WHOLE) - 1))
def test_a_file_that_was_cut_is_refused_wherever_it_ends(end):
    assert refused(WHOLE[:end]) == NO_FILE


@given(some.lists(some.tuples(some.integers(0, 2500), some.integers(1, 255)), min_size=1))
@rules(max_examples=300)
def test_flipped_bytes_are_read_or_get_a_sentence(flips):
    broken = bytearray(WHOLE)
    for place, change in flips:
        broken[place] ^= change
    try:
        found = read(bytes(broken), LAYERS)
    except Unsuitable as fault:
        assert str(fault).isprintable() and str(fault).endswith(".")
        return
    right = {key: shape for key, shape in wanted(LAYERS).values()}
    assert all(array.values.shape == right[key] for key, array in found.items())
    assert all(np.isfinite(array.values).all() for array in found.values())


@given(some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=9)
    | some.sampled_from(["F32", "BF16", "linear1.weight", "data_offsets"]),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(
        some.sampled_from(["linear1.weight", "dtype", "shape", "data_offsets", "__metadata__"]),
        inner, max_size=4,
    ), max_leaves=12,
), some.binary(max_size=64))  # fmt: skip
def test_any_json_as_what_a_file_says_of_itself_gets_a_sentence(told, numbers):
    refused(with_header(told, numbers))

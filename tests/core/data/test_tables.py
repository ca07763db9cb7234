"""Tables: columns are read exactly and scaled by the training part; damaged files are named."""

import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from core.data import DATASETS, DataError, carseats, superstore
from core.data.textfiles import read_table, read_text

TABLES = {"carseats": carseats, "superstore": superstore}


def parts(name):
    """Inputs and targets of the training part, then of the test part."""
    split = DATASETS[name].load()
    return (
        (split.train_inputs, split.train_targets),
        (split.test_inputs, split.test_targets),
    )


@pytest.mark.parametrize("name", TABLES)
def test_each_choice_is_one_hot(name):
    for inputs, _ in parts(name):
        place = len(TABLES[name].NUMBERS)
        for words in TABLES[name].CHOICES.values():
            columns = inputs[:, place : place + len(words)]
            assert set(np.unique(columns)) == {0, 1}
            assert (columns.sum(axis=1) == 1).all()
            place += len(words)
        assert place == inputs.shape[1]


@pytest.mark.parametrize("name", TABLES)
def test_numbers_are_standardised_by_the_training_part(name):
    train = parts(name)[0][0][:, : len(TABLES[name].NUMBERS)].astype(float)
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(train.std(axis=0), 1, atol=1e-5)


@pytest.mark.parametrize("name", TABLES)
def test_the_rows_are_those_of_the_file_in_another_order(name):
    module, quantity = TABLES[name], DATASETS[name].quantity
    sales = np.concatenate([targets[:, 0] for _, targets in parts(name)]).astype(float)
    sales = sales * quantity.spread + quantity.mean
    sales = np.expm1(sales) if name == "superstore" else sales
    table = pd.read_csv(module.FILE, keep_default_na=False)
    np.testing.assert_allclose(np.sort(sales), np.sort(table["Sales"]), rtol=1e-4, atol=1e-4)
    names = [*module.NUMBERS, *module.CHOICES]
    encoded = pd.get_dummies(table[names], columns=list(module.CHOICES)).to_numpy(float)
    inputs = np.concatenate([inputs for inputs, _ in parts(name)]).astype(float)
    # However the columns are ordered and scaled, the best line through them is the same.
    wanted = np.log1p(table["Sales"]) if name == "superstore" else table["Sales"]
    given_ = np.log1p(sales) if name == "superstore" else sales
    oracle = Ridge(1e-6).fit(encoded, wanted).score(encoded, wanted)
    assert Ridge(1e-6).fit(inputs, given_).score(inputs, given_) == pytest.approx(oracle, abs=1e-4)


@pytest.mark.parametrize("name, least", [("carseats", 0.8), ("superstore", 0.5)])
def test_what_is_asked_for_can_be_told_from_the_inputs(name, least):
    train, test = parts(name)
    assert Ridge().fit(*train).score(*test) > least


TEXT = "a,b,c\n1,x,u\n,y,v\n2.5,x,w\n"


def table_of(path, text=TEXT, **wanted):
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return read_table(path, 3, **wanted)


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_exactly(tmp_path, name, end):
    wanted = {"numbers": ("a",), "choices": {"b": ("y", "x")}, "words": ("c",)}
    table = table_of(tmp_path / name, TEXT.replace("\n", end), **wanted)
    np.testing.assert_array_equal(table["a"], [1, np.nan, 2.5])
    assert table["b"].tolist() == [1, 0, 1] and table["b"].dtype == np.int64
    assert table["c"].tolist() == ["u", "v", "w"]


@pytest.mark.parametrize(
    "text, how",
    [
        ("", "does not hold 3 whole rows"),
        ("a,b,c\n1,x,u\n", "does not hold 3 whole rows"),
        (TEXT.replace(",w", ""), "does not hold 3 whole rows"),
        (TEXT.replace("a,", "d,"), "has no column a"),
        (TEXT.replace("2.5", "two"), "a cell holds what its column cannot hold"),
        (TEXT.replace("y", "z"), "a cell holds what its column cannot hold"),
    ],
)
def test_a_damaged_table_is_named_in_one_sentence(tmp_path, text, how):
    with pytest.raises(DataError, match=rf"t\.csv is damaged: it {how}|damaged: {how}") as caught:
        table_of(tmp_path / "t.csv", text, numbers=("a",), choices={"b": ("x", "y")})
    assert str(tmp_path) not in str(caught.value)


@given(content=st.binary(max_size=200), packed=st.booleans(), name=st.sampled_from(["a", "a.gz"]))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content, packed, name):
    path = tmp_path_factory.mktemp("tables") / name
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(DataError, match="is damaged"):
        read_table(path, 1_000, numbers=("a",))


def test_a_missing_an_endless_and_a_foreign_text_are_named(tmp_path):
    with pytest.raises(DataError, match="x.csv is missing"):
        read_text(tmp_path / "x.csv")
    (tmp_path / "long.gz").write_bytes(gzip.compress(bytes(10_000_000)))
    with pytest.raises(DataError, match="more than 4,000,000 bytes"):
        read_text(tmp_path / "long.gz")
    (tmp_path / "latin").write_bytes("é".encode("latin-1"))
    with pytest.raises(DataError, match="not a text in UTF-8"):
        read_text(tmp_path / "latin")

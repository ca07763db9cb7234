"""Own tables against pandas and scikit-learn: types, gaps, scales, the cut, and names."""

import io

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from core.data.own.fed import FURTHEST
from core.data.own.words import MOST_WORDS
from tests.core.data.own.files import a_table, csv_of, from_table


def test_numbers_are_standardised_and_words_one_hot_as_scikit_learn_does():
    data = a_table(200)
    made, frame = from_table(data, "kind"), pd.read_csv(io.BytesIO(data))
    train, test = train_test_split(
        np.arange(200), test_size=0.2, random_state=0, stratify=frame["kind"]
    )
    numbers = frame[["height", "weight", "price"]]
    numbers.insert(2, "day", pd.to_datetime(frame["day"]).astype("int64").astype(float))
    scaler = StandardScaler().fit(numbers.iloc[train])
    words = OneHotEncoder(sparse_output=False).fit(frame[["colour"]])
    for places, inputs, targets in (
        (train, made.split.train_inputs, made.split.train_targets),
        (test, made.split.test_inputs, made.split.test_targets),
    ):
        scaled = scaler.transform(numbers.iloc[places])
        hot = words.transform(frame[["colour"]].iloc[places])
        wanted = np.hstack([scaled[:, :2], hot, scaled[:, 2:]])
        np.testing.assert_allclose(inputs, wanted, rtol=1e-4, atol=1e-4)
        assert [made.own.classes[t] for t in targets] == frame["kind"].iloc[places].tolist()
    assert made.own.features == (
        *("height", "weight", "colour = blue", "colour = green", "colour = red", "day", "price"),
    )
    assert made.own.task == "classify" and made.own.classes == ("small", "tall")
    assert [kind for _, kind, _ in made.columns] == ["number", "number", "words", "date", "number"]


def test_a_number_to_predict_is_standardised_by_the_training_part():
    data = a_table(100)
    made, frame = from_table(data, "price"), pd.read_csv(io.BytesIO(data))
    train, _ = train_test_split(np.arange(100), test_size=0.2, random_state=0)
    scaler = StandardScaler().fit(frame[["price"]].iloc[train])
    wanted = scaler.transform(frame[["price"]].iloc[train])
    np.testing.assert_allclose(made.split.train_targets, wanted, rtol=1e-5, atol=1e-6)
    assert made.own.mean == pytest.approx(scaler.mean_[0])
    assert made.own.spread == pytest.approx(scaler.scale_[0])
    assert made.own.dataset.quantity.name == "price" and not made.own.classes


def test_gaps_are_filled_with_the_training_median_and_counted():
    chance = np.random.default_rng(1)
    x = chance.normal(5, 2, 100).round(3)
    x[::9] = np.nan
    data = csv_of(x=x, w=["a", None, "b", "c"] * 25, y=np.arange(100) % 2)
    made = from_table(data, "y")
    train, _ = train_test_split(
        np.arange(100), test_size=0.2, random_state=0, stratify=np.arange(100) % 2
    )
    filled = np.where(np.isnan(x), np.nanmedian(x[train]), x)[:, None]
    wanted = StandardScaler().fit(filled[train]).transform(filled)[train]
    np.testing.assert_allclose(made.split.train_inputs[:, :1], wanted, rtol=1e-5, atol=1e-6)
    (_, _, number), (_, _, words) = made.columns
    assert "12 missing, filled with the median" in number and "25 missing" in words
    assert made.own.features[-1] == "w = (missing)"
    assert made.split.train_inputs[:, 1:].sum(axis=1).tolist() == [1.0] * 80


def test_rows_without_a_target_and_rare_classes_are_left_out_and_said():
    kinds = ["a"] * 30 + ["b"] * 20 + ["c"] * 3 + [None] * 7
    made = from_table(csv_of(x=np.random.default_rng(0).normal(size=60), y=kinds), "y")
    assert made.own.classes == ("a", "b")
    assert made.own.train_size + made.own.test_size == 50
    told = " ".join(made.said)
    assert "7 rows without “y”" in told and "3 rows of classes with fewer than 5 rows (“c”)" in told


def test_what_says_nothing_is_left_out_and_said():
    chance = np.random.default_rng(0)
    data = csv_of(
        row=np.arange(50),
        name=[f"person {n}" for n in range(50)],
        same=["k"] * 50,
        none=[None] * 50,
        x=chance.normal(size=50),
        huge=chance.normal(size=50) * 1e40,
        y=["a", "b"] * 25,
    )
    made = from_table(data, "y")
    assert made.own.features == ("x",) and made.own.dataset.shape == (1,)
    left = {name: how for name, _, how in made.columns if how.startswith("left out")}
    assert set(left) == {"row", "name", "same", "none", "huge"}
    reasons = {name: how.removeprefix("left out: ") for name, how in left.items()}
    assert reasons == {
        "row": "it counts the rows",
        "name": "another value in almost every row, as a name has",
        "same": "the same value in every row",
        "none": "no value at all",
        "huge": "numbers beyond 10³⁰",
    }
    (sentence,) = [said for said in made.said if said.startswith("Columns left out")]
    assert (
        sentence
        == "Columns left out: "
        + "; ".join(
            f"“{name}” ({reasons[name]})" for name in ("row", "name", "same", "none", "huge")
        )
        + "."
    )


def test_rare_words_share_a_feature():
    words = [f"w{n % 40:02d}" if n % 3 else "often" for n in range(400)]
    made = from_table(csv_of(w=words, y=["a", "b"] * 200), "y")
    assert len(made.own.features) == MOST_WORDS + 1 and made.own.features[-1] == "w = (other)"
    rows = np.vstack([made.split.train_inputs, made.split.test_inputs])
    assert (rows.sum(axis=1) == 1).all()


def test_what_lies_far_out_is_drawn_in_and_said():
    x = np.r_[np.random.default_rng(0).normal(size=1999), 1e9]
    made = from_table(csv_of(x=x, y=["a", "b"] * 1000), "y")
    largest = max(made.split.train_inputs.max(), made.split.test_inputs.max())
    assert largest == FURTHEST and "1 more than 20 standard deviations" in made.columns[0][2]


def test_semicolons_tabs_decimal_commas_marks_of_order_and_other_codes_are_read():
    text = "größe;y\n" + "".join(f"{n},5;{'ab'[n % 2]}\n" for n in range(0, 60, 3) for _ in "xy")
    for data in (
        text.encode(),
        b"\xef\xbb\xbf" + text.encode(),
        text.encode("latin-1"),
        text.encode("utf-16"),
        text.replace(";", "\t").encode(),
        text.replace("\n", "\r\n").encode(),
        text.replace("\n", "\r").encode(),
    ):
        made = from_table(data, "y")
        assert made.own.features == ("größe",) and made.columns[0][1] == "number"


def test_a_table_without_names_gets_some_and_says_so():
    data = "\n".join(f"{n * n % 17},{n % 7},{n % 2}" for n in range(60)).encode()
    made = from_table(data, "column 3")
    assert made.own.features == ("column 1", "column 2") and "got some" in " ".join(made.said)
    assert made.own.train_size + made.own.test_size == 60


def test_names_that_would_mean_something_are_harmless_and_told_apart():
    evil = ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>", "", "www.evil.org", "y"]
    rows = "\n".join(f"{n * 7 % 11},{n * 5 % 13},{n % 9},{n % 8},{'ab'[n % 2]}" for n in range(60))
    made = from_table((",".join(evil) + "\n" + rows).encode(), "y")
    assert made.own.features == (
        "＜img src=x onerror=alert(1)＞",
        "＜img src=x onerror=alert(1)＞ (2)",
        "column 3",
        "www evil.org",
    )

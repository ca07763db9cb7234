"""Bad tables: one sentence for each, whatever the bytes; what is read can be trained on."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data import DataError
from core.data.own.cells import MOST_COLUMNS, MOST_FILE, read_cells
from core.data.own.description import MOST_CLASSES, MOST_FEATURES, MOST_ROWS
from core.data.own.fed import FURTHEST
from core.data.own.prepared import id_of
from core.data.own.tables import table_data
from tests.core.data.own.files import a_picture, a_zip, csv_of, from_table

LETTERS = "".join(f"{n % 7},c{n}\n" for n in range(60)).encode()
MANY = b"x,y\n" + b"".join(f"{n},c{n % 150}\n".encode() for n in range(900))
BAD = {
    "no cell": (b"", "needs a row of names"),
    "names only": (b"a,b,c\n", "needs a row of names"),
    "one column": (b"a\n1\n2\n", "at least two columns"),
    "Not a text": (b"a,b\0\n1,2\n", "Not a text"),
    "a spreadsheet": (a_zip(), "spreadsheet"),
    "a picture": (a_picture(), "Not a text"),
    "ragged": (b"a,b,y\n1,2,3\n1,2\n", "Line 3 has 2 cells, but the names are 3"),
    "too wide": (",".join(f"c{n}" for n in range(100_000)).encode(), f"at most {MOST_COLUMNS:,}"),
    "too long": (b"a,b\n" + b"1,2\n" * (MOST_ROWS + 1), "too large"),
    "too large": (b"a" * (MOST_FILE + 1), "larger than"),
    "a cell without end": (b'a,y\n"' + b"x" * 200_000, "Line 2 opens a quote that is never closed"),
    "few rows": (b"a,y\n" + b"1,k\n2,l\n" * 6, "Only 12 rows"),
    "too many classes": (MANY, f"at most {MOST_CLASSES}"),
    "ten thousand classes": (
        b"x,y\n" + b"".join(f"{n},c{n % 10_000}\n".encode() for n in range(50_000)),
        "10,000 different values",
    ),
    "only names": (b"x,y\n" + LETTERS, "at least two values"),
    "one class": (b"x,y\n" + b"1,k\n2,k\n" * 30, "at least two values"),
    "nothing to predict from": (b"x,y\n" + b"1,k\n1,l\n" * 30, "No column is left"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_sentence(name):
    data, sentence = BAD[name]
    with pytest.raises(DataError, match=sentence) as told:
        from_table(data, "y")
    assert len(str(told.value)) < 300


def test_too_many_features_are_refused():
    words = {
        f"w{n}": [f"{n}{'abcdefghijklmnopqrst'[r % 20]}" for r in range(100)] for n in range(60)
    }
    with pytest.raises(DataError, match=f"at most {MOST_FEATURES:,}"):
        from_table(csv_of(**words, y=["a", "b"] * 50), "y")
    left = tuple(list(words)[10:])
    assert (
        len(from_table(csv_of(**words, y=["a", "b"] * 50), "y", left_out=left).own.features) == 200
    )


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (["a", "b"] * 20, "holds words"),
        (["1e31", "2e31"] * 20, "holds words"),
        ([3.0] * 40, "all alike"),
        ([3e-12] * 40, "all alike"),
        ([1e-40, 2e-40] * 20, "smaller unit"),
        ([3 + 1e-12, 3.0] * 20, "all alike"),
    ],
)
def test_a_number_that_cannot_be_predicted_is_one_sentence(values, sentence):
    data = csv_of(x=np.random.default_rng(0).normal(size=40), y=values)
    with pytest.raises(DataError, match=sentence):
        from_table(data, "y", "regress")


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    [
        "",
        "NA",
        "1",
        "-2.5",
        "1e308",
        "-1e308",
        "inf",
        "2020-01-01",
        "1.2.2020",
        "yes",
        "x",
        '"',
        "5",
    ]
)
ROWS = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12)


def survives(data: bytes) -> None:
    """Reads it or says in a sentence why not; what is read trains: finite, bounded, as declared."""
    try:
        cells = read_cells(data)
    except DataError as fault:
        assert str(fault).endswith(".") or str(fault).endswith(").")
        return
    for target in list(cells.table.columns)[:3]:
        for task in ("classify", "regress"):
            try:
                made = table_data(cells, target, task, data_id=id_of(data), file_name="x")
            except DataError as fault:
                assert str(fault).endswith(".")
                continue
            split, own = made.split, made.own
            assert split.train_inputs.shape == (own.train_size, *own.dataset.shape)
            assert np.abs(split.train_inputs).max() <= FURTHEST
            assert np.isfinite(split.test_inputs).all() and np.isfinite(split.test_targets).all()


@settings(max_examples=150)
@given(st.binary(max_size=300), st.integers(1, 40))
def test_no_bytes_break_it(data, times):
    survives(data)
    survives(b"a,b,c\n" + data * times)


def test_numbers_at_both_ends_of_what_there_is_break_nothing():
    rows = ["a,b,c", *["0,0,0", "0,,", "1,1E308,2", "0,-1E308,1"] * 6]
    survives("\n".join(rows).encode())
    survives(b"a,b,c\n" + b",,\n0,,\n0,,\n0,1E308,\n0,-1E308,\n" * 6)


@settings(max_examples=150)
@given(st.lists(CELL, min_size=3, max_size=3), ROWS, st.sampled_from(",;\t|"))
def test_no_table_breaks_it(head, rows, mark):
    text = pd.DataFrame(rows * 6, columns=range(3)).to_csv(sep=mark, header=head, index=False)
    survives(text.encode())

"""Files that pages give: what they are called, and tables as CSV."""

import io

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import saving


def named():
    import streamlit as st

    from pages.shared.saving import file_name

    st.text(file_name("loss-" + st.query_params.get("run", ""), "<b>x</b> ÷ y"))


@pytest.mark.parametrize(
    "link, wanted",
    [
        ({}, "layerscope-train-loss-b-x-b-y"),
        (
            {"run": "01ab", "layer": "conv1", "step": "24", "data": "MNIST"},
            "layerscope-train-01ab-conv1-step-24-loss-b-x-b-y",
        ),
        ({"layer": "../../etc"}, "layerscope-train-etc-loss-b-x-b-y"),
    ],
)
def test_a_file_is_named_after_the_page_the_run_the_layer_and_the_moment(link, wanted):
    app = AppTest.from_function(named)
    for name, value in link.items():
        app.query_params[name] = value
    assert app.run().text[0].value == wanted


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("http://here:8501/", "train"),
        ("http://here:8501/weights", "weights"),
        ("https://here/lab", "train"),
        ("https://here/lab/", "train"),
        ("https://here/shared/lab/step", "step"),
    ],
)
def test_a_path_that_the_app_is_served_under_is_no_page(address, page, monkeypatch):
    class Context:
        url = address

    monkeypatch.setattr(saving.st, "context", Context)
    monkeypatch.setattr(saving.st, "query_params", {})
    assert saving.file_name("loss") == f"layerscope-{page}-loss"


def test_a_files_name_has_an_end():
    app = AppTest.from_function(named)
    app.query_params["layer"], app.query_params["array"] = "a" * 4000, "b" * 4000
    assert len(app.run().text[0].value) <= saving.LONGEST


def test_numbers_in_a_file_have_all_their_digits_and_texts_are_no_formulas():
    table = pd.DataFrame({"=x": ["=1+1", "a, b", "−2"], "loss": [0.1 + 0.2, 1e-300, None]})
    read = pd.read_csv(io.BytesIO(saving.csv(table)))
    assert list(read) == ["'=x", "loss"]
    assert read["'=x"].tolist() == ["'=1+1", "a, b", "−2"]
    assert read["loss"].tolist()[:2] == table["loss"].tolist()[:2]
    assert pd.isna(read["loss"][2])


def test_names_of_rows_are_in_the_file_where_they_count():
    table = pd.DataFrame({"value": [1.5, 2.5]}, index=["a", "b"])
    assert saving.csv(table, "unit").decode().splitlines() == ["unit,value", "a,1.5", "b,2.5"]

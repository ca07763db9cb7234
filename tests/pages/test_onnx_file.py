"""A network as an ONNX file on the Runs page: written when it is asked for, or a sentence."""

import pytest

import core.onnx_file
from core.onnx_file import NoFile
from tests.pages.conftest import said, sound
from tests.pages.test_runs import WEIGHTS, button


def test_a_network_is_given_as_an_onnx_file_that_was_checked(open_page, make_run, listener):
    run = make_run()
    tab = open_page("runs.py", run=run.id)
    sound(button(tab, "Write the ONNX file").click().run())
    assert listener.told == [("onnx_file", (10, 1, 8, 8))]
    assert tab.get("download_button")[-1].proto.label == "ONNX file"
    assert "For 10 test inputs ONNX Runtime's outputs differ from PyTorch's by at most" in said(tab)


@pytest.mark.parametrize("fault, words", [
    (NoFile("The file is not given."), "The file is not given"),
    (TimeoutError(), "No worker could write it"),
])  # fmt: skip
def test_where_no_onnx_file_can_be_given_a_sentence_says_why(
    open_page, make_run, listener, monkeypatch, fault, words
):
    def ask(*_):
        raise fault

    monkeypatch.setattr(listener, "ask", ask)
    tab = open_page("runs.py", run=make_run().id)
    sound(button(tab, "Write the ONNX file").click().run())
    assert words in tab.error[0].value
    assert [one.proto.label for one in tab.get("download_button")][-1] == WEIGHTS


def test_without_the_packages_the_page_says_how_to_install_them(open_page, make_run, monkeypatch):
    monkeypatch.setattr(core.onnx_file, "PACKAGES", ("no_such_package",))
    tab = open_page("runs.py", run=make_run().id)
    assert "pip install -r requirements-onnx.txt" in said(tab)
    assert "Write the ONNX file" not in [one.label for one in tab.button]

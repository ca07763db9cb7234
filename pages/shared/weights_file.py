"""Weights file: weights from a safetensors file become a new run of the chosen run's network."""

import streamlit as st

from core.budget import Full, new_run
from core.data.dataset import DataError
from core.engine import engine
from core.runs import Run, Summary
from core.settings import Settings
from core.weights_file import (
    FILE_LIMIT,
    PickleFileError,
    Unsuitable,
    begun,
    conversion,
    read,
    remarks,
)
from pages.shared.asking import NoAnswer
from pages.shared.choose import open_run
from pages.shared.plain import plain


def bring_weights(summary: Summary, settings: Settings) -> None:
    """Let a person give a file of weights; it opens as a run, or a sentence says what is wrong."""
    st.write(
        "Weights of this network from a safetensors file: what “Weights” under “Take it away” "
        "gave, changed elsewhere as you like. They become a new run with the same settings, which "
        "every page shows and which can be trained."
    )
    with st.form("bring-weights", clear_on_submit=True, border=False):
        given = st.file_uploader("A safetensors file", max_upload_size=FILE_LIMIT // 10**6)
        sent = st.form_submit_button("Begin a run with them", icon=":material/upload:")
    if sent and given is None:
        st.info("Choose a file first: the one that Weights gave.", icon=":material/upload_file:")
    elif sent and given is not None:
        try:
            with st.spinner("Trying the weights on the test data …"):
                run = _begun(given.getvalue(), summary, settings)
        except (Unsuitable, DataError, NoAnswer, Full) as fault:
            st.error(plain(str(fault)), icon=":material/rule:")
            if isinstance(fault, PickleFileError):
                st.code(conversion(given.name), "python")
        else:
            open_run(run.id)
            st.rerun()


def _begun(data: bytes, summary: Summary, settings: Settings) -> Run:
    """A run that begins with the weights of a file; raises what is told there."""
    weights, changes = read(data, settings.layers), remarks(data, settings.layers)
    try:
        records = engine().ask(begun, settings, weights, changes)
    except (Unsuitable, DataError):
        raise
    except Exception as fault:
        name = type(fault).__name__
        raise NoAnswer(f"No worker could try them ({name}). Try again in a moment.") from fault
    return new_run(settings, f"{summary.name}, weights from a file", records)

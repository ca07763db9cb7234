"""ONNX file: a run's network for other programs, written and checked when it is asked for."""

import streamlit as st

from core.engine import engine
from core.onnx_file import PACKAGES, NoFile, OnnxFile, lacking, onnx_file
from core.runs import Run
from core.settings import Settings
from pages.shared.packed import probe_inputs
from pages.shared.plain import plain


def onnx_offered(run: Run, settings: Settings, step: int) -> None:
    """The network with the exact weights of a step as an ONNX file, or what is needed for one."""
    st.write(
        "The network as an ONNX file, which programs in many languages run. It is checked against "
        "PyTorch before you get it."
    )
    if lacking():
        st.caption(
            f"It needs the packages {', '.join(PACKAGES)}; they are installed with "
            "`pip install -r requirements-onnx.txt`."
        )
        return
    buttons = st.container(horizontal=True)
    if not buttons.button("Write the ONNX file", icon=":material/hub:", key="onnx"):
        return
    try:
        file, count, blank = _written(run.id, step, run, settings)
    except NoFile as fault:
        st.error(plain(str(fault)), icon=":material/rule:")
        return
    buttons.download_button(
        "ONNX file",
        file.content,
        "network.onnx",
        "application/octet-stream",
        icon=":material/download:",
        on_click="ignore",
    )
    asked = f"{count} {'blank' if blank else 'test'} inputs"
    st.caption(
        f"For {asked} ONNX Runtime's outputs differ from PyTorch's by at most {file.apart:.1g} of "
        "the largest output. A batch may have any size."
    )


@st.cache_data(max_entries=4, show_spinner="Writing the ONNX file and checking it …")
def _written(run_id: str, step: int, _run: Run, _settings: Settings) -> tuple[OnnxFile, int, bool]:
    """The file, how many inputs it was checked with, and whether they were blank; or NoFile."""
    probes = probe_inputs(_settings)
    try:
        checkpoint = _run.checkpoint(step)
        file: OnnxFile = engine().ask(onnx_file, _settings, checkpoint, probes.inputs)
    except NoFile:
        raise
    except Exception as fault:
        name = type(fault).__name__
        raise NoFile(f"No worker could write it ({name}). Try again in a moment.") from fault
    return file, len(probes), probes.blank

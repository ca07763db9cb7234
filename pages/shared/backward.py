"""Backward: how far back through a sequence the gradient of a run's loss reaches."""

import numpy as np
import streamlit as st

from core.answers import reach
from core.architectures.plans import Layer
from core.figures.numbers_over_time import numbers_over_time
from core.runs import Run
from core.settings import Settings
from pages.shared import packed
from pages.shared.asking import Basis, NoAnswer, asked
from pages.shared.chart import still_chart


def draw_reach(run: Run, settings: Settings, layer: Layer, step: int, probe: int) -> None:
    """The size of the gradient at each step of the sequence, at a moment, for a probe input."""
    st.subheader("How far back the gradient reaches")
    try:
        found, basis = _reach(run.id, step, layer.name, run, settings)
    except NoAnswer as fault:
        st.caption(str(fault))
        return
    sizes = found[min(probe, len(found) - 1)]
    series = {"‖∂loss ÷ ∂x‖": np.where(sizes > 0, sizes, np.nan)}
    still_chart(numbers_over_time(range(len(sizes)), series, log=True), "reach")
    last, first = float(sizes[-1]), float(sizes[0])
    ratio = f"{first / last:.2g} times" if last > 0 else "not to be compared with"
    st.caption(
        "By autograd, at this moment: how strongly the loss of this input depends on what "
        "the layer is given at each step of the sequence. At its first step "
        f"that is {ratio} what it is at its last. Where it vanishes, the layer cannot learn to "
        f"remember from so far back. {basis.note}"
    )


@st.cache_data(max_entries=16, show_spinner="Asking a worker …")
def _reach(
    run_id: str, step: int, layer_name: str, _run: Run, _settings: Settings
) -> tuple[np.ndarray, Basis]:
    probes = packed.probe_inputs(_settings)
    if probes.blank:
        raise NoAnswer("This needs the run's data, which is not on this machine.")
    return asked(_run, step, reach, probes.inputs, probes.targets, layer_name)

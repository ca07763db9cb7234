"""At work: the pre-activations that a run's layer gives to its activation function at a moment."""

import numpy as np
import streamlit as st

from core.architectures.bricks import Activation
from core.runs import Run, Summary
from pages.shared.choose import choose, choose_step
from pages.shared.fresh import keep_fresh
from pages.shared.inputs import answer, choose_input


def at_work(run: Run, summary: Summary, function: str | None) -> np.ndarray | None:
    """The numbers that reach an activation function of a run, at a moment that a person chooses.

    Without a function: the logits of one chosen input, (classes,), of symbols those after the last.
    None, with a sentence, where the run does not use the function.
    """
    steps, settings = keep_fresh(run, summary), run.settings()
    if function is None and settings.dataset.task == "regress":
        st.info(
            "This run predicts numbers, no probabilities: choose a run that tells classes apart.",
            icon=":material/info:",
        )
        return None
    if function is None:
        chosen = choose_input(settings)
        found = answer(run.id, choose_step(steps), chosen.probe, chosen.inputs, run)
        logits = found.outputs[settings.layers[-1].name].astype(np.float64)
        return logits[-1] if logits.ndim == 2 else logits
    users = {
        layer.name: layer.sources[0]
        for layer in settings.layers
        if isinstance(layer.brick, Activation) and layer.brick.function == function
    }
    if not users:
        st.info(
            "This run does not use this function: choose another run, or train one with it. "
            "The curve is drawn without numbers.",
            icon=":material/info:",
        )
        return None
    layer = choose("Layer", list(users), "at")
    step = choose_step(steps)
    for moment in run.moments([step], layer=users[layer], kinds=("output",)):
        if array := moment.arrays.get((users[layer], "output")):
            return array.numbers().astype(np.float64).ravel()
    return None

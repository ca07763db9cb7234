"""At work: what of a run reaches its activation functions, and its softmax, in numbers."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import streamlit as st

from core.figures.numbers_over_time import numbers_over_time
from core.lessons import LESSONS
from core.pictures import functions
from core.runs import Run, Summary
from core.settings import Settings
from core.softmax import SOFTMAX_DERIVATIVE_FORMULA, SOFTMAX_FORMULA, cross_entropy
from pages.shared.chart import still_chart
from pages.shared.choose import choose, choose_step
from pages.shared.fresh import keep_fresh
from pages.shared.inputs import answer, choose_input
from pages.shared.lesson import draw_lesson

ZONES: dict[str, Callable[[dict[str, float]], float | None]] = {
    "dead units": lambda found: found.get("dead"),
    "numbers in a dead zone": lambda found: found.get("in_dead_zone"),
    "saturated numbers": lambda found: found.get("saturated"),
    "numbers elsewhere": lambda found: (
        1 - found["in_dead_zone"] - found["saturated"] if "in_dead_zone" in found else None
    ),
}
"""What is counted over a run, from a layer's numbers at a moment."""


class Logits(NamedTuple):
    """What softmax is given for one input: the classes' names, their numbers, the true one."""

    labels: tuple[str, ...]
    logits: np.ndarray
    truth: int | None

    @property
    def loss(self) -> float | None:
        """The cross-entropy of this input, −ln p of its true class; None where that is unknown."""
        if self.truth is None:
            return None
        return float(cross_entropy(self.logits, self.truth))


def draw_softmax(run: Run, summary: Summary) -> None:
    """Softmax and cross-entropy step by step, of an input of the run at a moment of it."""
    st.write("Softmax turns a vector of numbers into probabilities: all positive, together 1.")
    left, right = st.columns(2)
    left.latex(SOFTMAX_FORMULA)
    right.latex(SOFTMAX_DERIVATIVE_FORMULA)
    found = logits_of(run, summary)
    if found is None:
        return
    truth = np.array([] if found.truth is None else [found.truth])
    draw_lesson(LESSONS["softmax"], {"logits": found.logits, "truth": truth}, found.labels)
    st.caption(
        "From the last layer's numbers x (logits) for the chosen input. Training uses T = 1. "
        "The loss of one input, its cross-entropy, is −ln p of its true class"
        + (f", here {found.loss:.4g}. " if found.loss is not None else ". ")
        + "Below T = 1 the largest wins more clearly; above, all come closer together."
    )


def logits_of(run: Run, summary: Summary) -> Logits | None:
    """The logits for an input and at a moment that a person chooses, of text after its last symbol.

    None, with a sentence, where the run predicts numbers, or had diverged.
    """
    steps, settings = keep_fresh(run, summary), run.settings()
    dataset = settings.dataset
    if dataset.task in ("regress", "other"):
        st.info(
            "This run predicts numbers, no probabilities: choose a run that tells classes apart.",
            icon=":material/info:",
        )
        return None
    chosen = choose_input(settings)
    found = answer(run.id, choose_step(steps), chosen.probe, chosen.inputs, run)
    logits = found.outputs[settings.layers[-1].name].astype(np.float64)
    last = logits[-1] if logits.ndim == 2 else logits
    if not np.isfinite(last).all():
        st.warning(
            "The numbers at this moment are not finite: the run diverged. Choose an earlier one.",
            icon=":material/trending_up:",
        )
        return None
    truth = None if chosen.blank else int(np.ravel(chosen.target)[-1])
    truth = None if truth is None or truth < 0 else truth
    return Logits(dataset.alphabet if dataset.task == "next" else dataset.classes, last, truth)


def draw_zones(run: Run, settings: Settings) -> None:
    """How much of a run's pre-activations lay where nothing is learned, a line a layer."""
    names = list(functions(settings.layers))
    moments = run.moments(layer=tuple(names), kinds=())
    st.subheader("Over the run")
    word = choose("Count", list(ZONES), "count", label_visibility="collapsed")
    series = {
        name: [ZONES[word](moment.numbers.get(name, {})) for moment in moments] for name in names
    }
    steps = [moment.step for moment in moments]
    still_chart(numbers_over_time(steps, series, y_title=f"share of {word}", percent=True), "zones")
    st.caption(
        "Counted over up to 60 test inputs; a dead unit is one that no input reaches. Elsewhere: "
        "neither dead nor saturated, where the function lets a gradient through."
    )

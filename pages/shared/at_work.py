"""At work: what of a run reaches its activation functions, and its softmax, in numbers."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st

from core.figures.numbers_over_time import numbers_over_time
from core.lessons import LESSONS
from core.pictures import bent, functions
from core.records import Moment
from core.runs import Run, Summary
from core.settings import Settings
from core.softmax import SOFTMAX_DERIVATIVE_FORMULA, SOFTMAX_FORMULA, cross_entropy, two_logits
from core.zones import Zones, activation_layers, counted_by_unit, zones_at
from pages.shared.chart import still_chart
from pages.shared.choose import choose, choose_step, option_chosen, put
from pages.shared.fresh import keep_fresh
from pages.shared.inputs import answer, choose_input
from pages.shared.lesson import draw_lesson

ZONES: dict[str, Callable[[Zones], float | None]] = {
    "dead units": lambda zones: zones.dead_share,
    "values in a dead zone": lambda zones: zones.in_dead_zone,
    "saturated values": lambda zones: zones.saturated,
    "values elsewhere": lambda zones: zones.elsewhere,
}
"""What is counted over a run, from what was counted of a layer at a moment."""
EARLIER = {name.replace("values", "numbers"): name for name in ZONES if "values" in name}
"""What they were called in older links."""


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
    if last.shape == (1,) and len(dataset.classes) == 2:
        last = two_logits(last)
    truth = None if chosen.blank else int(np.ravel(chosen.target)[-1])
    truth = None if truth is None or truth < 0 else truth
    return Logits(dataset.alphabet if dataset.task == "next" else dataset.classes, last, truth)


def moments_with_zones(
    run: Run, settings: Settings, steps: list[int] | None = None
) -> list[Moment]:
    """A run's moments with what was counted of its activation layers at each.

    Of an earlier version's run also with the arrays in which units are counted anew.
    """
    names = tuple(functions(settings.layers))
    moments = run.moments(steps, layer=names, kinds=())
    if all(counted_by_unit(moment, settings.layers) for moment in moments):
        return moments
    return run.moments(steps, layer=tuple(bent(settings.layers)), kinds=("output", "weight"))


def draw_zones(run: Run, settings: Settings) -> None:
    """How much of a run's pre-activations lay where nothing is learned, a line a layer."""
    moments = moments_with_zones(run, settings)
    st.subheader("Over the run")
    if (asked := option_chosen("count")) in EARLIER:
        put("count", EARLIER[asked])
    word = choose("Count", list(ZONES), "count", label_visibility="collapsed")
    counted = {
        layer.name: [zones_at(layer, settings.layers, moment) for moment in moments]
        for layer in activation_layers(settings.layers)
    }
    series = {
        name: [None if zones is None else ZONES[word](zones) for zones in mine]
        for name, mine in counted.items()
    }
    steps = [moment.step for moment in moments]
    title = f"share of {word}"
    still_chart(numbers_over_time(steps, series, y_title=title, percent=True), "zones")
    known = [zones for mine in counted.values() for zones in mine if zones]
    st.caption(
        f"{counted_over(known)}A dead unit is a channel of an image, a feature of a sequence or "
        "else a number that no place of any of these inputs brings out of the dead zone. Shares of "
        "values count every value by itself; elsewhere: neither dead nor saturated, where the "
        "function lets a gradient through."
    )


def counted_over(known: Sequence[Zones]) -> str:
    """Over how many inputs the numbers of a run were counted, in a sentence or two."""
    inputs = {zones.inputs for zones in known}
    counts = sorted(count for count in inputs if count is not None)
    if counts == [1]:
        return "Counted over one input, which says nothing of units: only shares of values. "
    if len(counts) == 1 and None not in inputs:
        return f"Counted over {counts[0]} inputs. "
    sentence = "Counted over up to 60 test inputs, by an earlier version. "
    if counts:
        return (
            f"{sentence}It counted places of images and sequences, not units: there, dead units "
            f"are counted over {counts[0]} recorded inputs. "
        )
    if any(zones.dead is None for zones in known):
        return f"{sentence}It counted places of images and sequences, not units. "
    return sentence if known else ""

"""Predictions: the chosen input and what the network says of it, as fits the task."""

import contextlib
from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.answers import examples_used, outputs, written
from core.beginnings import untrained_at
from core.data import as_fed
from core.data.dataset import Dataset
from core.figures.decision_boundary import decision_boundary
from core.figures.forecast import forecast
from core.figures.next_symbols import next_symbols
from core.figures.numbers_over_time import numbers_over_time
from core.figures.predicted_against_true import predicted_against_true
from core.figures.probabilities import probabilities
from core.pictures import channels_first, in_unit, told_number
from core.runs import Run
from core.settings import Settings
from core.softmax import TEMPERATURE, cross_entropy, softmax
from pages.shared.asking import NoAnswer, asked
from pages.shared.chart import still_chart
from pages.shared.inputs import Answer, Chosen, enlarged, told_reach
from pages.shared.plain import plain

MOST_TESTED = 1_000
LENGTH = 240
"""Symbols that a network writes."""
GRID = 49
"""Places on each side of the plane at which a decision boundary is computed."""


def draw_input(dataset: Dataset, chosen: Chosen) -> None:
    """The input as a picture, a line of numbers, a table or a text."""
    inputs = chosen.inputs
    if dataset.kind == "image":
        with st.container(border=True, width="content"):
            label = chosen.probes(dataset).labels[0]
            if dataset.watched:
                inputs = channels_first(inputs[np.newaxis])[0]
            told = f"The input, an image of {inputs.shape[-1]} pixels a side: {label}."
            st.image(enlarged(inputs), width="content", clamp=True, alt=told)
        if colours := told_reach(inputs):
            st.caption(colours)
    elif dataset.kind == "symbols":
        st.code(chosen.probes(dataset).text(0), language=None, wrap_lines=True)
    elif dataset.kind == "vector":
        names = dataset.features or [str(n) for n in range(len(inputs))]
        st.dataframe(
            {"feature": list(names), "as fed": inputs.astype(float)},
            hide_index=True,
            height=min(300, 38 + 35 * len(names)),
        )
    else:
        lines = dataset.lines(inputs)
        names = dataset.features or [chosen.probes(dataset).labels[0]]
        named = dict(zip(names, lines, strict=True)) if len(names) == len(lines) else {}
        fig = numbers_over_time(
            range(lines.shape[1]),
            named or {str(place): line for place, line in enumerate(lines)},
            x_title="sample" if dataset.samples else "step",
            y_title="the input, as fed",
        )
        still_chart(fig, "the-input")


def draw_prediction(run: Run, settings: Settings, step: int, chosen: Chosen, found: Answer) -> None:
    """What the network says of the input, beside the truth."""
    dataset = settings.dataset
    if untrained_at(run, settings, step):
        st.warning(
            "Untrained network: its weights are random, so its prediction is chance.",
            icon=":material/casino:",
        )
    output = found.outputs[settings.layers[-1].name]
    if not np.isfinite(output).all():
        st.subheader("No prediction")
        st.caption("What the network gives at this moment is no finite number.")
        return
    if dataset.task == "other":
        st.subheader("What the network says")
        st.caption(f"It is shown with its last layer, {plain(settings.layers[-1].name)}, below.")
    elif dataset.task == "regress":
        _number(run, dataset, step, chosen, output, found.note)
    elif dataset.task == "next":
        _text(dataset, chosen, output, found.note)
        _writing(run, settings, step, chosen)
    else:
        _class(dataset, chosen, found.probabilities, found.note)
        if dataset.kind == "vector" and dataset.shape == (2,):
            boundary(run, settings, step)


def _class(dataset: Dataset, chosen: Chosen, chances: np.ndarray, note: str) -> None:
    classes, best, truth = dataset.classes, int(chances.argmax()), int(chosen.target)
    verdict = "right" if best == truth else "wrong"
    what = "image" if dataset.kind == "image" else "input"
    shows = "shows" if dataset.kind == "image" else "is"
    told = f"; it is {verdict}: the {what} {shows} {plain(classes[truth])}" if truth >= 0 else ""
    st.subheader(f"Prediction: {plain(classes[best])}")
    st.caption(f"{chances[best]:.1%} sure{told}. {note}")
    known = truth if truth >= 0 else None
    still_chart(probabilities(classes, chances, true_class=known), "probabilities")


def _number(
    run: Run, dataset: Dataset, step: int, chosen: Chosen, output: np.ndarray, note: str
) -> None:
    quantity = dataset.quantity
    assert quantity is not None
    says, truth = in_unit(dataset, output), in_unit(dataset, chosen.target)
    later = " for the next step" if quantity.outputs > 1 else ""
    st.subheader(f"Prediction{later}: {told_number(float(says[0]), dataset)}")
    st.caption(f"It is {told_number(float(truth[0]), dataset)}. {note}")
    named = {"quantity": quantity.name, "unit": quantity.unit}
    if quantity.outputs > 1:
        past = in_unit(dataset, chosen.inputs[:, 0])
        still_chart(forecast(past, truth, says, **named), "forecast")
    with contextlib.suppress(NoAnswer):
        true, said, guessed = _tested(run.id, step, run)
        others = {"linear regression": guessed}
        whole = len(true) == dataset.test_size
        st.subheader("All test inputs" if whole else f"The first {len(true):,} test inputs")
        still_chart(predicted_against_true(true, said, others=others, **named), "against")


@st.cache_data(max_entries=8, show_spinner="Asking a worker …")
def _tested(run_id: str, step: int, _run: Run) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True, predicted and linearly regressed numbers of up to 1,000 test inputs, in the unit.

    The regression is fitted to the training examples that the run learned from, and no others.
    Raises NoAnswer, which is not kept, where no worker answers.
    """
    from sklearn.linear_model import LinearRegression

    settings = _run.settings()
    dataset = settings.dataset
    split = dataset.load()
    inputs = as_fed(split.test_inputs[:MOST_TESTED])
    said = outputs_at(_run, settings, step, inputs)
    used, _ = asked(_run, step, examples_used)
    line = LinearRegression().fit(
        as_fed(split.train_inputs[used]).reshape(len(used), -1), split.train_targets[used]
    )
    guessed = line.predict(inputs.reshape(len(inputs), -1)).reshape(said.shape)
    truth = split.test_targets[:MOST_TESTED]
    return tuple(in_unit(dataset, numbers) for numbers in (truth, said, guessed))  # type: ignore[return-value]


def outputs_at(run: Run, settings: Settings, step: int, inputs: np.ndarray) -> np.ndarray:
    """What the network says of inputs (n, …) at a step, (n, outputs). Raises NoAnswer."""
    return asked(run, step, outputs, inputs)[0][settings.layers[-1].name]


def boundary(
    run: Run, settings: Settings, step: int, draw: Callable[[go.Figure, str], object] = still_chart
) -> None:
    """How the network divides the plane, with the test points on it."""
    dataset = settings.dataset
    split = dataset.load_test()
    reach = 1.1 * float(np.abs(split.test_inputs).max())
    side = np.linspace(-reach, reach, GRID, dtype=np.float32)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    try:
        said = outputs_at(run, settings, step, grid)
    except NoAnswer as fault:
        st.caption(str(fault))
        return
    if not np.isfinite(said).all():
        return
    field = softmax(said).reshape(GRID, GRID, -1)
    axes = dataset.features or ("x", "y")
    picture = decision_boundary(
        *(side, side, field, split.test_inputs[:MOST_TESTED], split.test_targets[:MOST_TESTED]),
        classes=dataset.classes,
        x_title=axes[0],
        y_title=axes[1],
    )
    with st.container(width=560):
        draw(picture.update_layout(height=460), f"boundary-{run.id}")


def _text(dataset: Dataset, chosen: Chosen, output: np.ndarray, note: str) -> None:
    chances = softmax(output)
    truth = np.asarray(chosen.target)
    given = chances[np.arange(len(truth)), truth]
    names = [dataset.alphabet[symbol] for symbol in truth]
    guesses = [dataset.alphabet[symbol] for symbol in chances.argmax(axis=-1)]
    right = float((chances.argmax(axis=-1) == truth).mean())
    st.subheader(f"Next symbols: {right:.0%} named right")
    st.caption(f"Each from those before it. {note}")
    still_chart(next_symbols(names, given, guesses, cross_entropy(output, truth)), "next-symbols")


def _writing(run: Run, settings: Settings, step: int, chosen: Chosen) -> None:
    """What the network writes after the input, drawn symbol by symbol from what it says."""
    dataset = settings.dataset
    st.subheader("What it writes")
    left, right = st.columns(2)
    with left:
        heat = st.slider(
            TEMPERATURE.title,
            *(TEMPERATURE.low, 2.0, 0.7, TEMPERATURE.step),
            key="heat",
            bind="query-params",
            help="Low: the likeliest symbol each time. High: bolder, and more often wrong.",
        )
    with right:
        draw = st.number_input(
            "Draw",
            *(0, 999, 0),
            key="draw",
            bind="query-params",
            help="Another number draws another text.",
        )
    try:
        text = _written(run.id, step, chosen.inputs, heat, draw, run)
    except NoAnswer as fault:
        st.caption(str(fault))
        return
    st.code(
        chosen.probes(dataset).text(0) + "".join(dataset.alphabet[symbol] for symbol in text),
        language=None,
        wrap_lines=True,
    )
    st.caption(f"The input, then {len(text)} symbols, each drawn from what the network says.")


@st.cache_data(max_entries=32, show_spinner="The network writes …")
def _written(
    run_id: str, step: int, start: np.ndarray, heat: float, draw: int, _run: Run
) -> np.ndarray:
    return asked(_run, step, written, start, LENGTH, heat, draw)[0]

"""Stages: a training step from its batch to the changed weights, each with its numbers."""

import numpy as np
import pandas as pd
import streamlit as st

from core.arithmetic import way
from core.figures.layer_bars import layer_bars
from core.one_step import Walk, one_step
from core.pictures import walk_view
from core.runs import Run
from core.settings import OPTIMIZERS, Settings
from core.softmax import softmax
from pages.shared.arithmetic import choose_place, draw_number, follow, place_in_link
from pages.shared.asking import NoAnswer
from pages.shared.chart import still_chart
from pages.shared.choose import choose
from pages.shared.inputs import Chosen
from pages.shared.prediction import draw_input
from pages.shared.recorded import draw_numbers
from pages.shared.scope import scope

SHOWN = 8
"""Changed weights that a table shows one by one."""
MEANS = r"m \leftarrow 0.9\,m + 0.1\,g, \quad s \leftarrow 0.999\,s + 0.001\,g^2"
RULES = {
    "sgd": (
        (r"v \leftarrow 0.9\,v + g", r"w \leftarrow w - \eta\,v"),
        "the gradient g joins the velocity v of the steps before; the weight follows v",
    ),
    "adam": (
        (MEANS, r"w \leftarrow w - \eta\,\hat m / (\sqrt{\hat s} + 10^{-8})"),
        "the mean m of the last gradients, divided by their usual size √s (hats: scaled up while "
        "few were seen); every weight moves by about η",
    ),
    "adamw": (
        (r"w \leftarrow w - 0.01\,\eta\,w", MEANS)
        + (r"w \leftarrow w - \eta\,\hat m / (\sqrt{\hat s} + 10^{-8})",),
        "each weight shrinks a little first, then moves as with Adam",
    ),
    "rmsprop": (
        (r"s \leftarrow 0.99\,s + 0.01\,g^2", r"w \leftarrow w - \eta\,g / (\sqrt{s} + 10^{-8})"),
        "the gradient divided by its usual size",
    ),
}
"""How each optimizer changes a weight w with its gradient g: the rule, and the rule in words."""


def choose_exact(run: Run, settings: Settings) -> int:
    """Let a person choose one of the exact states from which a step follows.

    The start is always one: it was kept where weights came from a file, else the seed gives it.
    """
    steps = {0, *(step for step in run.steps(exact=True) if step < settings.steps)}
    return choose(
        "After how many steps",
        sorted(steps, reverse=True),
        "after",
        lambda step: f"{step:,}",
        help="0 is where the run began: the random start that the seed gives anew, or weights from "
        "a file. Otherwise the steps after which the run kept its exact state: every few seconds, "
        "and whenever it is paused.",
    )


@st.cache_data(max_entries=16, show_spinner="Asking a worker to take the step …")
def walked(run_id: str, step: int, example: int, _run: Run) -> Walk:
    """The step that follows an exact state, taken by a worker; raises NoAnswer."""
    from core.engine import engine

    try:
        start = _run.checkpoint(step) if step in _run.steps(exact=True) else None
        return engine().ask(one_step, _run.settings(), start, example)
    except Exception as fault:
        raise NoAnswer(
            f"No worker could take this step ({type(fault).__name__}: {fault}). Try another."
        ) from fault


def draw_batch(settings: Settings, walk: Walk) -> None:
    """The batch, and the chosen example of it."""
    st.subheader("1 · The batch")
    st.write(
        f"Step {walk.step + 1:,} looks at {walk.batch} examples at once. This one is training "
        f"input {walk.place:,}."
    )
    draw_input(settings.dataset, Chosen(walk.inputs, walk.target, None))


def draw_forward(run: Run, settings: Settings, walk: Walk) -> None:
    """What every layer makes of the example, and how each number of it is made."""
    st.subheader("2 · Forward")
    st.write(
        "Every layer turns the numbers that it is given into others. A card shows what a layer "
        "gave for this example, and below it how the loss would change with each of these numbers "
        "(step 4). **Click any number** to see how it is made; the ring is around the chosen one."
    )
    layers = settings.drawn_layers
    layer, place = place_in_link(layers)
    marks = dict.fromkeys([stage.name for stage in way(settings.layers, layer.name)], place)
    epoch = walk.step / settings.steps_per_epoch
    view = walk_view(run.id, settings.dataset, layers, walk, marks, epoch)
    seen = scope(view, f"walk-{run.id}-{walk.step}")
    outputs = {(layer.name, "output"): walk.outputs[layer.name] for layer in layers}
    slopes = {(name, "output_gradient"): slope for name, slope in walk.slopes.items()}
    draw_numbers(outputs | slopes, f"walk-{run.id}")
    follow(layers, seen.unit)
    draw_number(settings, walk, *choose_place(layers))
    with st.expander("All layers in numbers", icon=":material/table:"):
        _table_of_layers(settings, walk)


def _table_of_layers(settings: Settings, walk: Walk) -> None:
    rows = []
    for layer in settings.drawn_layers:
        gave = walk.outputs[layer.name].astype(np.float64)
        rows.append(
            {"Layer": layer.name, "What it does": layer.formula, "Sizes": layer.sizes}
            | {"Smallest": gave.min(), "Mean": gave.mean(), "Largest": gave.max()}
            | {"Zeros": float((gave == 0).mean())}
        )
    numbers = st.column_config.NumberColumn(format="%.4g")
    columns = {name: numbers for name in ("Smallest", "Mean", "Largest")}
    percent = st.column_config.NumberColumn(format="percent")
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config={**columns, "Zeros": percent})


def draw_loss(settings: Settings, walk: Walk) -> None:
    """The answer and how wrong it is, with the arithmetic of the loss."""
    st.subheader("3 · The loss")
    dataset, said = settings.dataset, walk.outputs[settings.layers[-1].name].astype(np.float64)
    if dataset.task == "classify":
        truth, chances = int(walk.target), softmax(said)
        p = f"= {chances[truth]:.4g}" if chances[truth] else "< 10⁻³⁰⁰"  # too small for a number
        st.write(
            f"It is a {dataset.classes[truth]}, and the network gives that p {p}. "
            f"Its loss is −ln p = **{walk.own_loss:.4g}**."
        )
    elif dataset.task == "next":
        st.write(
            "At each place the loss is −ln p of the symbol that follows; over the text that is "
            f"**{walk.own_loss:.4g}** on average."
        )
    else:
        true, told = np.ravel(walk.target)[0], np.ravel(said)[0]
        st.write(
            f"The first number to be said is {true:.4g} (as the network is fed), and it says "
            f"{told:.4g}. The loss is the mean of the squared differences, **{walk.own_loss:.4g}**."
        )
    st.write(f"The mean over all {walk.batch} examples of the batch is **{walk.loss:.4g}**.")


def draw_backward(settings: Settings, walk: Walk) -> None:
    """How large the gradient is at every layer, on its way back from the loss."""
    st.subheader("4 · Backward")
    names = [layer.name for layer in settings.drawn_layers if layer.name in walk.slopes]
    sizes = [root_mean_square(walk.slopes[name]) for name in names]
    st.write(
        "From the last layer to the first: if a number that a layer gave were a little larger, by "
        "how much would the loss change? The root mean square (RMS) of these answers for this "
        "example, a layer a bar: of one number each, so that wide and narrow layers can be "
        "compared."
    )
    quantity = "RMS of ∂loss ÷ ∂output"
    still_chart(layer_bars(names, sizes, quantity=quantity, role="gradient"), "backward")
    if len(sizes) > 1 and min(sizes[0], sizes[-1]) > 0:
        times = sizes[0] / sizes[-1]
        way = "grew" if times > 1 else "shrank"
        st.caption(
            f"On its way from {names[-1]} to {names[0]} the gradient of one number {way} "
            f"{max(times, 1 / times):,.3g} times."
        )


def root_mean_square(values: np.ndarray) -> float:
    """How large one number of an array is: its norm ÷ √n, which does not grow with n."""
    return float(np.linalg.norm(values.astype(np.float64)) / np.sqrt(max(1, values.size)))


def draw_update(settings: Settings, walk: Walk) -> None:
    """How the step changed the weights, layer by layer, and the most changed ones by themselves."""
    st.subheader("5 · The update")
    rules, words = RULES[settings.optimizer]
    for rule in rules:
        st.latex(rule)
    title = OPTIMIZERS[settings.optimizer]
    st.write(f"{title}: {words}. Here η = {walk.learning_rate:g}.")
    rows = []
    for (layer, kind), before in walk.before.items():
        change = walk.after[layer, kind].astype(np.float64) - before
        rows.append(
            {"Layer": layer, "Array": kind, "RMS of w before": root_mean_square(before)}
            | {"RMS of gradient": root_mean_square(walk.gradient.get((layer, kind), np.zeros(1)))}
            | {"RMS of change": root_mean_square(change), "Largest change": np.abs(change).max()}
        )
    table = pd.DataFrame(rows).astype({"Layer": str})
    numbers = {name: st.column_config.NumberColumn(format="%.4g") for name in table.columns[2:]}
    st.dataframe(table, hide_index=True, column_config=numbers)
    st.caption(
        "RMS is the root mean square of an array's numbers, ‖w‖ ÷ √n: arrays of different sizes "
        "can be compared."
    )
    arrays = [f"{layer} · {kind}" for layer, kind in walk.before]
    layer, _, kind = choose("The most changed of", arrays, "array").partition(" · ")
    before, after = walk.before[layer, kind].ravel(), walk.after[layer, kind].ravel()
    change = np.abs(after.astype(np.float64) - before)
    most = np.argsort(-change, kind="stable")[:SHOWN]
    slope = walk.gradient.get((layer, kind), np.zeros_like(walk.before[layer, kind])).ravel()
    places = [
        ", ".join(map(str, np.unravel_index(n, walk.before[layer, kind].shape))) for n in most
    ]
    st.dataframe(
        {
            "Place (unit, input …)": places,
            "Before": before[most],
            "Gradient": slope[most],
            "After": after[most],
        },
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="%.6g")
            for name in ("Before", "Gradient", "After")
        },
    )

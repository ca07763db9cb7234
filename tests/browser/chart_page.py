"""A page with nothing but charts of made-up numbers, for tests/browser/test_chart.py."""

import math

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core import figures
from core.figures import FIGURES
from core.histograms import aligned_counts
from pages.shared.chart import live_chart, still_chart
from tests.core.figures.test_every_figure import ARGUMENTS

TICKS = 400


def every_figure() -> dict[str, go.Figure]:
    """One figure of each kind, with numbers that look like a run's."""
    random = np.random.default_rng(0)
    steps = np.arange(0, 9380, 2)
    fall = 2.3 * np.exp(-steps / 600) + 0.05
    noisy = fall * np.exp(random.normal(0, 0.25, steps.size))
    rise = 1 - 0.9 * np.exp(-steps / 300)
    marks = [(1200, "rate 0.001 → 0.0005"), (1700, "paused"), (9000, "stopped")]
    held = np.arange(469, 9381, 469)
    moments = np.unique(np.geomspace(1, 9380, 90).astype(int))
    weights = [
        random.normal(0, 0.04, 4000) + random.normal(0, 0.16, 4000) * (i / 90)
        for i in range(moments.size)
    ]
    edges, counts = aligned_counts(weights)
    x = np.linspace(-6, 6, 241)
    curve = {
        "name": "tanh",
        "title": "tanh",
        "value": np.tanh(x),
        "derivative": 1 - np.tanh(x) ** 2,
    }
    scores = random.normal(0, 2, 10)
    soft = np.exp(scores) / np.exp(scores).sum()
    clothes = [
        "T-shirt",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ]
    pattern = np.sin(np.arange(784) / 9) * 0.05
    matrix = random.normal(0, 0.04, (128, 784)) + pattern
    matrix[3, 100:200] = math.nan
    found = {
        "loss_curve": figures.loss_curve(
            steps, noisy, held, 1.3 * np.interp(held, steps, fall), epochs=steps / 469, marks=marks
        ),
        "accuracy_curve": figures.accuracy_curve(
            steps,
            np.clip(rise + random.normal(0, 0.01, steps.size), 0, 1),
            held,
            np.interp(held, steps, rise) - 0.02,
        ),
        "numbers_over_time": figures.numbers_over_time(
            moments,
            {f"linear{i}": np.geomspace(1, 1e-4, moments.size) * i for i in (1, 2, 3)},
            y_title="norm of the gradient",
            log=True,
        ),
        "weight_matrix": figures.weight_matrix(matrix),
        "distribution_over_time": figures.distribution_over_time(moments, edges, counts),
        "ridges": figures.ridges(moments, edges, counts),
        "unit_activations": figures.unit_activations(
            random.normal(0, 1, 128), np.maximum(random.normal(0, 1, 128), 0)
        ),
        "feature_maps": figures.feature_maps(random.normal(0, 1, (16, 14, 14))),
        "probabilities": figures.probabilities(clothes, soft, true_class=3),
        "activation_curve": figures.activation_curve(
            x,
            [curve],
            [("saturated", -math.inf, -2.65), ("saturated", 2.65, math.inf)],
        ),
    }
    letters = " abcdefghijklmnopqrstuvwxyz"
    text = "he ruleth by his power for ever"
    found |= {
        "embedding_plane": FIGURES["embedding_plane"](
            random.normal(0, 1, (len(letters), 16)), ["space", *letters[1:]]
        ),
        "next_symbols": FIGURES["next_symbols"](list(text), random.random(len(text))),
        "score_curves": figures.score_curves(
            held,
            {
                name: {
                    seed: np.interp(held[:last], steps, rise) - 0.01 * seed for seed in (0, 1, 2)
                }
                for name, last in (("RNN", 20), ("GRU", 9))
            },
        ),
    }
    found |= races(random)
    numbers = random.normal(0, 1, 40)
    others = [name for name in FIGURES if name not in found]
    return found | {name: FIGURES[name](**ARGUMENTS[name](numbers)) for name in others}


def races(random: np.random.Generator) -> dict[str, go.Figure]:
    """The figures of a race: three networks, six sizes, five seeds."""
    speed = {"LeNet": 0.6, "Multilayer perceptron": 1.4, "A network whose name is rather long": 3}
    sizes, seen = [100, 300, 1000, 3000, 10_000, 60_000], np.arange(0, 60_001, 2000)
    grown = {
        name: [
            (seen, 0.97 * (1 - np.exp(-seen / 9000 / slow)) + random.normal(0, 0.01, seen.size), "")
            for _ in range(5)
        ]
        for name, slow in speed.items()
    }
    medians = {name: [1 - slow * n**-0.35 / 2 for n in sizes] for name, slow in speed.items()}
    cost = [(61_706, 0.99, "a"), (118_282, 0.97, "b"), (25_450, 0.95, "c")]
    return {
        "race_curves": figures.race_curves(grown, x_title="training inputs seen"),
        "race_sizes": figures.race_sizes(
            sizes,
            {name: [(m, m - 0.02, m + 0.02) for m in ones] for name, ones in medians.items()},
            x_title="training inputs",
            points={
                name: [(n, m + 0.01, "a") for n, m in zip(sizes, ones, strict=True)]
                for name, ones in medians.items()
            },
        ),
        "race_frontier": figures.race_frontier(
            {name: [point] for name, point in zip(speed, cost, strict=True)},
            x_title="learned numbers",
            best=[(25_450, 0.95), (61_706, 0.99)],
        ),
        "race_lanes": figures.race_lanes(
            list(speed), [7, 12, 3], [12, 12, 12], going=[0.6, 0, 1.1], failed=[0, 1, 0]
        ),
    }


def grown_loss(tick: int) -> go.Figure:
    """A loss curve that is one point longer at every tick."""
    steps = np.arange(10 + tick)
    return figures.loss_curve(steps, np.exp(-steps / 20))


@st.fragment(run_every=0.2)
def updating() -> None:
    """A live chart that grows for `TICKS` reruns."""
    tick = min(st.session_state.get("tick", 0) + 1, TICKS)
    st.session_state["tick"] = tick
    live_chart(grown_loss(tick), key="grown")
    st.text(f"tick {tick}")


st.set_page_config(layout="wide")
kind = st.query_params.get("kind", "live")
if kind == "updating":
    updating()
elif kind == "one":
    live_chart(grown_loss(1), key="grown")
    st.text("below the chart")
else:
    chart = live_chart if kind == "live" else still_chart
    columns = st.columns(2)
    for number, (name, fig) in enumerate(every_figure().items()):
        with columns[number % 2].container(border=True):
            st.markdown(f"**{name}**")
            chart(fig, key=name)

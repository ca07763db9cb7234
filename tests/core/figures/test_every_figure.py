"""What holds for every figure: it is listed, it never raises, and what it sends is strict JSON."""

import ast
import json
import math
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

import core.figures
from core.figures import FIGURES, style

FOLDER = Path(core.figures.__file__).parent
NO_FIGURES = ("style", "contestants", "sliders", "description", "table", "scores")
VALUES = {
    "empty": np.array([]),
    "one value": np.array([0.5]),
    "NaN": np.array([0.1, math.nan, 0.3, 0.2]),
    "+inf": np.array([0.1, math.inf, 0.3, 0.2]),
    "-inf": np.array([0.1, -math.inf, 0.3, 0.2]),
    "all NaN": np.full(4, math.nan),
    "1e300": np.array([0.1, 1e300, -1e300, 0.2]),
    "the largest float": np.array([1.7e308, -1.7e308]),
    "zeros": np.zeros(4),
    "whole numbers": np.arange(4),
    "normal": np.random.default_rng(0).normal(size=100),
    "many": np.random.default_rng(0).normal(size=5000),
}


def steps(v):
    return list(range(len(v)))


def labels(v):
    return [f"<b>class {i} & co" for i in range(len(v))]


def table(v):
    """Counts of four bins a step; odd numbers stay odd."""
    return np.repeat(np.abs(v)[:, None], 4, axis=1), np.linspace(-1, 1, 5)


def curve(v):
    return {"name": "relu", "title": "ReLU", "value": v, "derivative": v}


ARGUMENTS = {
    "loss_curve": lambda v: dict(
        steps=steps(v),
        loss=v,
        held_out_steps=steps(v)[::2],
        held_out_loss=v[::2],
        epochs=v,
        marks=[(1, "rate 0.1 → 0.01"), (2, "NaN <here>")],
        log=len(v) % 2 == 1,
    ),
    "accuracy_curve": lambda v: dict(
        steps=steps(v), accuracy=v, held_out_steps=steps(v), held_out_accuracy=v
    ),
    "numbers_over_time": lambda v: dict(
        steps=steps(v), series={"linear1": v, "a & b": -v}, log=len(v) == 4, percent=len(v) == 2
    ),
    "weight_matrix": lambda v: dict(
        values=np.stack([v, -v]) if len(v) else v, role="gate" if len(v) == 4 else "weight"
    ),
    "distribution_over_time": lambda v: dict(steps=steps(v), edges=table(v)[1], counts=table(v)[0]),
    "ridges": lambda v: dict(steps=steps(v), edges=table(v)[1], counts=table(v)[0]),
    "unit_activations": lambda v: dict(pre_activation=v, activation=v),
    "feature_maps": lambda v: dict(maps=np.stack([v, v]).reshape(2, 1, -1) if len(v) else v),
    "probabilities": lambda v: dict(labels=labels(v), values=v, true_class=0),
    "activation_curve": lambda v: dict(
        x=v,
        curves=[curve(v)],
        zones=[("dead", -math.inf, 0), ("saturated", 0.2, math.inf)],
        sliders=[
            dict(title="a & b", curve=0, values=[0.5, 1], at=1, zones=[[], [("dead", 0, 1)]])
            | dict(value=np.stack([v, v]), derivative=np.stack([v, -v]))
        ],
    ),
    "layer_sizes": lambda v: dict(layers=labels(v), sizes=v, role="gradient"),
    "run_curves": lambda v: dict(lines={"a & b": (steps(v), v), "c": (steps(v), -v)}),
    "states_over_time": lambda v: dict(
        values=np.stack([v] * 20, axis=1) if len(v) else v,
        labels=labels(v),
        role="gate" if len(v) == 4 else "state",
    ),
    "embedding_plane": lambda v: dict(
        vectors=np.stack([v, v[::-1], v**0], axis=1) if len(v) else v,
        symbols=labels(v),
        reference=v[:, None] if len(v) == 2 else None,
    ),
    "forecast": lambda v: dict(past=v, future=v, predicted=v[::-1], unit="<°C>"),
    "predicted_against_true": lambda v: dict(
        true=v, predicted=v[::-1], others={"linear regression": -v}, unit="<°C>"
    ),
    "decision_boundary": lambda v: dict(
        x=np.arange(len(v)),
        y=np.arange(2),
        probabilities=np.stack([np.stack([v] * (2 + len(v) % 2), axis=1)] * 2) if len(v) else v,
        points=np.stack([v, v], axis=1),
        targets=np.arange(len(v)) % 2,
        classes=labels(range(2 + len(v) % 2)),
    ),
    "before_after": lambda v: dict(before=v, after=v[::-1] / 2),
    "shares": lambda v: dict(names=labels(v), values=v),
    "receptive_field": lambda v: dict(
        image=np.stack([v, v]) if len(v) else v, sees=(-1, 0, 1, 3), place=(0, 2), layer="<conv1>"
    ),
    "next_symbols": lambda v: dict(symbols=labels(v), probabilities=v, guesses=labels(v)[::-1]),
    "score_curves": lambda v: dict(
        steps=steps(v), scores={"<gru>": {0: v, 1: v[: len(v) // 2]}, "rnn": {0: -v}}
    ),
    "race_curves": lambda v: dict(
        lines={
            "<gru>": [(steps(v), v, "a"), (steps(v), v[::-1], ""), (steps(v), v[:1], "")],
            "rnn": [(v, v, "b")],
        },
        x_title="seconds",
        log=len(v) == 2,
    ),
    "race_sizes": lambda v: dict(
        values=v,
        bands={"<gru>": [(x, x, x) for x in v], "rnn": [None, (None, 0.1, 0.2)]},
        x_title="inputs",
        log=len(v) != 4,
        points={"<gru>": [(x, x, "id") for x in v]},
    ),
    "race_frontier": lambda v: dict(
        points={"<gru>": [(x, x, "id") for x in v], "rnn": [(1, x, "id") for x in v]},
        x_title="learned numbers",
        best=[(x, x) for x in v],
        log=len(v) != 4,
    ),
    "race_lanes": lambda v: dict(names=labels(v), done=v, of=v[::-1], going=abs(v), failed=v),
}


def strict(text):
    def refuse(word):
        raise ValueError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def ranges(layout):
    return [axis["range"] for name, axis in layout.items() if "axis" in name and "range" in axis]


def test_every_file_of_the_folder_is_listed():
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", *NO_FIGURES}
    assert files == set(FIGURES)
    assert all(function.__name__ == name for name, function in FIGURES.items())


def test_every_figure_has_arguments_in_this_test():
    assert set(ARGUMENTS) == set(FIGURES)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_figures_import_numpy_and_plotly_only(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module))
    ours = {name for name in imported if name.startswith("core")}
    assert all(name.startswith(("core.figures", "core.r_squared")) for name in ours)
    standard = {"collections.abc", "typing", "textwrap", "html", "re"}
    assert imported - ours - standard <= {"numpy", "plotly.graph_objects", "plotly.subplots"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_no_figure_names_a_colour_of_its_own(path):
    literals = [
        node.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    if path.stem not in NO_FIGURES:
        assert not [text for text in literals if text.startswith(("#", "rgb"))]


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES.keys())
@pytest.mark.parametrize("name", FIGURES)
def test_no_number_makes_a_figure_fail_or_leaves_its_axes_without_ends(name, values):
    fig = FIGURES[name](**ARGUMENTS[name](values))
    assert isinstance(fig, go.Figure)
    spec = strict(fig.to_json())
    for low, high in ranges(spec["layout"]):
        assert low is not None and high is not None and low != high
    assert fig.layout.height >= style.STRIP


@pytest.mark.parametrize("name", FIGURES)
def test_empty_in_gives_an_empty_figure_with_titled_axes(name):
    fig = FIGURES[name](**ARGUMENTS[name](np.array([])))
    assert fig.layout.xaxis.title.text
    assert fig.layout.yaxis.title.text
    for trace in fig.data:
        spec = trace.to_plotly_json()
        drawn = spec.get("z", spec.get("y"))
        assert drawn is None or np.size(drawn) == 0


@pytest.mark.parametrize("name", FIGURES)
def test_many_values_are_thinned_and_the_caption_says_so(name):
    values = VALUES["many"]
    fig = FIGURES[name](**ARGUMENTS[name](values))
    captions = [note.text for note in fig.layout.annotations if note.name == "caption"]
    if name == "weight_matrix":
        assert not captions  # 2 x 5,000 cells are within its budget
    else:
        assert captions and " of " in captions[0].replace("<br>", " ")
    assert len(fig.to_json()) < 1_500_000


@pytest.mark.parametrize("name", FIGURES)
def test_two_figures_of_the_same_numbers_are_the_same(name):
    twice = [FIGURES[name](**ARGUMENTS[name](VALUES["normal"])).to_json() for _ in range(2)]
    assert twice[0] == twice[1]


@pytest.mark.parametrize("name", FIGURES)
def test_arguments_are_not_changed(name):
    values = VALUES["+inf"].copy()
    FIGURES[name](**ARGUMENTS[name](values))
    assert np.array_equal(values, VALUES["+inf"])

"""Sides: two runs beside each other, seen in the same way; scopes of one page move together."""

import streamlit as st

from core import live
from core.pictures import bent, functions
from core.runs import Run
from pages.shared import packed
from pages.shared.arithmetic import open_given
from pages.shared.choose import choose
from pages.shared.plain import plain
from pages.shared.recorded import draw_recorded, last_with_gradient
from pages.shared.scope import scope

FUNCTIONS, LAYERS, WEIGHTS = "activation functions at work", "every layer", "weights and gradients"
VIEWS = (FUNCTIONS, LAYERS, WEIGHTS)


def choose_view() -> str:
    """Let a person choose as what both runs are seen."""
    return choose("Seen as", VIEWS, "seen")


def draw_side(letter: str, run: Run, going: bool, view: str) -> None:
    """One of the two: its name, and what the view shows of it."""
    summary = run.summary()
    st.subheader(f"{letter} · {plain(summary.name)}")
    if summary.message and summary.state in ("diverged", "interrupted", "failed"):
        st.warning(plain(summary.message), icon=":material/power_off:")
    if not run.steps():
        st.caption("Waiting for the first step of this run.")
    elif view == LAYERS:
        _layers(run, going)
    elif view == WEIGHTS:
        _weights(letter, run)
    else:
        _functions(run, going)


def _functions(run: Run, going: bool) -> None:
    settings, steps = run.settings(), run.steps()
    if not functions(settings.layers):
        st.caption("This network has no activation function of its own.")
        return
    pushed, here = going and live.route_is_open, settings.dataset.is_here()
    try:
        packed_work = packed.work(run.id, steps[-1], here, run, steps[-1], 0, pushed)
    except KeyError:
        return
    seen = scope(packed_work, f"twin-{run.id}")
    open_given(run, settings.layers, seen)
    step = steps[-1] if seen.step is None else seen.step
    draw_recorded(run, bent(settings.layers), step, seen.probe or 0, f"twin-{run.id}")


def _layers(run: Run, going: bool) -> None:
    """Weights and activations of every layer, at every moment that is kept."""
    settings, steps = run.settings(), run.steps()
    if going:
        pushed = live.route_is_open
        scope(
            packed.live_strip(run.id, True, run) if pushed else packed.newest_strip(run),
            f"twin-layers-{run.id}",
        )
        return
    here, key = settings.dataset.is_here(), f"twin-layers-{run.id}"
    seen = scope(packed.replay(run.id, steps[-1], here, run, steps[-1], 0), key)
    step = steps[-1] if seen.step is None else seen.step
    draw_recorded(run, [layer.name for layer in settings.cards], step, seen.probe or 0, key)


def _weights(letter: str, run: Run) -> None:
    """One layer's weights with their gradients; each run may have layers of its own."""
    layers = {layer.name: layer.pictured for layer in run.settings().layers if layer.weights}
    if not layers:
        st.caption("No layer of this network learns anything.")
        return
    name = choose("Layer", list(layers), f"layer_{letter.lower()}")
    steps, array = run.steps(), layers[name][0]
    key = f"twin-weights-{run.id}-{name}"
    opened = last_with_gradient(run, steps, name)
    data = packed.layer_over_time(run.id, steps[-1], run, name, "tiles", array, opened)
    seen = scope(data, key)
    step = opened if seen.step is None else seen.step
    draw_recorded(run, [name], step, 0, key, learned=True)

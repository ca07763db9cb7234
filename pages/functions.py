"""Activation functions: a run's at work, all of them side by side, and softmax step by step."""

import streamlit as st

from core import live
from core.activations import ACTIVATIONS
from core.pictures import bent, functions
from pages.shared import packed
from pages.shared.arithmetic import open_given
from pages.shared.at_work import draw_softmax, draw_zones
from pages.shared.choose import choose, choose_run, first_number
from pages.shared.formulas import draw_curves, draw_formulas, table_of_functions
from pages.shared.fresh import keep_fresh, trains
from pages.shared.inputs import BLANK
from pages.shared.recorded import draw_recorded
from pages.shared.scope import keep_moment, scope

VIEWS = ("at work", "all functions", "softmax")
view = choose("View", VIEWS, "view", label_visibility="collapsed")

if view == "all functions":
    chosen = st.multiselect(
        "Functions",
        list(ACTIVATIONS),
        ["relu"],
        key="functions",
        bind="query-params",
        format_func=lambda name: ACTIVATIONS[name].title,
        placeholder="Choose one or several to lay on one another",
    )
    draw_curves(chosen or ["relu"])
    draw_formulas(chosen or ["relu"])
    st.subheader("All of them")
    table_of_functions()
    st.stop()

run, summary = choose_run()
settings = run.settings()
if view == "softmax":
    draw_softmax(run, summary)
    st.stop()

pushed, here = trains(summary) and live.route_is_open, settings.dataset.is_here()
steps = keep_fresh(run, summary, pushed)
key = f"work-{run.id}"
at = first_number(key, "step", steps[-1]), first_number(key, "probe", 0)
if not here:
    st.caption(BLANK)
if not functions(settings.layers):
    st.info(
        "This network has no activation function of its own: its recurrent or attention layers "
        "bend numbers inside. Choose another run, or look inside a layer.",
        icon=":material/info:",
    )
    st.stop()
seen = scope(packed.work(run.id, steps[-1], here, run, *at, pushed), key)
open_given(run, settings.layers, seen.unit)
draw_recorded(run, bent(settings.layers), *keep_moment(seen, at), key)
st.caption(
    "A column a layer: the function (solid), its derivative (dashed), and below them how this "
    "moment's pre-activations for the inputs on the left are spread; the dots are one of these "
    "numbers for every input, on the function and on its derivative, the large one for the chosen "
    "input. Units and shares were counted when it was recorded, over more inputs than these; "
    "derivatives are computed from the numbers as recorded, with 16 bits; dots and ≈ from 8."
)
draw_zones(run, settings)

"""Activations: what every layer answers to one input, at any recorded moment."""

import streamlit as st

from core.figures.states_over_time import states_over_time
from core.figures.unit_activations import unit_activations
from pages.shared.arithmetic import open_number
from pages.shared.chart import still_chart
from pages.shared.choose import choose_run, choose_step, number_in_link
from pages.shared.faults import part_told
from pages.shared.fresh import keep_fresh
from pages.shared.inputs import answer, choose_input, told_outer
from pages.shared.prediction import draw_input, draw_prediction

run, summary = choose_run()
steps = keep_fresh(run, summary)
settings = run.settings()
dataset = settings.dataset
chosen = choose_input(settings)
step = choose_step(steps)
found = answer(run.id, step, chosen.probe, chosen.inputs, run)
one = {"image": number_in_link(0, "image")} if chosen.probe is None else {"probe": chosen.probe}
moment = {"step": step, **one}

left, right = st.columns([1, 2])
with left:
    st.subheader("Input")
    draw_input(dataset, chosen)
with right:
    draw_prediction(run, settings, step, chosen, found)

layers = [layer for layer in settings.cards if layer.name in found.outputs]
if len(settings.cards) < len(settings.drawn_layers):
    st.caption(told_outer(settings))
for number, layer in enumerate(layers):
    if number % 2 == 0:
        sides = st.columns(2, gap="large")
    after = found.outputs[layer.name]
    shown, units = after.shape[layer.units_axis], layer.output_shape[layer.units_axis]
    sample = f" · the first {shown} of {units} units, as recorded" if shown < units else ""
    with sides[number % 2], part_told(layer.name):
        st.subheader(layer.name)
        st.caption(f"{layer.formula} · {layer.sizes}{sample}")
        if after.ndim == 2:
            role = "pre-activation" if layer.gives_pre_activations else "activation"
            still_chart(states_over_time(after, quantity="value", role=role), layer.name)
            open_number(run, layer, after, moment)
            continue
        given = found.before(layer, settings.layers) if layer.kind == "activation" else None
        pair = (after, None) if layer.gives_pre_activations else (given, after)
        unit = still_chart(unit_activations(*pair), layer.name, pressed=after.ndim == 1)
        open_number(run, layer, after, moment, unit)

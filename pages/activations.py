"""Activations: what every layer answers to one image, at any recorded moment."""

import numpy as np
import streamlit as st

from core.data import DATASETS
from core.figures.probabilities import probabilities
from core.figures.unit_activations import unit_activations
from pages.shared.chart import still_chart
from pages.shared.choose import choose_run, choose_step
from pages.shared.fresh import keep_fresh
from pages.shared.inputs import answer, choose_image, enlarged

run, summary = choose_run()
steps = keep_fresh(run, summary)
settings = run.settings()
image, truth, probe = choose_image(settings)
step = choose_step(steps)
found = answer(run.id, step, probe, image, run)

classes, chances = DATASETS[settings.data].classes, found.probabilities
best = int(chances.argmax())
left, right = st.columns([1, 2])
with left:
    st.subheader("Input")
    with st.container(border=True, width="content"):
        st.image(enlarged(image), width="content", clamp=True)
with right:
    if np.isfinite(chances).all():
        verdict = "right" if best == truth else "wrong"
        st.subheader(f"Prediction: {classes[best]}")
        st.caption(
            f"{chances[best]:.1%} sure; it is {verdict}: the image shows {classes[truth]}. "
            f"{found.note}"
        )
    else:
        st.subheader("No prediction")
        st.caption("What the network gives at this moment is no finite number.")
    still_chart(probabilities(classes, chances, true_class=truth), "probabilities")

before = None
layers = [layer for layer in settings.drawn_layers if layer.name in found.outputs]
for number, layer in enumerate(layers):
    if number % 2 == 0:
        sides = st.columns(2, gap="large")
    after = found.outputs[layer.name]
    shown, units = after.shape[0], layer.output_shape[0]
    sample = f" · the first {shown} of {units} units, as recorded" if shown < units else ""
    with sides[number % 2]:
        st.subheader(layer.name)
        st.caption(f"{layer.formula} · {layer.sizes}{sample}")
        given = before if layer.kind == "activation" else None
        pair = (after, None) if layer.gives_pre_activations else (given, after)
        still_chart(unit_activations(*pair), layer.name)
    before = after

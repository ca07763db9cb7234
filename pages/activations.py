"""Activations: what every layer answers to one image, at any recorded moment."""

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
try:
    found = answer(run.id, step, probe, image, run)
except LookupError:
    st.warning(
        "Only some units of this run's layers were recorded, and no exact weights were kept, so "
        "other images cannot be computed. Choose one of the recorded inputs.",
        icon=":material/filter_none:",
    )
    st.stop()

classes = DATASETS[settings.data].classes
best = int(found.probabilities.argmax())
left, right = st.columns([1, 2])
with left:
    st.subheader("Input")
    st.image(enlarged(image), width=252, clamp=True)
with right:
    st.subheader(f"Prediction: {classes[best]}")
    st.caption(
        f"{found.probabilities[best]:.1%} sure; it is {'right' if best == truth else 'wrong'}: the "
        f"image shows {classes[truth]}. {found.note}"
    )
    still_chart(probabilities(classes, found.probabilities, true_class=truth), "probabilities")

before = None
for layer in settings.layers:
    if layer.name not in found.outputs or layer.kind == "flatten":
        continue
    after = found.outputs[layer.name]
    st.subheader(layer.name)
    if layer.kind == "activation":
        st.caption(f"{layer.formula} · pre-activation → activation · {layer.sizes}")
        still_chart(unit_activations(before, after), layer.name)
    else:
        st.caption(f"{layer.formula} · {layer.sizes}")
        still_chart(unit_activations(after), layer.name)
    before = after

"""Weights: what a layer's weights, and their gradients, looked like at every recorded moment."""

import streamlit as st

from core.figures.distribution_over_time import distribution_over_time
from core.figures.numbers_over_time import numbers_over_time
from core.figures.ridges import ridges
from core.histograms import aligned_counts
from core.pictures import told_weights
from pages.shared import packed
from pages.shared.chart import still_chart
from pages.shared.choose import choose, choose_run, first_number
from pages.shared.fresh import keep_fresh
from pages.shared.recorded import draw_recorded, last_with_gradient
from pages.shared.scope import keep_moment, scope

run, summary = choose_run()
steps = keep_fresh(run, summary)
layers = {layer.name: layer.pictured for layer in run.settings().layers if layer.weights}
if not layers:
    st.info("No layer of this network learns anything.", icon=":material/info:")
    st.stop()
with st.container(horizontal=True):
    layer = choose("Layer", list(layers), "layer")
    kinds = layers[layer]
    array = choose("Weights", kinds, "array", told_weights) if len(kinds) > 1 else kinds[0]
    view = choose("Seen as", ["pictures", "matrix", "distributions"], "view")

if view in ("pictures", "matrix"):
    kind = "tiles" if view == "pictures" else "matrix"
    key = f"weights-{run.id}-{layer}-{array}-{kind}"
    opened = first_number(key, "step", last_with_gradient(run, steps, layer))
    data = packed.layer_over_time(run.id, steps[-1], run, layer, kind, array, opened)
    seen = scope(data, key)
    draw_recorded(run, [layer], *keep_moment(seen, (opened, 0)), key, learned=True)
else:
    what = choose("Of the", ["weights", "gradients"], "what")
    array += "" if what == "weights" else "_gradient"
    role = "weight" if what == "weights" else "gradient"
    moments = [m for m in run.moments(layer=layer) if (layer, array) in m.arrays]
    edges, counts = aligned_counts([m.arrays[layer, array].numbers() for m in moments])
    at = [moment.step for moment in moments]
    left, right = st.columns(2)
    with left:
        still_chart(
            distribution_over_time(at, edges, counts, quantity=what[:-1], role=role), "over-time"
        )
    with right:
        still_chart(ridges(at, edges, counts, quantity=what[:-1], role=role), "ridges")

names = {"weight_norm": "‖W‖", "gradient_norm": "‖∇W‖", "update_ratio": "‖ΔW‖ ÷ ‖W‖"}
moments = run.moments(layer=layer, kinds=())
series = {told: [m.numbers[layer].get(name) for m in moments] for name, told in names.items()}
st.subheader("Sizes over the run")
still_chart(numbers_over_time([m.step for m in moments], series, log=True), "sizes")
st.caption(
    "‖W‖ is the size of all the layer's weights together, ‖∇W‖ of their gradient, and "
    "‖ΔW‖ ÷ ‖W‖ how far one step moved them. Arrays are recorded with 16 bits a number."
)

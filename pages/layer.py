"""Inside a layer: its whole anatomy for one input, live and at every recorded moment."""

import streamlit as st

from core import live
from pages.shared import packed
from pages.shared.anatomy import draw_kind, facts
from pages.shared.arithmetic import open_unit
from pages.shared.choose import choose, choose_run, first_number, put
from pages.shared.fresh import keep_fresh, trains
from pages.shared.inputs import BLANK, probe_input
from pages.shared.network import draw_network
from pages.shared.presenting import carried
from pages.shared.recorded import draw_recorded
from pages.shared.scope import keep_moment, scope

run, summary = choose_run()
steps = keep_fresh(run, summary)
settings = run.settings()
layers = {layer.name: layer for layer in settings.drawn_layers}
name = choose("Layer", list(layers), "layer")
layer = layers[name]

above = st.container()
st.subheader(name)
st.caption(facts(layer, settings.dataset.kind))
key = f"inside-{run.id}-{name}"
at = first_number(key, "step", steps[-1]), first_number(key, "probe", 0)
pushed, here = trains(summary) and live.route_is_open, settings.dataset.is_here()
if not here:
    st.caption(BLANK)
seen = scope(packed.inside(run.id, steps[-1], here, run, name, *at, pushed), key)
step, probe = keep_moment(seen, at)
with above:  # its links lead to the moment that was chosen just now
    draw_network(run, settings, layer)
moving = (
    "Press play to see all of it move through the training, in up to "
    f"{packed.MOST_FRAMES} of its moments. "
)
st.caption(
    "From left to right: what is learned, what it makes of the input that is chosen on the left, "
    f"and the gradient that changes it. {moving if len(steps) > 1 else ''}"
    "Gates, states and attention maps are computed from the weights recorded at each moment, and "
    "shown where they come to the output that was recorded."
)
open_unit(run, settings.drawn_layers, seen.unit)
if seen.layer:
    other, _, array = seen.layer.partition("/")
    if other in layers and array.startswith("weight"):
        put("layer", other)
        st.switch_page("weights.py", query_params={"run": run.id, **carried()})
    if other in layers and other != name:
        put("layer", other)
        st.rerun()
draw_recorded(run, [name], step, probe, key)
nearest = min(steps, key=lambda kept: abs(kept - step))
draw_kind(run, settings, layer, nearest, probe_input(settings, probe))

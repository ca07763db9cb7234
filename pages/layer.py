"""Inside a layer: what this kind of layer does, for one input, at every recorded moment."""

import streamlit as st

from core.pictures import KINDS
from core.structure import diagram
from pages.shared import packed
from pages.shared.anatomy import draw_anatomy, facts
from pages.shared.backward import draw_reach
from pages.shared.choose import choose, choose_run, choose_step, first_number, keep_number
from pages.shared.fresh import keep_fresh
from pages.shared.inputs import choose_input
from pages.shared.scope import scope

run, summary = choose_run()
steps = keep_fresh(run, summary)
settings = run.settings()
layers = {layer.name: layer for layer in settings.drawn_layers}
blocks = [layer.name for layer in settings.layers if layer.inside]
name = choose("Layer", list(layers), "layer")
layer = layers[name]

with st.expander("The whole network", icon=":material/account_tree:", expanded=True):
    around = [block for block in blocks if layers[name].place.startswith(layers[block].place)]
    if blocks and st.toggle("Unfold all blocks", key="unfolded", bind="query-params"):
        around = blocks
    st.graphviz_chart(
        diagram(
            settings.layers,
            settings.dataset.shape,
            unfolded=around,
            chosen=name,
            link=lambda other: f"?run={run.id}&amp;layer={other}" if other in layers else "",
        )
    )
st.subheader(name)
st.caption(facts(layer))
if layer.kind in KINDS:
    key = f"inside-{run.id}-{name}"
    at = first_number(key, "step", steps[-1]), first_number(key, "probe", 0)
    seen = scope(packed.inside(run.id, steps[-1], run, name, *at), key)
    keep_number(seen.step, "step")
    keep_number(seen.probe, "probe")
    st.caption(
        "Computed from the weights recorded at each moment, for the input that is chosen on the "
        "left; press play to see it change from the first step of training to the last."
    )
    if layer.kind in ("rnn", "lstm", "gru"):
        draw_reach(run, settings, layer, seen.step or steps[-1], seen.probe or 0)
else:
    chosen = choose_input(settings)
    draw_anatomy(run, settings, layer, choose_step(steps), chosen)

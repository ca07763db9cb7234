"""Network: the whole of a run's network as a diagram that leads to its layers."""

from html import escape
from urllib.parse import urlencode

import streamlit as st

from core.architectures.plans import Layer
from core.runs import Run
from core.settings import Settings
from core.structure import diagram
from pages.shared.chart import draw_diagram

KEPT = ("step", "probe", "unfolded", "present")
"""What a click on a layer takes along in the link."""


def draw_network(run: Run, settings: Settings, layer: Layer) -> None:
    """Draw all layers, the chosen one stronger; blocks around it are unfolded, others on demand."""
    blocks = [one for one in settings.layers if one.inside]
    shown = {one.name for one in settings.drawn_layers}

    def link(name: str) -> str:
        kept = {key: value for key, value in st.query_params.items() if key in KEPT}
        asked = urlencode({"run": run.id, "layer": name} | kept)
        return escape(f"?{asked}") if name in shown else ""

    with st.expander("The whole network", icon=":material/account_tree:", expanded=True):
        unfolded = [block.name for block in blocks if layer.place.startswith(block.place)]
        if blocks and st.toggle("Unfold all blocks", key="unfolded", bind="query-params"):
            unfolded = [block.name for block in blocks]
        shape = settings.dataset.shape
        names = [one.name for one in settings.layers if "." not in one.place]
        drawn = diagram(settings.layers, shape, unfolded=unfolded, chosen=layer.name, link=link)
        draw_diagram(
            drawn, f"The network: {' to '.join(['input', *names])}. Chosen is {layer.name}."
        )

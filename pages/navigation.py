"""The page map, and the frame around every page."""

import sys
from pathlib import Path

import streamlit as st

sys.path[:0] = [root for root in [str(Path(__file__).parents[1])] if root not in sys.path]

from core.engine import engine  # noqa: E402
from pages.shared.choose import keep_run  # noqa: E402
from pages.shared.faults import faults_told, home_told  # noqa: E402
from pages.shared.frame import draw_frame  # noqa: E402
from pages.shared.visit import drop_endless_numbers, stay  # noqa: E402

ICON = Path(__file__).parent / "shared" / "icon.svg"
st.set_page_config(page_title="Layerscope", page_icon=str(ICON), layout="wide")
PAGES = [
    st.Page("train.py", title="Train", icon=":material/play_circle:", default=True),
    st.Page("weights.py", title="Weights", icon=":material/grid_on:"),
    st.Page("activations.py", title="Activations", icon=":material/bolt:"),
    st.Page("layer.py", title="Inside a layer", icon=":material/layers:"),
    st.Page("functions.py", title="Activation functions", icon=":material/show_chart:"),
    st.Page("step.py", title="One step", icon=":material/footprint:"),
    st.Page("builder.py", title="Builder", icon=":material/construction:"),
    st.Page("famous.py", title="Famous networks", icon=":material/star:"),
    st.Page("twins.py", title="Twins", icon=":material/call_split:"),
    st.Page("race.py", title="Race", icon=":material/flag:"),
    st.Page("gallery.py", title="Layer gallery", icon=":material/toys:"),
    st.Page("comparisons.py", title="Comparisons", icon=":material/compare_arrows:"),
    st.Page("data.py", title="Your data", icon=":material/upload_file:"),
    st.Page("runs.py", title="Runs", icon=":material/folder_open:"),
]
page = st.navigation(PAGES, position="hidden")
engine()
keep_run()
stay()
drop_endless_numbers()
draw_frame(PAGES)
home_told()
with faults_told():
    page.run()

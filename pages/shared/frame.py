"""The frame around every page: the name, and links to the pages that keep the chosen run."""

from collections.abc import Sequence

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.shared.choose import run_in_link
from pages.shared.presenting import carried, choose_mode


def draw_frame(pages: Sequence[StreamlitPage]) -> None:
    """Draw the top line; each link carries the run, so that a page shows the same one."""
    run_id = run_in_link()
    link = {**({"run": run_id} if run_id else {}), **carried()}
    with st.container(horizontal=True, vertical_alignment="center", gap=2, key="frame"):
        st.markdown("**Layerscope**", width="content")
        for page in pages:
            st.page_link(page, width="content", query_params=link or None)
        choose_mode()
    st.html("""<style>
        .st-key-frame a:focus-visible { outline: 2px solid currentColor; outline-offset: 1px; }
        @media (max-width: 1700px) { /* the names alone fit on a line */
            .st-key-frame a > span:has(> [data-testid="stIconMaterial"]) { display: none; }
        }
    </style>""")  # who goes by Tab sees where they are

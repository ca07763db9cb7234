"""Presentation mode, for a projector: larger type and nothing around the page, in the link."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

LARGER = 1.35
"""How much larger type, pictures and charts are: 15 pixels become 20.25."""


def presenting() -> bool:
    """Say whether the link asks for the presentation mode."""
    return st.query_params.get("present") == "1"


def carried() -> dict[str, str]:
    """Give what a link to another page must say, so that the mode stays as it is."""
    return {"present": "1"} if presenting() else {}


def choose_mode() -> None:
    """Draw the button for the mode, and the page in that mode."""
    on = presenting()
    st.button(
        "Leave" if on else "Present",
        key="present",
        type="tertiary",
        icon=":material/close_fullscreen:" if on else ":material/present_to_all:",
        help="Larger type for a projector, and nothing around the page.",
        on_click=_leave if on else _enter,
    )
    if on:
        st.html("""<style>
            :root { font-size: 20.25px !important; --layerscope-zoom: 1.35; }
            [data-testid="stHeader"] { display: none; }
            [data-testid="stMainBlockContainer"] { padding: 0.75rem 1.5rem 2rem; max-width: none; }
            .st-key-frame { gap: 0.25rem; }
        </style>""")


def _enter() -> None:
    st.query_params["present"] = "1"


def _leave() -> None:
    st.query_params.pop("present", None)


def enlarged(fig: go.Figure) -> go.Figure:
    """Give the figure as it is, or in presentation mode with larger type, lines and height."""
    if not presenting():
        return fig
    return go.Figure(_larger(fig.to_plotly_json()), skip_invalid=True)


def _larger(part: Any, inside: str = "") -> Any:
    """A part of a figure's description, with every length in pixels larger."""
    if isinstance(part, dict):
        return {name: _larger(value, f"{inside}.{name}") for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_larger(value, inside) for value in part]
    if isinstance(part, int | float) and not isinstance(part, bool) and inside.endswith(LENGTHS):
        return part * LARGER
    return part


LENGTHS = tuple(
    f"{owner}.{length}"
    for owner, lengths in {
        "font": ("size",),
        "tickfont": ("size",),
        "textfont": ("size",),
        "insidetextfont": ("size",),
        "outsidetextfont": ("size",),
        "line": ("width",),
        "marker": ("size",),
        "layout": ("height",),
        "margin": ("t", "b", "l", "r"),
        "annotations": ("yshift", "xshift"),
        "colorbar": ("thickness",),
        "title": ("standoff",),
    }.items()
    for length in lengths
)
"""What of a figure is so many pixels."""

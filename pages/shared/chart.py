"""The charts of the pages: one that goes on changing in place, and one that stands still."""

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly
import plotly.graph_objects as go
import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse

from core.figures import style
from core.figures.description import NOTHING, sentence
from core.figures.table import MOST_ROWS, tables
from pages.shared.plain import plain
from pages.shared.presenting import enlarged
from pages.shared.saving import LIBRARY, csv_button, file_name, picture_buttons

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator
    from streamlit.elements.lib.mutable_popover_container import PopoverContainer

STATIC = Path(__file__).parents[1] / "static"  # beside the script that Streamlit runs
SOURCE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
NAME = f"plotly-{plotly.__version__}.min.js"
ROUTE = f"/plotly/{NAME}"
"""Where the launcher hands Plotly out as it was installed: nothing need be written."""
route_is_open = False
"""Whether this server has that route."""
SLIDER = 28
"""How high one slider above a chart is, in pixels."""
LONG = 20
"""Boxes of a diagram that can be read side by side."""
LACKING = (
    f"the folder {STATIC} cannot be written, and only a server that was started with app.py "
    "needs no copy of it there"
)
FIRST = f", the first {MOST_ROWS:,} rows"
CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "modeBarButtons": [["resetScale2d"]],
    "doubleClick": "reset",
    "showTips": False,
}

_chart = st.components.v2.component(
    "layerscope_chart",
    html='<div class="layerscope-chart"></div>',
    css="""
        .layerscope-chart { position: relative; width: 100%; overflow: hidden; }
        .layerscope-chart-sliders label { display: flex; align-items: center; gap: 0.75rem;
            max-width: 40rem; font-size: 0.875rem; }
        .layerscope-chart-sliders input { flex: 1; min-width: 6rem; height: 1.75rem;
            accent-color: var(--st-primary-color); cursor: pointer; }
        .layerscope-chart-sliders output { min-width: 3em; font-variant-numeric: tabular-nums; }
        .layerscope-chart-words { margin: 0; padding: 1rem 0; font-size: 0.875rem; opacity: 0.75; }
    """,
    js="\n".join([LIBRARY, Path(__file__).with_suffix(".js").read_text("utf-8")]),
    isolate_styles=False,  # Plotly writes its own style sheet into the page's head
)


def live_chart(fig: go.Figure, key: str) -> str:
    """Draw a figure that a later rerun changes in place: same node, same zoom, no flicker.

    `key` names the chart on its page. The room for it is kept from the first moment: the
    height of the figure's layout. A zoom ends where the figure's `uirevision` becomes another.
    Gives the first of a point's `customdata`, or else the `meta` of its line, a text, when that
    point was just pressed; else "".
    """
    sliders = len({frame.group for frame in fig.frames})
    told = {**library(), "key": key, "config": CONFIG, "words": sentence(fig)}
    head = json.dumps(told)
    shown = enlarged(fig)
    data = f'{head[:-1]}, "figure": {shown.to_json(validate=False)}}}'  # into the same object
    height = int(shown.layout.height or style.CURVE) + SLIDER * sliders
    with _frame(key):
        told = _chart(key=key, data=data.encode(), height=height, on_pressed_change=_heard)
        _under(fig, key)
    pressed = told.get("pressed")
    return pressed if isinstance(pressed, str) else ""


def _heard() -> None:
    """Streamlit keeps what a component tells only where somebody listens."""


def still_chart(fig: go.Figure, key: str, pressed: bool = False) -> int | None:
    """Draw a figure that stands still until something else is chosen, in the page's colours.

    With `pressed` a bar can be, by mouse or finger: gives its place on the x axis.
    """
    how: dict[str, Any] = dict(on_select="rerun", selection_mode="points") if pressed else {}
    with _frame(key):
        found = st.plotly_chart(
            enlarged(fig), key=key, theme="streamlit", config=CONFIG, alt=sentence(fig), **how
        )
        _under(fig, key)
    points = found["selection"]["points"] if pressed else ()
    return int(points[0]["x"]) if points else None


def draw_diagram(dot: str, words: str) -> None:
    """Draw a network, described in Graphviz's language, which `words` tell who cannot see it."""
    size = "long" if dot.count("tooltip=") > LONG else "short"
    with _frame("network"), st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch", key=f"network-{size}"):
            st.graphviz_chart(dot, alt=words)
            st.html("""<style>
                [data-testid="stGraphVizChart"] { overflow-x: auto; }
                .st-key-network-long svg { max-width: none; }
                @media (max-width: 640px) {
                    [data-testid="stGraphVizChart"] svg { max-width: 1500px; }
                }
            </style>""")  # a long network is read piece by piece
        picture_buttons("network", library()["script"])


def numbers_button(key: str) -> "PopoverContainer":
    """A button that opens tables: what is put in there is to be made only while it is `open`."""
    return st.popover(
        "Numbers", type="tertiary", icon=":material/table:", key=f"{key}-table", on_change="rerun"
    )


def _frame(key: str) -> "DeltaGenerator":
    """What a figure and the buttons under it stand in: the buttons look for their figure there."""
    return st.container(key=f"figure-{key}")


def _under(fig: go.Figure, key: str) -> None:
    """The buttons under a figure: its numbers, as tables made when pressed, and its picture."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        place = numbers_button(key)
        if fig.data:
            picture_buttons(key, library()["script"])
    if not place.open:
        return
    with place:
        for title, columns in tables(fig, most=None).items():
            table, name = pd.DataFrame(columns), f"{key}-table-{title}"
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(f"{plain(title.capitalize())}{FIRST if len(table) > MOST_ROWS else ''}")
                csv_button(table, file_name(key, title), name)
            st.dataframe(table.head(MOST_ROWS), hide_index=True, key=name)
        if not fig.data:
            st.caption(NOTHING)


async def serve_plotly(request: Request) -> FileResponse:
    """The launcher's route to the browser's part of Plotly; its name holds its version."""
    always = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(SOURCE, media_type="text/javascript", headers=always)


def library() -> dict[str, str]:
    """Where a browser finds Plotly (`script`, from the app's root), or why not (`lacking`)."""
    if route_is_open:
        return {"script": ROUTE.strip("/"), "lacking": ""}
    lacking = ""
    if not st.get_option("server.enableStaticServing"):
        lacking = "the server hands out no static files (enableStaticServing in its configuration)"
    elif publish_plotly() is None:
        lacking = LACKING
    return {"script": f"app/static/{NAME}", "lacking": lacking}


def publish_plotly(folder: Path = STATIC) -> Path | None:
    """Put the browser's part of Plotly where Streamlit serves static files; gives its path.

    Cheap when it is there already, and safe when two processes do it at once: a copy appears under
    its name whole or not at all. None where it cannot be written; the charts then say so.
    """
    target = folder / NAME
    # The server refuses a link that leads out of the folder: only a whole file of our own counts.
    ours = target.is_file() and not target.is_symlink()
    if ours and target.stat().st_size == SOURCE.stat().st_size:
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, copy = tempfile.mkstemp(prefix=".plotly-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as out, SOURCE.open("rb") as source:
                shutil.copyfileobj(source, out, 1 << 20)
            os.chmod(copy, 0o644)
            os.replace(copy, target)
        except BaseException:
            os.unlink(copy)
            raise
    except OSError:
        return None
    return target

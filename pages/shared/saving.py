"""Saving: what a page shows as files, pictures made by the browser and tables as CSV."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

_HERE = Path(__file__).parent
SCRIPT = (_HERE / "saving.js").read_text(encoding="utf-8")
STYLE = (_HERE / "saving.css").read_text(encoding="utf-8")
LIBRARY = (_HERE / "plotly.js").read_text(encoding="utf-8")
PAGES = {path.stem for path in _HERE.parent.glob("*.py")}
LONGEST = 120
"""Most letters of a file's name."""
IN_LINK = ("run", "layer", "array", "view", "step", "probe")
"""What of the link a file is named after."""
_FORMULA = tuple("=+-@\t\r")
"""How a text begins that a spreadsheet would compute."""
_buttons = st.components.v2.component(
    "layerscope_saving",
    css=STYLE,
    js="\n".join([SCRIPT, LIBRARY, (_HERE / "saving_chart.js").read_text(encoding="utf-8")]),
    isolate_styles=False,  # it looks for the chart beside it
)


def file_name(*what: object) -> str:
    """A file's name without its ending: the page, what the link chose, and what else is said."""
    page = urlsplit(st.context.url or "").path.strip("/").rpartition("/")[2]
    page = page if page in PAGES else "train"  # it is a path that the app is served under
    run = st.query_params.get("run", "")
    told = [str(part).replace(run or "-", "-") for part in what]
    chosen = []
    for name in IN_LINK:
        said = st.query_params.get(name, "")[:40]
        if said and not any(part.startswith(f"{name}-") or part == said for part in told):
            chosen.append(f"{name}-{said}" if name in ("step", "probe") else said)
    return re.sub(r"[\W_]+", "-", "-".join(["layerscope", page, *chosen, *told])).strip("-")[
        :LONGEST
    ]


def picture_buttons(key: str, script: str) -> None:
    """Buttons that save the figure in the frame `figure-{key}` around them, as PNG and as SVG.

    `script` is where the browser finds Plotly.
    """
    _buttons(key=f"{key}-saving", data={"name": file_name(key), "script": script}, width="content")


def csv_button(table: pd.DataFrame, name: str, key: str, index: str | None = None) -> None:
    """A button that saves a table with all digits; `index` titles the names of its rows."""
    st.download_button(
        "CSV",
        lambda: csv(table, index),
        f"{name}.csv",
        "text/csv",
        key=f"{key}-csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )


def csv(table: pd.DataFrame, index: str | None = None) -> bytes:
    """A table as CSV, in which no text is one that a spreadsheet would take for a formula."""

    def cell(value: Any) -> Any:
        return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value

    made = table.map(cell).rename(columns=cell)
    return made.to_csv(index=index is not None, index_label=index).encode()

"""Bringing data: the choices about an uploaded file, and what becomes of it."""

from typing import Any

import streamlit as st

from core.data.dataset import Task
from core.data.own.cells import Cells, read_cells
from core.data.own.prepared import Prepared, id_of
from core.data.own.tables import suggested, table_data
from pages.shared.bringing_pictures import pictures_from

ONCE: dict[str, Any] = {"scope": "session", "max_entries": 1}
SHOWN_ROWS = 6
ASKED: dict[Task, str] = {"classify": "Tell classes apart", "regress": "Predict the number"}


def prepared_from(file: Any) -> Prepared:
    """Let a person choose what an uploaded file becomes, and show that. Raises DataError."""
    data: bytes = file.getvalue()
    if data[:2] == b"PK":
        return pictures_from(file.file_id, file.name, data)
    return _table(file.file_id, file.name, data)


@st.cache_resource(show_spinner="Reading the table …", **ONCE)
def _cells(file_id: str, _data: bytes) -> Cells:
    return read_cells(_data)


@st.cache_resource(show_spinner="Making numbers of it …", **ONCE)
def _table_data(
    file_id: str, name: str, target: str, task: Task, left_out: tuple[str, ...], _data: bytes
) -> Prepared:
    data_id = id_of(_data, target, task, left_out)
    cells = _cells(file_id, _data)
    return table_data(cells, target, task, left_out=left_out, data_id=data_id, file_name=name)


def _table(file_id: str, name: str, data: bytes) -> Prepared:
    cells = _cells(file_id, data)
    columns = list(cells.table.columns)
    st.dataframe(cells.table.head(SHOWN_ROWS), hide_index=True)
    st.caption(f"The first rows of {len(cells.table):,}, as they stand in the file.")
    first, second, third = st.columns(3)
    with first:
        target = st.selectbox("Column to predict", columns, len(columns) - 1)
    with second:
        usual = suggested(cells, target)
        task = st.segmented_control(
            "What is asked",
            list(ASKED),
            default=usual,
            format_func=lambda known: ASKED[known],
            key=f"task-{file_id}-{columns.index(target)}",
            required=True,
        )
    with third:
        others = [column for column in columns if column != target]
        left_out = st.multiselect("Columns to leave out", others)
    prepared = _table_data(file_id, name, target, task or usual, tuple(left_out), data)
    names = ("column", "holds", "what a network is fed")
    st.dataframe(
        dict(zip(names, zip(*prepared.columns, strict=True), strict=True)), hide_index=True
    )
    return prepared

"""Bringing a table: what is predicted from what, how its cells are read, and what becomes of it."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core.data.dataset import DataError, Task
from core.data.own.cells import Cells, Question, read_cells
from core.data.own.encodings import ENCODINGS
from core.data.own.names import tidy
from core.data.own.prepared import Prepared, counted, id_of, some
from core.data.own.reading import KINDS, Kind, Reading
from core.data.own.records import DELIMITERS
from core.data.own.tables import table_data
from core.data.own.targets import doubt, suggested, usual_target
from pages.shared.plain import plain

ONCE: dict[str, Any] = {"scope": "session", "max_entries": 1}
SHOWN_ROWS = 6
ASKED: dict[Task, str] = {"classify": "Tell classes apart", "regress": "Predict the number"}
MEANT = {False: "a class", True: "a missing value"}
AS_FOUND = "as the file shows"


def table_from(file_id: str, name: str, data: bytes) -> Prepared:
    """Let a person choose what a table becomes, and show that. Raises DataError."""
    first_rows, asked, questions = st.container(), st.container(), st.container()
    with st.expander("How the file and its columns are read", icon=":material/tune:"):
        cells = _cells(file_id, *_file_choices(file_id), data)
        one_spelling = st.toggle(
            "Words that differ only in capitals and spaces are one", True, key=f"one-{file_id}"
        )
        per_column = st.container()
    columns = list(cells.table.columns)
    with first_rows:
        st.dataframe(cells.table.head(SHOWN_ROWS).astype("str"), hide_index=True)
        st.caption(f"The first rows of {len(cells.table):,}, as they stand in the file.")
    reading = Reading(one_spelling=one_spelling)
    with questions:
        for question in cells.questions:
            reading = question.answered(reading, _answer(question, file_id))
    with asked:
        target, task, left_out = _what_is_asked(cells.read_as(reading), columns, file_id)
    with questions:
        if task == "classify":
            reading = replace(reading, words_for_nothing=_nothing_or_class(cells, target, file_id))
    with per_column:
        others = [column for column in columns if column != target]
        reading = replace(reading, kinds=_kinds(others, file_id))
    cells = cells.read_as(reading)
    prepared = _table_data(
        *(file_id, name, target, task, left_out, str(cells.reading)), data, cells
    )
    names = ("column", "holds", "what a network is fed")
    st.dataframe(
        dict(zip(names, zip(*prepared.columns, strict=True), strict=True)), hide_index=True
    )
    return prepared


@st.cache_resource(show_spinner="Reading the table …", **ONCE)
def _cells(file_id: str, encoding: str, delimiter: str, _data: bytes) -> Cells:
    return read_cells(_data, Reading(encoding, delimiter))


@st.cache_resource(show_spinner="Making numbers of it …", **ONCE)
def _table_data(
    file_id: str,
    name: str,
    target: str,
    task: Task,
    left_out: tuple[str, ...],
    reading: str,
    _data: bytes,
    _cells: Cells,
) -> Prepared:
    data_id = id_of(_data, target, task, left_out, reading)
    return table_data(_cells, target, task, left_out=left_out, data_id=data_id, file_name=name)


def _file_choices(file_id: str) -> tuple[str, str]:
    """The encoding and the mark between cells; "" where the file is to say it."""
    first, second = st.columns(2)
    with first:
        encoding = st.selectbox(
            "Encoding",
            ["", *ENCODINGS],
            format_func=lambda known: ENCODINGS.get(known, AS_FOUND),
            key=f"encoding-{file_id}",
            help="Choose another where letters with accents look wrong.",
        )
    with second:
        delimiter = st.selectbox(
            "Cells apart by",
            ["", *DELIMITERS],
            format_func=lambda known: DELIMITERS.get(known, AS_FOUND),
            key=f"delimiter-{file_id}",
        )
    return encoding, delimiter


def _what_is_asked(
    cells: Cells, columns: list[str], file_id: str
) -> tuple[str, Task, tuple[str, ...]]:
    first, second, third = st.columns(3)
    with first:
        target = st.selectbox("Column to predict", columns, columns.index(usual_target(cells)))
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
    return target, task or usual, tuple(left_out)


def _answer(question: Question, file_id: str) -> str:
    """Which of two readings is meant; both are shown."""
    readings = dict(question.readings)
    words = {
        "decimal": lambda mark: f"{readings[mark]} (decimals after “{mark}”)",
        "date_order": lambda order: f"{order} first: {readings[order]}",
    }[question.about]
    cells = "; ".join(question.cells)
    return st.radio(
        plain(f"“{cells}” in “{question.column}” can be read in two ways. What is meant?"),
        list(readings),
        format_func=lambda known: plain(words(known)),
        key=f"{question.about}-{file_id}",
        horizontal=True,
    )


def _nothing_or_class(cells: Cells, target: str, file_id: str) -> bool | None:
    """Whether words for nothing in the column to predict are missing; None: there are none."""
    asked = doubt(cells, target)
    if asked is None:
        return None
    return st.radio(
        plain(
            f"{some([*map(tidy, asked.words)])} in “{target}” ({counted(asked.rows, 'row')}) means:"
        ),
        list(MEANT),
        index=int(asked.missing),
        format_func=lambda missing: MEANT[missing],
        key=f"nothing-{file_id}-{target}",
        horizontal=True,
    )


def _kinds(columns: list[str], file_id: str) -> tuple[tuple[str, Kind], ...]:
    """What a person wants columns read as. Raises DataError where a column stands twice."""
    chosen: list[tuple[str, Kind]] = []
    for place, (kind, word) in zip(st.columns(len(KINDS)), KINDS.items(), strict=True):
        with place:
            names = st.multiselect(f"Read as {word}", columns, key=f"{kind}-{file_id}")
        chosen += [(name, kind) for name in names]
    twice = [name for name, _ in chosen if sum(name == other for other, _ in chosen) > 1]
    if twice:
        raise DataError(f"“{twice[0]}” is to be read in two ways: choose one of them.")
    return tuple(chosen)

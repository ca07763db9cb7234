"""Bringing data: the choices about an uploaded file, and what becomes of it."""

from typing import Any

import numpy as np
import streamlit as st

from core.data.own.description import SIDES
from core.data.own.pictures import Pictures, picture_data, read_pictures
from core.data.own.prepared import Prepared, id_of
from pages.shared.bringing_tables import table_from

ONCE: dict[str, Any] = {"scope": "session", "max_entries": 1}
SHOWN_PICTURES = 12
ZIP = b"PK\x03\x04", b"PK\x05\x06"
"""How a zip begins; a table's first column may be called PK."""


def prepared_from(file: Any) -> Prepared:
    """Let a person choose what an uploaded file becomes, and show that. Raises DataError."""
    data: bytes = file.getvalue()
    if data.startswith(ZIP) or file.name.lower().endswith(".zip"):
        return _pictures(file.file_id, file.name, data)
    return table_from(file.file_id, file.name, data)


@st.cache_resource(show_spinner="Reading the pictures …", **ONCE)
def _read(file_id: str, side: int, _data: bytes) -> Pictures:
    return read_pictures(_data, side)


@st.cache_resource(show_spinner=False, **ONCE)
def _picture_data(file_id: str, name: str, side: int, colour: bool, _data: bytes) -> Prepared:
    data_id = id_of(_data, side, colour)
    return picture_data(_read(file_id, side, _data), colour, data_id, name)


def _pictures(file_id: str, name: str, data: bytes) -> Prepared:
    first, second = st.columns(2)
    with first:
        side = st.segmented_control("Pixels a side", SIDES, default=SIDES[0], required=True)
        side = side or SIDES[0]
    pictures = _read(file_id, side, data)
    with second:
        colour = st.toggle("In colour", not pictures.grey, key=f"colour-{file_id}")
    prepared = _picture_data(file_id, name, side, colour, data)
    own, split = prepared.own, prepared.split
    first_ones = own.dataset.many_probes(split)[:SHOWN_PICTURES]
    st.image(
        [_enlarged(split.test_inputs[place]) for place in first_ones],
        [own.classes[split.test_targets[place]] for place in first_ones],
        width=3 * side,
        alt=[f"One of {own.classes[split.test_targets[place]]}" for place in first_ones],
    )
    if not colour:
        st.caption("As every page draws them: what is fed as 0 is white.")
    return prepared


def _enlarged(picture: np.ndarray) -> np.ndarray:
    """A picture (channels, side, side) as (height, width, 3) with hard pixels; of grey, 0 white."""
    shown = 255 - picture if len(picture) == 1 else picture
    colours = np.broadcast_to(shown.transpose(1, 2, 0), (*picture.shape[1:], 3))
    return np.kron(colours, np.ones((3, 3, 1), np.uint8))

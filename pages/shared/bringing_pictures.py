"""Bringing pictures: the choices about a zip, and what becomes of it."""

from typing import Any

import numpy as np
import streamlit as st

from core.data.own.description import SIDES
from core.data.own.folders import Folders, are_one, spellings
from core.data.own.names import tidy
from core.data.own.pictures import FORMAT, Pictures, encodings_of, picture_data, read_pictures
from core.data.own.prepared import Prepared, id_of, some
from core.data.own.zips import ENCODINGS
from pages.shared.plain import plain

ONCE: dict[str, Any] = {"scope": "session", "max_entries": 1}
SHOWN_PICTURES = 12


@st.cache_resource(show_spinner=False, **ONCE)
def _encodings(file_id: str, _data: bytes) -> dict[str, str]:
    return encodings_of(_data)


@st.cache_resource(show_spinner="Reading the pictures …", **ONCE)
def _read(file_id: str, side: int, encoding: str, _data: bytes) -> Pictures:
    return read_pictures(_data, side, encoding)


@st.cache_resource(show_spinner=False, **ONCE)
def _picture_data(
    file_id: str,
    name: str,
    side: int,
    encoding: str,
    colour: bool,
    depth: int,
    joined: bool,
    _data: bytes,
) -> Prepared:
    data_id = id_of(_data, FORMAT, side, encoding, colour, depth, joined)
    pictures = _read(file_id, side, encoding, _data)
    return picture_data(pictures, colour, data_id, name, depth=depth, joined=joined)


def pictures_from(file_id: str, name: str, data: bytes) -> Prepared:
    """Let a person choose what a zip of pictures becomes, and show that. Raises DataError."""
    first, second = st.columns(2)
    with first:
        side = st.segmented_control("Pixels a side", SIDES, default=SIDES[0], required=True)
        side = side or SIDES[0]
    encoding = _encoding(file_id, data)
    pictures = _read(file_id, side, encoding, data)
    with second:
        colour = st.toggle("In colour", not pictures.grey, key=f"colour-{file_id}")
    depth, joined = _classes(file_id, pictures.folders)
    prepared = _picture_data(file_id, name, side, encoding, colour, depth, joined, data)
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


def _encoding(file_id: str, data: bytes) -> str:
    """Let a person say how the names in a zip are written, where they do not say it themselves."""
    ways = _encodings(file_id, data)
    if len(ways) < 2:
        return next(iter(ways), "utf-8")
    return st.selectbox(
        "How the folders are called",
        list(ways),
        format_func=lambda known: f"{ways[known]} ({ENCODINGS[known]}, {known})",
        key=f"encoding-{file_id}",
        help="This zip does not say in which encoding its names are written. Choose the line that "
        "reads right.",
    )


def _classes(file_id: str, folders: Folders) -> tuple[int, bool]:
    """Let a person say which level of folders the classes are, and whether spellings are one."""
    names = {level.depth: some([tidy(name) for name in level.names], 3) for level in folders.levels}
    depth = next(iter(names), 0)
    if len(names) > 1:
        depth = st.radio(
            "The classes are the folders",
            list(names),
            format_func=lambda known: plain(names[known]),
            key=f"level-{file_id}",
            horizontal=True,
        )
    groups = next((spellings(one.names) for one in folders.levels if one.depth == depth), [])
    joined = are_one(groups)
    if groups:
        shown = " and ".join(f"“{tidy(name)}”" for name in groups[0])
        more = f", likewise {len(groups) - 1} more" if len(groups) > 1 else ""
        label = plain(f"{shown} are one class{more}")
        joined = st.toggle(label, joined, key=f"joined-{file_id}-{depth}")
    return depth, joined


def _enlarged(picture: np.ndarray) -> np.ndarray:
    """A picture (channels, side, side) as (height, width, 3) with hard pixels; of grey, 0 white."""
    shown = 255 - picture if len(picture) == 1 else picture
    colours = np.broadcast_to(shown.transpose(1, 2, 0), (*picture.shape[1:], 3))
    return np.kron(colours, np.ones((3, 3, 1), np.uint8))

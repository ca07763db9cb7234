"""A visit: what this visitor can train on besides the project's own data, and a sane link."""

import contextlib
import math
import threading

import streamlit as st
from pydantic import ValidationError
from streamlit.errors import StreamlitAPIException

from core.data import DataError
from core.data.own import kept, names
from core.data.own.description import OwnData
from core.data.own.prepared import Prepared
from core.runs import new_id
from pages.shared.choose import brought
from pages.shared.faults import unwritten_told

GRACE = 90.0
"""So long, in seconds, a visitor whose connection broke may come back to what they brought."""


def _leave(visitor: str) -> None:
    """Streamlit calls it as soon as a connection breaks, which is not yet the end of a visit."""
    later = threading.Timer(GRACE, kept.let_go, [visitor])
    later.daemon = True
    later.start()


@st.cache_resource(scope="session", on_release=_leave, show_spinner=False)
def _visitor() -> str:
    return new_id()


def stay() -> None:
    """Say that this visitor is here, so that what they brought stays."""
    for data_id in brought():
        kept.hold(data_id, _visitor())


def own_data() -> dict[str, OwnData]:
    """What can be trained on by id: what this visitor brought, then what anybody kept."""
    texts: dict[str, str] = {}
    stay()
    for data_id in list(brought()):
        try:
            texts[data_id] = kept.description(data_id)
        except DataError:
            brought().remove(data_id)
    found: dict[str, OwnData] = {}
    for data_id, text in {**texts, **kept.descriptions()}.items():
        try:
            own = OwnData.model_validate_json(text)
        except ValidationError:  # none of ours, or of a later version
            continue
        if own.id == data_id:
            found[data_id] = own
    return found


def labels(listed: dict[str, OwnData]) -> dict[str, str]:
    """What the menu calls each, by id: two of one title are told apart."""
    return names.labels({data_id: own.title for data_id, own in listed.items()}, "own data")


def take_in(prepared: Prepared) -> OwnData:
    """Store what was prepared for as long as this visit lasts. Raises DataError."""
    own = prepared.store(_visitor())
    if own.id not in brought():
        brought().append(own.id)
    return own


def keep(data_id: str) -> None:
    """Let a data set stay when its visitor leaves."""
    with contextlib.suppress(DataError):  # gone: the list shows it no more
        kept.keep(data_id)


def forget(data_id: str) -> None:
    """Delete a data set for everybody."""
    with unwritten_told():
        kept.remove(data_id)
        if data_id in brought():
            brought().remove(data_id)


def drop_endless_numbers() -> None:
    """Take infinite numbers out of the link: Streamlit's whole-number fields raise on them.

    What is in a field already is somebody's text, and stays.
    """
    dropped = False
    for name in [key for key, text in st.query_params.items() if math.isinf(_as_number(text))]:
        with contextlib.suppress(StreamlitAPIException):  # of a parameter that belongs to a field
            del st.query_params[name]
            dropped = True
    if dropped:
        st.rerun()


def _as_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan

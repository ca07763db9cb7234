"""Faults that a person can understand: told in a sentence where the page got to."""

import contextlib
import logging
from collections.abc import Iterator

import streamlit as st

from core.data import DataError
from core.home import HomeError, trouble
from core.pictures.guarded import NOT_DRAWN
from core.runfile import Damaged
from core.runs import Missing
from core.workers import Unreachable
from pages.shared.asking import NoAnswer
from pages.shared.plain import plain

ICONS: dict[type[Exception], str] = {
    Damaged: ":material/broken_image:",
    DataError: ":material/cloud_off:",
    HomeError: ":material/folder_off:",
    Missing: ":material/link_off:",
    NoAnswer: ":material/hourglass_disabled:",
    Unreachable: ":material/cloud_off:",
}


log = logging.getLogger("layerscope")


@contextlib.contextmanager
def part_told(what: str) -> Iterator[None]:
    """End a part of a page with a sentence, whatever it stumbles over; the log says why.

    Faults that the whole page tells go on to it.
    """
    try:
        yield
    except tuple(ICONS):
        raise
    except Exception:  # what a network from elsewhere gave may be anything
        log.exception("%r cannot be drawn", what)
        st.caption(NOT_DRAWN)


@contextlib.contextmanager
def faults_told() -> Iterator[None]:
    """End a page, or a part of it, with a sentence where its run or its data cannot be read."""
    try:
        yield
    except tuple(ICONS) as fault:
        st.error(plain(str(fault)), icon=ICONS[type(fault)])


@contextlib.contextmanager
def unwritten_told() -> Iterator[None]:
    """Say so where what a press asked for could not be written; a callback is in no page."""
    try:
        yield
    except OSError as fault:
        why = trouble() or f"This could not be done: {fault.strerror or fault}."
        st.toast(plain(why), icon=":material/folder_off:")


def home_told() -> None:
    """On every page: what keeps the home folder from being used, where something does."""
    if why := trouble():
        st.error(plain(why), icon=":material/folder_off:")

"""Opening: a famous network looks at a photo in a worker, and a run comes of it."""

import streamlit as st

from core.budget import new_run
from core.data import DataError
from core.engine import engine
from core.famous import Famous, opened
from core.records import Event
from core.runs import Run
from pages.shared.asking import NoAnswer

DOWNLOAD_SECONDS = 900.0


def opened_on(known: Famous, picture: bytes, pretrained: bool) -> Run:
    """The run of a network that looked at a photo; raises DataError, NoAnswer or Full."""
    loads = pretrained and not known.has_weights()
    told = (
        f"Downloading {known.megabytes} MB, then looking …" if loads else "Looking at the photo …"
    )
    with st.spinner(told):
        try:
            settings, moment = engine().ask(
                opened,
                known.name,
                picture,
                pretrained,
                patience=DOWNLOAD_SECONDS if loads else 60.0,
            )
        except DataError:
            raise
        except Exception as fault:
            raise NoAnswer(
                f"No worker could open it ({type(fault).__name__}). Try again in a moment."
            ) from fault
    return new_run(settings, known.title, [Event(0, "started"), moment, Event(0, "finished")])

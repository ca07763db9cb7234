"""Freshness: a page about a run that still trains is drawn again when there is more to see."""

import streamlit as st

from core.runs import ENDED, Run, Summary

LOOK_SECONDS = 3.0


def keep_fresh(run: Run, summary: Summary) -> list[int]:
    """The steps of the recorded moments; while the run trains, the page follows it.

    Stops the page with a sentence where nothing is recorded yet.
    """
    steps = run.steps()
    trains = summary.state not in (*ENDED, "damaged")
    st.fragment(_look, run_every=LOOK_SECONDS if trains else None)(run, len(steps), trains)
    if not steps:
        if trains:
            st.info("Waiting for the first step of this run.", icon=":material/hourglass_empty:")
        else:
            st.info("Nothing was recorded in this run.", icon=":material/hourglass_empty:")
        st.stop()
    return steps


def _look(run: Run, shown: int, trains: bool) -> None:
    if trains and len(run.steps()) != shown:
        st.rerun()
    if trains:
        st.caption(":material/sync: This run is still training; the page follows it.")

"""Freshness: a page about a run that still trains is drawn again when there is more to see."""

import streamlit as st

from core.runs import ENDED, Run, Summary

LOOK_SECONDS = 3.0
DOES = {"waiting": "about to start", "running": "still training", "paused": "paused"}


def trains(summary: Summary) -> bool:
    """Whether there is more to come of a run."""
    return summary.state not in (*ENDED, "damaged")


def keep_fresh(run: Run, summary: Summary) -> list[int]:
    """The steps of the recorded moments; while the run trains, the page follows it.

    Stops the page with a sentence where nothing is recorded yet.
    """
    steps = run.steps()
    st.fragment(_look, run_every=LOOK_SECONDS if trains(summary) else None)(
        run, len(steps), summary.state
    )
    if not steps:
        words = "Waiting for the first step of this run."
        st.info(
            words if trains(summary) else "Nothing was recorded in this run.",
            icon=":material/hourglass_empty:",
        )
        st.stop()
    return steps


def _look(run: Run, shown: int, state: str) -> None:
    if state not in DOES:
        return
    if run.summary().state != state or len(run.steps()) != shown:
        st.rerun()
    st.caption(f":material/sync: This run is {DOES[state]}; the page follows it.")

"""Freshness: a page about a run that still trains is drawn again when there is more to see."""

import time

import streamlit as st

from core.runs import ENDED, Run, Summary

LOOK_SECONDS, PUSHED_SECONDS = 3.0, 12.0
"""How often there is a look for more, and how soon at most it is drawn where pictures come live."""
DOES = {"waiting": "about to start", "running": "still training", "paused": "paused"}


def trains(summary: Summary) -> bool:
    """Whether there is more to come of a run."""
    return summary.state not in (*ENDED, "damaged")


def keep_fresh(run: Run, summary: Summary, pushed: bool = False) -> list[int]:
    """The steps of the recorded moments; while the run trains, the page follows it.

    Where live pictures are `pushed`, new moments wait a while: training has the time instead.
    Stops the page with a sentence where nothing is recorded yet.
    """
    steps = run.steps()
    st.fragment(_look, run_every=LOOK_SECONDS if trains(summary) else None)(
        run, len(steps), summary.state, time.monotonic() + (PUSHED_SECONDS if pushed else 0)
    )
    if not steps:
        words = "Waiting for the first step of this run."
        st.info(
            words if trains(summary) else "Nothing was recorded in this run.",
            icon=":material/hourglass_empty:",
        )
        st.stop()
    return steps


def _look(run: Run, shown: int, state: str, due: float) -> None:
    if state not in DOES:
        return
    more = len(run.steps()) != shown and (not shown or time.monotonic() >= due)
    if more or run.summary().state != state:
        st.rerun()
    st.caption(f":material/sync: This run is {DOES[state]}; the page follows it.")

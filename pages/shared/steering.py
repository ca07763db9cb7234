"""Steering: what a run can be told while it trains, and the learning rate that everyone sees."""

import streamlit as st

from core.commands import Command, Word
from core.engine import engine
from core.runs import Run, Summary
from core.settings import Settings
from pages.shared.choose import number_typed


def controls(run: Run, summary: Summary, settings: Settings, rate: float) -> None:
    """Draw the buttons and the learning rate of a run that this server trains; `rate` holds now."""
    if run.id not in engine().jobs:
        st.caption("Another server trains this run; here it can only be watched.")
        return
    paused, waiting = summary.state == "paused", summary.state == "waiting"

    def button(label: str, word: Word, icon: str, help_text: str, disabled: bool = False) -> None:
        st.button(
            label,
            key=f"{word}-{run.id}",
            icon=f":material/{icon}:",
            help=help_text,
            disabled=disabled,
            on_click=tell,
            args=(run.id, Command(word)),
        )

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="controls"):
        if paused:
            button("Resume", "resume", "play_arrow", "Go on training.")
        else:
            button("Pause", "pause", "pause", "Wait after this step.", waiting)
        button("One step", "step", "skip_next", "Train on one batch, then pause.", waiting)
        button(
            "One epoch", "epoch", "fast_forward", "Train to the epoch's end, then pause.", waiting
        )
        button("Stop", "stop", "stop", "End the run here; all that was recorded is kept.")
        typed = number_typed(
            "Learning rate",
            f"rate-{run.id}",
            rate,
            (min(1e-6, rate), max(1000.0, rate)),
            step=settings.learning_rate / 2,
            format="%.5g",
            width=170,
            disabled=waiting,
            help="It falls by its schedule; one that is set here holds from then on."
            if settings.schedule != "constant"
            else None,
        )
    if typed is not None:
        tell(run.id, Command("learning_rate", typed))


def tell(run_id: str, command: Command) -> None:
    """Say something to a run in training."""
    engine().command(run_id, command)  # one that comes too late changes nothing

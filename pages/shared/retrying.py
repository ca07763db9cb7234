"""Retrying: what a run that learned nothing says, and the one thing to try next."""

import streamlit as st

from core.advice import another_try
from core.engine import Full, engine
from core.runs import Summary
from core.settings import Settings
from pages.shared.choose import open_run, opened_just_now
from pages.shared.plain import plain

GUESSES = {
    "classify": "always naming the most frequent class has {}",
    "next": "always naming the most frequent symbol has {}",
    "regress": "always saying the mean has {}",
}
"""What the baseline of each task does, with its score to fill in."""


def learned_nothing_words(summary: Summary) -> str:
    """That a run finished no better than the baseline, with both scores."""
    assert summary.settings and summary.accuracy is not None and summary.baseline is not None
    dataset = summary.settings.dataset
    score, guess = (summary.score_words(2, one) for one in (summary.accuracy, summary.baseline))
    name = "" if dataset.task == "regress" else "Accuracy "
    better = summary.accuracy > summary.baseline and score != guess
    chance = " The difference may be chance." if better else ""
    return (
        f"**Finished, but it learned nothing.** {name}{score[0].upper()}{score[1:]} on "
        f"{dataset.test_size:,} test inputs; {GUESSES[dataset.task].format(guess)}.{chance}"
    )


def offer_another_try(settings: Settings) -> None:
    """A button that trains the same with the one setting changed that is most likely wrong."""
    if (found := another_try(settings)) is None:
        return
    name, changed = found
    labels = {
        "learning_rate": f"Train again with learning rate {changed.learning_rate:g}",
        "initialisation": "Train again with PyTorch's initial weights",
    }
    st.button(
        labels[name],
        icon=":material/replay:",
        key="another-try",
        help="The same data, network and seed; only this setting is another.",
        on_click=_train,
        args=(changed,),
    )


def _train(settings: Settings) -> None:
    if opened_just_now():
        return
    try:
        open_run(engine().train(settings).id)
    except Full as fault:
        st.error(plain(str(fault)), icon=":material/hard_drive:")

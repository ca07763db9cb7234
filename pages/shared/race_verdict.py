"""The verdict of a race: who is ahead, whether the seeds say so, who reached a score, all runs."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.engine import engine
from core.races import differences, judging
from core.races.alike import value_words, varied_words
from core.races.differences import confidence
from core.races.outcomes import FINISHED, Outcome
from core.races.plan import SIZE, Plan
from core.runs import Missing, find
from core.tasks import WORDS
from pages.shared.choose import choose
from pages.shared.plain import plain
from pages.shared.presenting import carried


def draw_differences(plan: Plan, outcomes: Sequence[Outcome]) -> None:
    """Every pair with one value, in sentences."""
    if len(plan.contestants) < 2:
        return
    places = list(range(len(plan.values)))
    value = places[-1]
    if len(places) > 1:
        title = f"Judged at: {varied_words(plan)}"
        value = choose(
            title, places, "judged", lambda v: plain(value_words(plan, v)), len(places) - 1
        )
    told = [plain(words) for words in sentences(plan, outcomes, value)]
    st.markdown("\n".join(f"- {words}" for words in told))
    st.caption(confidence(plan))


def sentences(plan: Plan, outcomes: Sequence[Outcome], value: int) -> list[str]:
    """What can be said of every pair with one value, as far as its runs have ended."""
    here = [o for o in outcomes if o.cell.value == value and o.state == FINISHED]
    here += [o for o in outcomes if o.cell.value == value and judging.failed(o)]
    light = tuple((o.cell.contestant, o.cell.seed, o.state, o.score) for o in here)
    return _judged(plan.model_dump_json(), value, light)


@st.cache_data(max_entries=200, show_spinner=False)
def _judged(plan: str, value: int, outcomes: tuple) -> list[str]:
    return engine().ask(differences.sentences, plan, value, outcomes)


def draw_reached(plan: Plan, outcomes: Sequence[Outcome]) -> None:
    """How long and how many examples each needed for a score that a person chooses."""
    words = WORDS[plan.contestants[0].settings.dataset.task]
    wanted = st.slider(
        f"When was this {words.score} first reached?",
        *(1, 100, 90),
        format="%d %%",
        key="wanted",
        bind="query-params",
    )
    found = judging.reached(plan, outcomes, wanted / 100)
    rows = [
        {
            "Contestant": plan.contestants[n].name,
            varied_words(plan).capitalize(): value_words(plan, value),
            "Reached by": f"{one.count} of {one.ended}",
            "Seconds": one.seconds,
            "Inputs seen": one.examples,
        }
        for (n, value), one in found.items()
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        placeholder="–",
        height="content",
        column_config={
            "Seconds": st.column_config.NumberColumn(format="%.1f"),
            "Inputs seen": st.column_config.NumberColumn(format="localized"),
        },
    )
    st.caption(
        "Medians over the seeds, where more than half of them reached it. It is measured on at "
        "most 400 test inputs while a run trains, now and then: the moment is not exact."
    )


def draw_table(plan: Plan, outcomes: Sequence[Outcome]) -> None:
    """All runs as a table; a chosen one opens on the other pages, and two side by side."""
    table = judging.table(plan, outcomes)
    table["Value"] = table["Value"].astype(str)
    twice = ["Value"] if plan.varied == SIZE else []  # the number of inputs says it
    shown = table.drop(columns=["Run", *twice]).assign(Score=100 * table["Score"])
    event = st.dataframe(
        shown,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key="race-runs",
        placeholder="–",
        column_config={
            "Value": varied_words(plan).capitalize(),
            "Inputs": st.column_config.NumberColumn(format="localized"),
            "Steps": st.column_config.NumberColumn(format="localized"),
            "Examples": st.column_config.NumberColumn(format="localized"),
            "Score": st.column_config.NumberColumn(format="%.2f %%"),
            "Seconds": st.column_config.NumberColumn(format="%.1f"),
            "Weights": st.column_config.NumberColumn(format="localized"),
        },
    )
    rows = [row for row in event["selection"]["rows"] if row < len(table)]
    chosen = [run for run in table["Run"].iloc[rows] if run]
    with st.container(horizontal=True):
        if st.button(
            "Open the chosen run",
            icon=":material/play_circle:",
            disabled=len(chosen) != 1,
            help="Choose a run in the table first: every layer of it is to be seen.",
        ):
            open_it(chosen[0])
        if st.button(
            "Two side by side",
            icon=":material/call_split:",
            disabled=len(chosen) != 2,
            help="Choose two runs in the table first: they are seen layer by layer, together.",
        ):
            open_it(*chosen)
        st.download_button(
            "Download as CSV",
            lambda: table.to_csv(index=False).encode(),
            "race.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def open_it(run_id: str, *beside: str) -> None:
    """Go to a run, or to two side by side; one that made room for newer ones is told of."""
    try:
        for one in (run_id, *beside):
            find(one)
    except Missing:
        st.warning(
            "This run is not on this machine any more: it made room for newer ones. What the race "
            "knows of it stays.",
            icon=":material/link_off:",
        )
    else:
        link = {"run": run_id, **({"twin": beside[0]} if beside else {}), **carried()}
        st.switch_page("twins.py" if beside else "train.py", query_params=link)

"""Runs: every run on this machine, to open, rename, pin, delete, download and bring back."""

import pandas as pd
import streamlit as st

from core import runs
from core.budget import budget
from core.runs import Missing
from core.tasks import EARLIER
from pages.shared.choose import open_run, run_in_link
from pages.shared.plain import plain
from pages.shared.retrying import learned_nothing_words
from pages.shared.shelf import actions, bring_in, from_a_script, row, undo

listed = [s for s in runs.summaries(run_in_link()) if s.id != "demo"]
listed.append(runs.find("demo").summary())
places = {summary.id: place for place, summary in enumerate(listed)}
chosen = run_in_link() if run_in_link() in places else listed[0].id
if run_in_link() not in ("", *places):
    st.warning(Missing.sentence, icon=":material/link_off:")
if len(listed) == 1:
    st.info(
        "No run of your own yet: press Train on the Train page. Until then there is the recorded "
        "one that comes with Layerscope.",
        icon=":material/play_circle:",
    )
picked = st.dataframe(
    pd.DataFrame([row(summary) for summary in listed]),
    hide_index=True,
    key=f"table-{listed[0].id}-{len(listed)}",  # another list is another table: its rows moved
    on_select="rerun",
    selection_mode="single-row",
    placeholder="–",
    selection_default={"selection": {"rows": [places[chosen]]}},
    column_config={
        "Test accuracy": st.column_config.NumberColumn(format="%.2f %%"),
        "Test R²": st.column_config.NumberColumn(format="%.3f", help="Clipped to −1."),
        "Share explained": st.column_config.NumberColumn(
            format="%.3f", help=f"{EARLIER.meaning} Clipped to −1."
        ),
        "Started": st.column_config.DatetimeColumn(format="distance"),
        "MB": st.column_config.NumberColumn(format="%.1f"),
    },
)
selected = picked.selection.rows
summary = listed[selected[0]] if selected and selected[0] < len(listed) else listed[places[chosen]]
if summary.id != run_in_link():
    open_run(summary.id)
st.subheader(plain(summary.name), anchor=False)
if summary.learned_nothing:
    st.warning(learned_nothing_words(summary), icon=":material/trending_flat:")
elif summary.message:
    st.caption(plain(summary.message))
actions(runs.find(summary.id), summary)
undo()

st.subheader("Bring in a run")
bring_in()
from_a_script()
used = sum(s.bytes for s in listed)
st.caption(
    f"The runs take {used / 1e6:,.0f} MB of {budget() / 1e6:,.0f} MB. When more is needed, the "
    "oldest ones that are not pinned go, and the Train page says so before. "
    f"Folder: {plain(str(runs.folder()))}"
)

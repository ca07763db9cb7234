"""Train: choose what to train, start it, and watch every layer learn."""

import streamlit as st

from core.budget import crowded_out
from core.engine import Full, engine
from core.unfit import Unfit
from pages.shared.choose import choose_run, open_run, opened_just_now
from pages.shared.form import choose_settings, described
from pages.shared.plain import plain
from pages.shared.presenting import carried
from pages.shared.watching import watch

left, right = st.columns(2)
chosen = st.empty()
with st.expander("What to train", icon=":material/tune:"):
    settings = choose_settings()
gone = crowded_out()
if gone:
    names = ", ".join(f"“{plain(lost.name)}”" for lost in gone[:3])
    st.warning(
        f"The runs' folder is full: the next run removes {names}"
        f"{' and others' if len(gone) > 3 else ''}. Pin on the Runs page what should stay.",
        icon=":material/inventory_2:",
    )
with left:
    pressed = st.button(
        "Train",
        type="primary",
        icon=":material/play_arrow:",
        disabled=isinstance(settings, Unfit),
    )
if isinstance(settings, Unfit):
    chosen.error(plain(str(settings)), icon=":material/rule:")
else:
    chosen.caption(described(settings))
    if pressed and not opened_just_now():
        try:
            open_run(engine().train(settings).id)
            st.rerun()
        except Full as fault:
            st.error(plain(str(fault)), icon=":material/hard_drive:")
with right:
    run, summary = choose_run()
    if race := run.notes().get("race"):
        link = {"race": race, **carried()}
        st.page_link("race.py", label="Its race", icon=":material/flag:", query_params=link)
watch(run, summary)

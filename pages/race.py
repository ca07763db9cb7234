"""Race: several networks on the same task, over sizes of data and seeds, judged honestly."""

from functools import partial

import streamlit as st

from core.races.driving import add
from core.races.plan import Plan
from core.races.race import Broken
from core.races.ready import READY
from core.unfit import Unfit
from pages.shared.plain import plain
from pages.shared.race_course import (
    GOING,
    LOOK_SECONDS,
    course,
    steer,
)
from pages.shared.race_form import choose_contestant, choose_plan
from pages.shared.race_report import report_button
from pages.shared.race_shelf import begin_once, choose_race, draw_price, draw_ready, put_away

st.write(
    "Does a good architecture learn from less data, in less time? Let several learn the same, with "
    "the same data in the same order, and see."
)
race = choose_race()
with st.expander("Plan a race", icon=":material/flag:", expanded=race is None):
    plan = choose_plan()
    if isinstance(plan, Unfit):
        st.error(plain(str(plan)), icon=":material/rule:")
    else:
        draw_price(plan)
    if st.button(
        "Start the race",
        type="primary",
        icon=":material/flag:",
        disabled=isinstance(plan, Unfit),
    ) and isinstance(plan, Plan):
        begin_once(plan)
if race is None:
    st.info(
        "No race yet: plan one above. It goes on when you leave this page.", icon=":material/flag:"
    )
    st.stop()
try:
    plan, state, told = race.plan(), race.state(), race.notes()
    st.subheader(plain(plan.name), anchor=False)
    if told.get("trouble"):
        st.warning(plain(told["trouble"]), icon=":material/hard_drive:")
    if race.id in READY:
        draw_ready(READY[race.id])
    steer(race, state)
    st.fragment(course, run_every=LOOK_SECONDS if state in GOING else None)(race, state)
    with st.container(horizontal=True):
        if race.id not in READY:
            with st.popover("One more contestant", icon=":material/person_add:"):
                choose_contestant(plan, partial(add, race))
        report_button(race)
        put_away(race, state)
except Broken as fault:
    st.error(plain(str(fault)), icon=":material/broken_image:")

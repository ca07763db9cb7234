"""Twins: two runs that differ in one setting, started together and watched side by side."""

import streamlit as st

from core import runs
from pages.shared.choose import choose_beside, choose_run, run_in_link
from pages.shared.sides import choose_view, draw_side
from pages.shared.twins import base_of, offer_twins, state_of, verdict

st.write(
    "Two networks with the same data, in the same order, from the same seed; one setting differs. "
    "Which learns better, which is faster, in which do more units die?"
)
run, summary = choose_run()
settings = base_of(run)
if settings.watched:
    st.info(
        "This network was put together elsewhere: there is no setting of it that could differ. "
        "Any other run can stand beside it.",
        icon=":material/info:",
    )
else:
    with st.expander("Train twins", icon=":material/call_split:", expanded=not run_in_link()):
        offer_twins(settings)

found = runs.summaries(st.query_params.get("twin", "")[:80])
others = {one.id: one for one in found if one.id != run.id and one.state != "damaged"}
if run.id != "demo":
    others["demo"] = runs.find("demo").summary()
other = choose_beside(others)
if other is None:
    st.stop()

pair = [run, runs.find(other)]
doing = [state_of(one) for one in pair]
going = any(trains for trains, _ in doing)
st.fragment(verdict, run_every=1.0 if going else None)(pair, doing)
view = choose_view()
st.caption(
    "The two move together: the moment or the input that you choose on one side is shown on both."
)
sides = zip(st.columns(2, gap="large"), "AB", pair, doing, strict=True)
for side, letter, one, (trains, _) in sides:
    with side:
        draw_side(letter, one, trains, view)

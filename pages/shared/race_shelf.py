"""The shelf of races: which one is shown, what a planned one costs, beginning and deleting one."""

import sqlite3
import time

import streamlit as st

from core.budget import budget, weight
from core.home import HomeError
from core.races.driving import begin
from core.races.plan import Plan
from core.races.prices import told, worth
from core.races.race import Broken, Race, delete, found, race_of, recorded
from core.races.ready import READY
from core.races.ready.ready import Ready
from pages.shared.asking import NoAnswer
from pages.shared.plain import plain
from pages.shared.race_course import GOING
from pages.shared.race_form import priced

TWICE_SECONDS = 10.0


def choose_race() -> Race | None:
    """Let a person choose a race: the newest first, then the ready-made ones. In the link.

    None where there is none.
    """
    kept = {race.id: race for race in recorded()}
    races = [*found(), *(kept[name] for name in READY if name in kept)]
    named = st.query_params.get("race", "")[:80]
    ids = [race.id for race in races]
    if named and named not in ids:
        st.warning(
            "This race is not on this machine (any more). Choose another, or plan one.",
            icon=":material/link_off:",
        )
    if not races:
        return None
    names = {race.id: _name(race) for race in races}
    chosen = st.selectbox(
        "Race",
        ids,
        ids.index(named) if named in ids else 0,
        format_func=lambda race_id: names.get(race_id, race_id),
        label_visibility="collapsed",
    )
    if chosen != named:
        st.query_params["race"] = chosen
    return race_of(chosen)


def _name(race: Race) -> str:
    if race.id in READY:
        return f"Ready-made: {race.plan().name}"
    try:
        return f"{race.plan().name} · {race.id[-4:]}"  # nothing in it changes: browsers lag
    except Broken:
        return f"damaged · {race.id[-4:]}"


def draw_price(plan: Plan) -> None:
    """What a plan costs, and what that estimate is worth."""
    with st.container(horizontal=True, vertical_alignment="center"):
        measured = st.toggle(
            "Measure the time",
            key="measure",
            help="Each contestant trains for a moment on a worker, so that the time can be told.",
        )
        try:
            price = priced(plan, measured)
        except NoAnswer as fault:
            st.error(plain(str(fault)), icon=":material/power_off:")
            return
        st.markdown(f"**{told(price)}**")
    each = [price.of(n, len(plan.values) - 1) for n in range(len(plan.contestants))]
    sizes = "; ".join(
        f"{plain(one.name)}: {cost.parameters:,} learned numbers, {cost.multiply_adds:,} "
        "multiply-adds an input"
        for one, cost in zip(plan.contestants, each, strict=True)
    )
    st.caption(f"{sizes}.  \n{worth(price)}")
    if weight() + price.bytes > budget():
        st.warning(
            "The runs' folder is too small for that: the oldest runs that are not pinned will go, "
            "this race's own first ones too. What a race knows of them stays.",
            icon=":material/inventory_2:",
        )


def begin_once(plan: Plan) -> None:
    """Begin a race and show it; while one of the same plan is going, or just was, show that."""
    if same := next((race for race in found() if _is_the_same(race, plan)), None):
        st.query_params["race"] = same.id
        st.rerun()
    try:
        st.query_params["race"] = begin(plan).id
    except HomeError:
        raise  # in a sentence of its own
    except (OSError, sqlite3.Error) as fault:
        st.error(f"The race could not be kept ({plain(str(fault))}). Is the disk full?")
        return
    st.rerun()


def _is_the_same(race: Race, plan: Plan) -> bool:
    """Whether a race has this plan and is going, or was begun a moment ago: a double press."""
    try:
        if race.plan() != plan:
            return False
        age = time.time() - float(race.notes().get("created", "0"))
        return age < TWICE_SECONDS or race.state() in GOING
    except (Broken, ValueError):
        return False


def draw_ready(ready: Ready) -> None:
    """What a ready-made race asks and shows, and a button to run it here."""
    st.write(f"**{ready.question}** {ready.finding}")
    if st.button(
        "Run it here",
        icon=":material/replay:",
        help="It was recorded with the project, without its runs. Run here, every point of it "
        "opens its network.",
    ):
        begin_once(ready.plan())


def put_away(race: Race, state: str) -> None:
    """Let a person delete a race with its runs; those that come with the project stay."""
    if race.id in READY:
        return
    with st.popover("Delete", icon=":material/delete:"):
        st.write("The race and all its runs are deleted for good.")
        if state in GOING:
            st.caption("Stop it first.")
        if st.button("Delete it", disabled=state in GOING):
            delete(race)
            del st.query_params["race"]
            st.rerun()

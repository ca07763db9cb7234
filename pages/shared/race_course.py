"""The course of a race: how far everybody is, what it can be told, and how it looks so far."""

from collections.abc import Sequence

import streamlit as st

from core.engine import engine
from core.figures.race_lanes import race_lanes
from core.races import judging
from core.races.alike import held_equal, value_words, varied_words
from core.races.driving import drive, drivers
from core.races.outcomes import RUNNING, Outcome
from core.races.plan import Plan
from core.races.race import Race, looked_up
from core.tasks import measured_words
from pages.shared.chart import live_chart
from pages.shared.choose import choose
from pages.shared.plain import plain
from pages.shared.race_figures import COST, EXAMPLES, PARAMETERS, SECONDS, figure
from pages.shared.race_verdict import draw_differences, draw_reached, draw_table, open_it

GOING = ("running", "paused")
LOOK_SECONDS = 2.0


def outcomes_now(race: Race, plan: Plan) -> list[Outcome]:
    """How each run does by now; of those that train, their own files say it."""
    return [looked_up(plan, o) if o.state == RUNNING else o for o in race.outcomes()]


def steer(race: Race, state: str) -> None:
    """Draw the buttons that a race in this state has."""
    driver = drivers.get(race.id)
    if state in GOING and driver is None:
        st.caption("Another server drives this race; here it can only be watched.")
        return
    with st.container(horizontal=True, key="race-steering"):
        if state == "running" and driver:
            st.button(
                "Pause",
                icon=":material/pause:",
                on_click=driver.pause,
                help="Every run waits after its next step.",
            )
        if state == "paused" and driver:
            st.button("Resume", icon=":material/play_arrow:", on_click=driver.resume)
        if state in GOING and driver:
            st.button(
                "Stop",
                icon=":material/stop:",
                on_click=driver.stop,
                help="What has ended stays. You can go on later: no run is repeated.",
            )
        if state in ("stopped", "interrupted"):
            st.button("Go on", icon=":material/play_arrow:", on_click=go_on, args=(race,))


def go_on(race: Race) -> None:
    """Drive a race from where it is."""
    drive(race)


def draw_lanes(plan: Plan, outcomes: Sequence[Outcome], state: str) -> None:
    """A lane a contestant, and in words what trains and what waits; words alone at the end."""
    if state == "finished":
        lost = sum(map(judging.failed, outcomes))
        st.caption(f"{len(outcomes):,} runs ended" + (f", {lost} of them failed." if lost else "."))
        return
    by = [[o for o in outcomes if o.cell.contestant == n] for n in range(len(plan.contestants))]
    done = [sum(judging.finished(o) or judging.failed(o) for o in ones) for ones in by]
    failed = [sum(map(judging.failed, ones)) for ones in by]
    going = [sum(_share(o) for o in ones if o.state == RUNNING) for ones in by]
    names = [one.name for one in plan.contestants]
    lanes = race_lanes(names, done, [len(ones) for ones in by], going=going, failed=failed)
    live_chart(lanes, "race-lanes")
    if state not in GOING:
        return
    jobs = {o.run: job for o in outcomes if (job := engine().jobs.get(o.run))}
    trains = [o for o in outcomes if (job := jobs.get(o.run)) and not (job.rests or job.stands_by)]
    names = [f"{plain(_called(plan, o))} (step {o.step:,}{_of(o)})" for o in trains]
    place = min((engine().place(o.run) or 10**6 for o in outcomes if o.run), default=10**6)
    told = f"In training: {'; '.join(names)}." if names else "Nothing of it trains at the moment."
    if any(job.yields for job in jobs.values()) and state == "running":
        told += " It stands back for somebody's single run, and goes on after it."
    if not names and (trouble := engine().workers.trouble()):
        told = plain(trouble)
    if place < 10**6:
        told += f" The next one has place {place} in the queue."
    st.caption(told)


def _share(one: Outcome) -> float:
    return min(1.0, one.step / one.steps) if one.steps else 0.5


def _of(one: Outcome) -> str:
    return f" of {one.steps:,}" if one.steps else ""


def _called(plan: Plan, one: Outcome) -> str:
    cell, name = one.cell, plan.contestants[one.cell.contestant].name
    return f"{name}, {value_words(plan, cell.value)}, seed {cell.seed}"


def draw_figure(plan: Plan, outcomes: Sequence[Outcome]) -> None:
    """The figure that a person chose: scores over what is varied, over time, or against costs."""
    varied = varied_words(plan)
    axes = [varied, EXAMPLES, SECONDS, PARAMETERS, COST]
    titles = {axis: f"over {axis}" for axis in axes[:3]}
    titles |= {PARAMETERS: "against parameters", COST: "against training time"}
    axis = choose("Score", axes, "axis", titles.__getitem__)
    values = list(range(len(plan.values)))
    value = values[-1]
    if axis != varied and len(values) > 1:
        words = [plain(value_words(plan, v)) for v in values]
        value = choose(varied.capitalize(), values, "at", words.__getitem__, len(values) - 1)
    pressed = live_chart(figure(plan, outcomes, axis, value), f"race-{axis}-{value}")
    if axis in (EXAMPLES, SECONDS):
        measured = measured_words(plan.contestants[0].settings.dataset)
        st.caption(f"On the way a score is measured on {measured}, at a run's end on all of them.")
    if any(one.run for one in outcomes):
        st.caption("A press on a single run opens it: on a small point, or on a thin line.")
    if pressed and pressed in {one.run for one in outcomes}:
        open_it(pressed)


def draw_alike(plan: Plan) -> None:
    """What was held equal, in words under the figure."""
    st.caption("  \n".join(plain(words) for words in held_equal(plan).sentences))


def course(race: Race, state: str) -> None:
    """The race by now; while it is going it is drawn again every other second."""
    plan = race.plan()
    if race.state() != state:
        st.rerun()
    outcomes = outcomes_now(race, plan)
    draw_lanes(plan, outcomes, state)
    draw_figure(plan, outcomes)
    draw_alike(plan)
    draw_differences(plan, outcomes)
    draw_reached(plan, outcomes)
    draw_table(plan, outcomes)

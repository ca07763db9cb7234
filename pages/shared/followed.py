"""Followed: the very number that was clicked, of one input at one recorded moment, term by term."""

import streamlit as st

from core.architectures.plans import Layer
from core.arithmetic import Made, Place, made, named, way
from core.data import as_fed
from core.one_step import Walk
from core.recorded_walk import recorded_walk
from core.runs import Run
from core.settings import Settings
from pages.shared.arithmetic import choose_place, draw_stage
from pages.shared.asking import NoAnswer, weights_of
from pages.shared.choose import number_in_link
from pages.shared.inputs import Answer, Chosen, answer, probe_input
from pages.shared.plain import plain

KEYS = ("probe", "image")
"""What in a link says of which input a number is followed: of every moment's, or of the test's."""
Ways = list[tuple[Layer, Made]]


def is_followed() -> bool:
    """Whether the link names a number of an input at a moment, and not one of a training step."""
    return any(name in st.query_params for name in KEYS)


def draw_followed(run: Run, settings: Settings, steps: list[int]) -> None:
    """How a number of a recorded moment was made, for the input that the link names."""
    asked = number_in_link(steps[-1], "step")
    step = min(steps, key=lambda kept: abs(kept - asked))
    chosen = _input(settings)
    label = plain(chosen.probes(settings.dataset).labels[0])
    st.subheader("How this number is made")
    st.caption(
        f"Step {step:,}, the test input “{label}”, in evaluation mode: the number that was "
        "clicked, or any other of this moment and input."
        + (f" Step {asked:,} was not recorded; this is the moment next to it." * (asked != step))
    )
    st.button("Walk a training step instead", icon=":material/directions_walk:", on_click=_leave)
    layer, place = choose_place(settings.drawn_layers)
    found = answer(run.id, step, chosen.probe, chosen.inputs, run)
    try:
        walk, stages = _stages(run, settings, step, chosen, found, layer, place)
    except (KeyError, IndexError, ValueError):
        found, (walk, stages) = _computed(run, settings, step, chosen, found, layer, place)
    for stage, one in stages:
        draw_stage(walk, stage, place, one)
    st.caption(found.note)


def _input(settings: Settings) -> Chosen:
    """The input that the link names. Raises DataError where the data set is not here."""
    if "image" not in st.query_params:
        return probe_input(settings, number_in_link(0, "probe"))
    split = settings.dataset.load_test()
    place = min(number_in_link(0, "image"), len(split.test_targets) - 1)
    return Chosen(as_fed(split.test_inputs[place]), split.test_targets[place], None)


def _leave() -> None:
    for name in (*KEYS, "step"):
        st.query_params.pop(name, None)


def _stages(
    run: Run,
    settings: Settings,
    step: int,
    chosen: Chosen,
    found: Answer,
    layer: Layer,
    place: Place,
) -> tuple[Walk, Ways]:
    """The number on its way; raises KeyError, IndexError or ValueError for what is not known."""
    weights = weights_of(run, step, found.basis)
    probe = chosen.probes(settings.dataset)
    walk = recorded_walk(settings, step, probe, found.outputs, weights)
    names = way(settings.layers, layer.name)
    stages = [(stage, made(settings, walk, stage.name, place)) for stage in names]
    for stage in names:
        walk.outputs[stage.name][place]  # it was recorded, too
    return walk, stages


def _computed(
    run: Run,
    settings: Settings,
    step: int,
    chosen: Chosen,
    recorded: Answer,
    layer: Layer,
    place: Place,
) -> tuple[Answer, tuple[Walk, Ways]]:
    """The same from whole weights, computed by a worker; says what is shown instead, and why.

    Raises NoAnswer where nothing can be computed.
    """
    try:
        known = float(recorded.outputs[layer.name][place])
        was = f"At step {step:,} {layer.name}, {named(place)}, was recorded as {known:.4g}."
    except (KeyError, IndexError):
        was = f"At step {step:,} {layer.name}, {named(place)}, was not recorded."
    try:
        if chosen.blank:
            raise NoAnswer("The data of this run is not on this machine.")
        whole = answer(run.id, step, None, chosen.inputs, run)
        found = _stages(run, settings, step, chosen, whole, layer, place)
    except (KeyError, IndexError, ValueError, NoAnswer) as fault:
        why = str(fault) if isinstance(fault, NoAnswer) else "It has too many weights."
        raise NoAnswer(f"{was} What it was made of was recorded in part only. {why}") from fault
    if whole.basis.kept not in (None, step):
        st.warning(
            f"{plain(was)} What it was made of was recorded in part only. Shown instead: the same "
            f"number of the same input at step {whole.basis.kept:,}, kept with exact weights.",
            icon=":material/history:",
        )
    return whole, found

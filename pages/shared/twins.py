"""Twins: what of two runs' settings differs, how both do, and who is ahead in what."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from pydantic.fields import FieldInfo

from core.architectures import ARCHITECTURES
from core.engine import Full, engine
from core.figures.run_curves import run_curves
from core.runs import Run, Summary
from core.settings import Settings, settings_from
from core.tasks import words_of
from core.unfit import Unfit
from core.zones import dead_units
from pages.shared.at_work import moments_with_zones
from pages.shared.chart import live_chart
from pages.shared.choose import choose, open_run, opened_just_now, put_beside
from pages.shared.form import TITLES, bounds, field_input
from pages.shared.fresh import trains
from pages.shared.plain import plain

FREE = ("learning_rate", "initialisation", "optimizer", "schedule", "batch_size", "share", "seed")
"""What may differ besides the architecture's own settings."""
MOST_SHOWN = 1000.0
"""The largest number that the form's fields take."""


def base_of(run: Run) -> Settings:
    """A run's settings, with as many units recorded as usual: the first screen's run has few."""
    return settings_from(run.settings().model_dump(mode="json", exclude={"recorded_units"}))


def choose_twin(settings: Settings) -> Settings | Unfit:
    """The same settings but for one, which a person chooses with its value."""
    family = ARCHITECTURES.get(settings.architecture)
    options = family.model_fields if family else {}
    fields = {**options, **{name: Settings.model_fields[name] for name in FREE}}
    titles = {name: field.title or name.capitalize() for name, field in fields.items()}
    name = choose("What differs", list(fields), "differs", titles.__getitem__)
    now = settings.options.get(name, getattr(settings, name, fields[name].default))
    st.caption(f"{titles[name]}: {_word(now)} in the one. In the other:")
    value = field_input(name, fields[name], "twin", _another(name, now, fields[name]))
    given = settings.model_dump(mode="json", exclude={"bricks"})
    if name in options:
        given["options"] = {**given["options"], name: value}
    else:
        given[name] = value
    try:
        return settings_from(given)
    except Unfit as fault:
        return fault


def offer_twins(settings: Settings) -> None:
    """Let a person choose what differs, and train both with one button."""
    twin = choose_twin(settings)
    if isinstance(twin, Unfit):
        st.error(plain(str(twin)), icon=":material/rule:")
    else:
        told = ", ".join(differences(settings, twin)) or "nothing differs yet"
        st.caption(f"The one: {settings.title} as chosen above. The other: {plain(told)}.")
    st.button(
        "Train both",
        type="primary",
        icon=":material/play_arrow:",
        disabled=isinstance(twin, Unfit) or twin == settings,
        on_click=start_both,
        args=(settings, twin),
    )


def _another(name: str, now: Any, field: FieldInfo) -> Any:
    """A value to begin with that is not the one there is."""
    if isinstance(now, bool):
        return not now
    usual = {"activation": ("sigmoid", "relu"), "initialisation": ("small", "torch")}
    usual |= {"optimizer": ("sgd", "adam"), "schedule": ("cosine", "constant")}
    if name in usual:
        first, second = usual[name]
        return first if now != first else second
    if name == "dropout":
        return 0.0 if now else 0.5
    low, high = bounds(field)
    if isinstance(now, float):
        return max(low, min(now * 10 if name == "learning_rate" else now / 2, high, MOST_SHOWN))
    if isinstance(now, int):
        return now + 1 if now < high else now - 1
    return now


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return TITLES.get(value, f"{value:g}" if isinstance(value, float) else str(value))


def differences(one: Settings, other: Settings) -> list[str]:
    """What differs between two runs' settings, in words: "activation Tanh instead of ReLU"."""
    if one.watched or other.watched:
        return [f"the network, {other.title} instead of {one.title}"]
    apart = {"bricks", "options", "length"}
    flat = [
        {**s.model_dump(exclude=apart), "data": s.dataset.title, **s.options} for s in (one, other)
    ]
    return [
        f"{name.replace('_', ' ')} {_word(flat[1][name])} instead of {_word(flat[0][name])}"
        for name in flat[0]
        if name in flat[1] and flat[0][name] != flat[1][name]
    ]


def start_both(settings: Settings, twin: Settings) -> None:
    """Train both, and show them side by side; a double click starts one pair."""
    if opened_just_now():
        return
    try:
        first, second = engine().train(settings), engine().train(twin)
    except Full as fault:
        st.error(plain(str(fault)), icon=":material/hard_drive:")
        return
    open_run(first.id)
    put_beside(second.id)


def state_of(run: Run) -> tuple[bool, bool]:
    """Whether there is more to come of a run, and whether anything is recorded."""
    return trains(run.summary()), bool(run.steps())


def verdict(pair: list[Run], doing: list[tuple[bool, bool]]) -> None:
    """Both runs in numbers and curves, and who is ahead; follows them while they train."""
    if [state_of(run) for run in pair] != doing:
        st.rerun()
    summaries = [run.summary() for run in pair]
    settings = [run.settings() for run in pair]
    told = "; ".join(differences(*settings)) or "nothing that is chosen"
    st.caption(f"What differs: {plain(told)}.")
    names = [f"{letter} · {one.name}" for letter, one in zip("AB", summaries, strict=True)]
    metrics = [run.metrics() for run in pair]
    table = pd.DataFrame([_numbers(*three) for three in zip(pair, summaries, metrics, strict=True)])
    table.insert(0, "Run", names)
    st.write("  \n".join(_sentences(table, ["A", "B"], any(going for going, _ in doing))))
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "Score": st.column_config.NumberColumn(format="percent"),
            "Dead units": st.column_config.NumberColumn(format="percent"),
            "Seconds of training": st.column_config.NumberColumn(format="%.1f"),
        },
    )
    task = settings[0].dataset.task
    words = " or ".join(dict.fromkeys(words_of(task, run.notes()).score for run in pair))
    left, right = st.columns(2)
    loss = {n: (m["step"], m["loss"]) for n, m in zip(names, metrics, strict=True)}
    score = {n: (m["step"], m["accuracy"]) for n, m in zip(names, metrics, strict=True)}
    with left:
        live_chart(run_curves(loss, quantity="training loss"), "twins-loss")
    with right:
        fig = run_curves(score, quantity=f"training {words}", percent=True)
        live_chart(fig, "twins-score")


def _numbers(run: Run, summary: Summary, metrics: dict[str, np.ndarray]) -> dict[str, Any]:
    settings, dead = run.settings(), None
    for moment in moments_with_zones(run, settings, run.steps()[-1:]):
        if counted := dead_units(settings.layers, moment):
            dead = counted[0] / max(1, counted[1])
    spent = float(metrics["seconds"][-1]) if len(metrics["step"]) else None
    told: dict[str, Any] = {"State": summary.state, "Step": summary.step}
    told |= {"Score": summary.accuracy, "Seconds of training": spent, "Dead units": dead}
    return told | {"Learned numbers": sum(layer.parameters for layer in settings.layers)}


def _sentences(table: pd.DataFrame, names: list[str], going: bool) -> list[str]:
    """Who is ahead in score, in seconds and in dead units; one run each proves little."""
    found = []
    wanted = {"Score": ("More accurate", max), "Seconds of training": ("Faster", min)}
    wanted |= {"Dead units": ("Fewer dead units", min)}
    for column, (word, best) in wanted.items():
        values = table[column].tolist()
        if any(value is None or pd.isna(value) for value in values):
            continue
        form = "{:.1f} s" if column == "Seconds of training" else "{:.1%}"
        first, second = (form.format(value) for value in values)
        if first == second:
            found.append(f"{word}: neither, {first} each.")
        else:
            ahead = values.index(best(values))
            shown = (first, second) if ahead == 0 else (second, first)
            found.append(f"{word}: **{names[ahead]}**, {shown[0]} against {shown[1]}.")
    so_far = "So far, and one" if going else "One"
    return [*found, f":small[{so_far} run each: with another seed it may be otherwise.]"]
